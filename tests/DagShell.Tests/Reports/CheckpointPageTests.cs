using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using DagShell.Tests.Checkpoints;

namespace DagShell.Tests.Reports;

/// <summary>Pages that are made from a journal say what those of the run itself say.</summary>
public sealed class CheckpointPageTests : CheckpointTests
{
    private const string Nodes = """
        New-DagNode First { 'done' <# the script of the first #> }
        New-DagNode Bad -DependsOn First -RetryCount 1 -RetryDelay 0 {
            param($First, $Key)
            "attempt $($DagNode.Attempt)"
            function Stop-Load { throw "no room for $First" } # with hunter2
            Stop-Load
        }
        New-DagNode Last -DependsOn Bad { }
        """;

    [Fact]
    public void A_page_of_a_journal_has_scripts_source_lines_stacks_and_the_line_that_resumes_as_that_of_the_run_has()
    {
        Folder.Write("nightly.dag.ps1", Nodes);
        Run("""
            Set-Location $folder
            $key = @{ Key = ConvertTo-SecureString 'hunter2' -AsPlainText }
            $null = Invoke-Dag ./nightly.dag.ps1 -Parameter $key -Checkpoint run.journal -RunVariable run -ErrorAction SilentlyContinue
            $run | Export-DagRun live.html
            Export-DagRun journal.html -Checkpoint run.journal
            Get-DagRun run.journal | Export-DagRun list.html
            """, ("folder", Folder.FullName));

        string live = Page("live");
        Assert.All(["journal", "list"], name => Assert.Equal(Failures(live), Failures(Page(name))));
        string[] said =
        [
            "no room for done", "nightly.dag.ps1:5", "function Stop-Load { throw", "# with ***", "attempt 2", "at Stop-Load, ",
            "Invoke-Dag ./nightly.dag.ps1 -Parameter $key -Checkpoint run.journal -RunVariable run -ErrorAction SilentlyContinue -Resume",
        ];
        Assert.All(said, text => Assert.Contains(text, WebUtility.HtmlDecode(Failures(live)), StringComparison.Ordinal));
        foreach (string columns in new[] { live, Page("journal"), Page("list") }.Select(Columns))
        {
            Assert.Contains("<# the script of the first #>", columns, StringComparison.Ordinal);
            Assert.Contains("# with ***", columns, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", columns, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hunter2", live + File.ReadAllText(Journal), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_journal_that_was_resumed_it_is_told_which_runs_the_last_one_goes_on_with_and_how_those_ended()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode First { 1 }
                New-DagNode Bad -DependsOn First { if (($using:ran).Count -lt 2) { ($using:ran).Enqueue('Bad'); throw 'no' } }
            )
            $dag = $nodes | New-Dag Nightly
            foreach ($run in 1..3) {
                $null = $dag | Invoke-Dag -Checkpoint $journal -Resume -RunVariable last -ErrorAction SilentlyContinue
                $found = Get-DagRun $journal
                "$($found.Status) after $($found.ResumedFrom.Status)"
            }
            $last.ResumedFrom.Id -join ' '
            $found.ResumedFrom.Id -join ' '
            $last | Export-DagRun "$folder/live.html"
            Export-DagRun "$folder/journal.html" -Checkpoint $journal
            $found | Export-DagRun "$folder/list.html"
            $found | Export-DagRun "$folder/list.json"
            (Get-Content "$folder/list.json" -Raw | ConvertFrom-Json).resumedFrom.status -join ' '
            """, ("folder", Folder.FullName));

        Assert.Equal(["Failed after ", "Failed after Failed", "Succeeded after Failed Failed"], result.Text.Take(3));
        Assert.Equal(result.Text[3], result.Text[4]);
        Assert.Equal("Failed Failed", result.Text[5]);
        Assert.All(["journal", "list"], name => Assert.Equal(Resumed(Page("live")), Resumed(Page(name))));
        Assert.Matches(
            "^Resumed from the run of [^(]+ \\(Failed\\), the run of [^(]+ \\(Failed\\): 1 of 2 nodes were done before.$",
            Resumed(Page("live")));
    }

    private static string Failures(string page) =>
        Regex.Match(page, "<section class=\"failures\".*?</section>", RegexOptions.Singleline).Value;

    private static string Resumed(string page) => Regex.Replace(
        Regex.Match(page, "<p class=\"resumed\">(.*?)</p>", RegexOptions.Singleline).Groups[1].Value, "<[^>]+>", string.Empty);

    /// <summary>What the page's script draws from.</summary>
    private static string Columns(string page)
    {
        byte[] packed = Convert.FromBase64String(Regex.Match(page, "<script id=\"columns\"[^>]*>([^<]*)<").Groups[1].Value);
        using DeflateStream columns = new(new MemoryStream(packed), CompressionMode.Decompress);
        using StreamReader text = new(columns, Encoding.UTF8);
        return text.ReadToEnd();
    }

    private string Page(string name) => File.ReadAllText(Path.Combine(Folder.FullName, name + ".html"));
}

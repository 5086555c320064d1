using System.Net;
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
        New-DagNode Items -ForEach 1, 2 {
            if ($_ -eq 2) { throw "no $_" } # at the item
        }
        New-DagNode Inner -Dag {
            New-DagNode Leaf {
                throw 'inside' # of the dag
            }
        }
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
            "1 of 2 items failed: Items#1 (2): no 2", "nightly.dag.ps1:10",
            "if ($_ -eq 2) { throw \"no $_\" } # at the item",
            "throw 'inside' # of the dag",
            "no room for done", "nightly.dag.ps1:5", "function Stop-Load { throw", "# with ***", "attempt 2", "at Stop-Load, ",
            "Invoke-Dag ./nightly.dag.ps1 -Parameter $key -Checkpoint run.journal -RunVariable run -ErrorAction SilentlyContinue -Resume",
        ];
        Assert.All(said, text => Assert.Contains(text, WebUtility.HtmlDecode(Failures(live)), StringComparison.Ordinal));
        foreach (PageColumns columns in new[] { live, Page("journal"), Page("list") }.Select(PageColumns.Of))
        {
            Assert.Equal("'done' <# the script of the first #>", columns.TextOf("script", "First"));
            Assert.Contains("# with ***", columns.TextOf("script", "Bad"), StringComparison.Ordinal);
            Assert.Equal("done", columns.TextOf("output", "First"));
            Assert.DoesNotContain("hunter2", columns.All, StringComparison.Ordinal);
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

    [Fact]
    public void It_has_what_nodes_gave_out_as_that_of_the_run_has_without_secrets_and_no_longer()
    {
        Run("""
            Set-Location $folder
            $null = New-Item made.txt
            $key = ConvertTo-SecureString 'hunter2' -AsPlainText
            $dag = New-Dag Night {
                New-DagNode Things { 1, 'two', $null, $true, 2.5, [pscustomobject]@{ A = 1 }, (Get-Process -Id $PID), (Get-Item made.txt) }
                New-DagNode Many { 1..30 }
                New-DagNode Long { 'x' * 5000 }
                New-DagNode Secret { param($Key) "the key is $(ConvertFrom-SecureString $Key -AsPlainText)" }
                New-DagNode None { }
                New-DagNode Items { "item $_" } -ForEach 1, 2, 3
                New-DagNode BadItems { if ($_ -eq 2) { throw 'no' }; "item $_" } -ForEach 1, 2, 3 -ContinueOnError
                New-DagNode Inner -Dag { New-DagNode Leaf { 'leaf' } }
                New-DagNode Skips { 'before'; Skip-DagNode 'enough' }
                New-DagNode Files { } -OutputPath made.txt
                New-DagNode Fails { 'before'; throw 'no' }
            }
            foreach ($run in 'first', 'second') {
                $parameters = @{ Parameter = @{ Key = $key }; Checkpoint = 'run.journal'; Resume = $true; ErrorAction = 'SilentlyContinue' }
                $null = $dag | Invoke-Dag @parameters -RunVariable last
                $last | Export-DagRun "$run-live.html"
                Export-DagRun "$run-journal.html" -Checkpoint run.journal
                Get-DagRun run.journal | Export-DagRun "$run-list.html"
            }
            """, ("folder", Folder.FullName));

        string file = Path.Combine(Folder.FullName, "made.txt");
        Dictionary<string, string> expected = new()
        {
            ["Things"] = "1\ntwo\n$null\nTrue\n2.5\n[System.Management.Automation.PSCustomObject]\n[System.Diagnostics.Process]\n" + file,
            ["Many"] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n… and 20 more",
            ["Long"] = new string('x', 2000) + "…",
            ["Secret"] = "the key is ***",
            ["None"] = string.Empty,
            ["Items"] = "item 1\nitem 2\nitem 3",
            ["BadItems"] = "item 1\nitem 3",
            ["Inner"] = "[System.Collections.Specialized.OrderedDictionary]",
            ["Inner/Leaf"] = "leaf",
            ["Skips"] = "before",
            ["Files"] = file,
            ["Fails"] = string.Empty,
        };
        foreach (string run in new[] { "first", "second" })
        {
            foreach (string way in new[] { "live", "journal", "list" })
            {
                PageColumns columns = PageColumns.Of(Page($"{run}-{way}"));
                Assert.Equal(expected.Keys.Order(), columns.Names.Order());
                Assert.All(expected, node => Assert.Equal(
                    $"{run}-{way} {node.Key}: {node.Value}", $"{run}-{way} {node.Key}: {columns.TextOf("output", node.Key)}"));
            }
        }
    }

    private static string Failures(string page) =>
        Regex.Match(page, "<section class=\"failures\".*?</section>", RegexOptions.Singleline).Value;

    private static string Resumed(string page) => Regex.Replace(
        Regex.Match(page, "<p class=\"resumed\">(.*?)</p>", RegexOptions.Singleline).Groups[1].Value, "<[^>]+>", string.Empty);

    private string Page(string name) => File.ReadAllText(Path.Combine(Folder.FullName, name + ".html"));
}

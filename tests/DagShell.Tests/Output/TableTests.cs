using System.Management.Automation;
using System.Text.RegularExpressions;

namespace DagShell.Tests.Output;

/// <summary>The table of results fits the window and the names; colours and durations are of one style.</summary>
public sealed partial class TableTests : ShellTests
{
    private const string Nodes = """
        $nodes = @(
            New-DagNode Extract { 1..9 }
            New-DagNode 'Load the orders of all customers' { throw "no room`n on the disk" } -DependsOn Extract
            New-DagNode Report { } -DependsOn Load*
            New-DagNode 日本語 { 'x' * 500 }
        )
        $results = $nodes | Invoke-Dag -ErrorAction Ignore
        """;

    [Theory]
    [InlineData(40)]
    [InlineData(50)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(250)]
    public void No_line_is_wider_than_the_window_and_what_matters_is_seen(int width)
    {
        string[] lines = Shown(Nodes + "; $results", width);

        Assert.All(lines, line => Assert.True(CellsOf(line) < width, line));
        Assert.Equal(width < 70 ? "Name Status Duration Output" : "Name Status Attempts Duration Output",
            string.Join(' ', lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Matches("^Extract +Succeeded .*[0-9] m?s 1 2", Line(lines, "Extract"));
        Assert.Matches("^Load t.*tomers +Failed .*[0-9] m?s no", Line(lines, "Load"));
        Assert.Matches("^Report +Skipped +(0 +)?dep", Line(lines, "Report"));
        Assert.Matches("^日本語 +Succeeded .*x…$", Line(lines, "日本語"));
    }

    [Theory]
    [InlineData(80, "Load the orde…l customers", 25)]
    [InlineData(120, "Load the orders of all customers", 32)]
    public void The_column_for_names_is_as_wide_as_they_need_and_not_much_more_than_a_third(int width, string name, int expected)
    {
        string[] lines = Shown(Nodes + "; $results", width);

        Assert.StartsWith(name[..5], Line(lines, "Load"), StringComparison.Ordinal);
        Assert.True(lines[0].IndexOf("Status", StringComparison.Ordinal) >= Math.Min(expected, 25), lines[0]);
        Assert.Equal(
            lines[0].IndexOf("Status", StringComparison.Ordinal), Line(lines, "Extract").IndexOf("Succeeded", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_of_nodes_that_come_at_the_turn_of_another_are_seen()
    {
        string[] lines = Shown(
            "@(New-DagNode Hosts { 'web01', 'web02' }; New-DagNode Server -DependsOn Hosts -ForEach { $Upstream.Hosts } -Dag { "
            + "New-DagNode Drain { }; New-DagNode Restart { } -DependsOn Drain }) | Invoke-Dag",
            80);

        Assert.All(
            ["Server#0/Drain ", "Server#1/Restart "],
            name => Assert.Contains(lines, line => line.StartsWith(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Short_names_leave_the_room_to_the_output() =>
        Assert.StartsWith("Name Status ", Shown("New-DagNode A { 1 } | Invoke-Dag", 80)[0], StringComparison.Ordinal);

    [Fact]
    public void Each_run_has_a_table_of_its_own_and_other_objects_do_not_break_it()
    {
        string[] lines = Shown("New-DagNode A { 1 } | Invoke-Dag; 'between'; New-DagNode 'A longer name' { 2 } | Invoke-Dag", 80);

        Assert.Equal(["Name", "A", "between", "Name", "A"], lines.Select(line => line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("Host", false)]
    [InlineData("PlainText", false)]
    [InlineData("Ansi", true)]
    public void The_status_is_coloured_where_the_user_has_colours(string rendering, bool isColored)
    {
        ShellResult result = Shell.Run(
            $"$PSStyle.OutputRendering = '{rendering}'; try {{ (New-DagNode A {{ }}), (New-DagNode B {{ throw 'x' }}) | "
            + "Invoke-Dag -ErrorAction Ignore | Out-String } finally { $PSStyle.OutputRendering = 'Host' }");

        Assert.Equal(isColored, result.Text.Single().Contains("\u001b[32mSucceeded\u001b[0m", StringComparison.Ordinal));
        Assert.Equal(isColored, result.Text.Single().Contains("\u001b[31mFailed\u001b[0m", StringComparison.Ordinal));
        Assert.Equal(isColored, result.Text.Single().Contains('\u001b', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"a`nb`r`nc\"", "a b c")]
    [InlineData("\"`e[31mred`a\"", "[31mred")]
    [InlineData("$h = @{ a = 1 }; $h.self = $h; $h.Remove('self'); $h", "@{a=1}")]
    [InlineData("$o = [pscustomobject]@{}; $o | Add-Member ScriptProperty P { throw 'no' }; $o", "@{P=}")]
    [InlineData("$o = [pscustomobject]@{}; $o | Add-Member ScriptMethod ToString { 'mine' } -Force; $o", "@{}")]
    [InlineData("[System.IO.MemoryStream]::new()", "@{CanRead=True; ")]
    public void Output_is_one_harmless_line(string script, string expected)
    {
        string line = Line(Shown($"New-DagNode A {{ {script} }} | Invoke-Dag", 200), "A");

        Assert.Contains(" " + expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
    }

    [Fact]
    public void Format_Table_and_Format_List_work_as_ever()
    {
        string[] table = Shown(Nodes + "; $results | Format-Table", 120);
        Assert.Equal("Name Status Attempts Duration Output", string.Join(' ', table[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        string list = string.Join('\n', Shown(Nodes + "; $results[0] | Format-List", 120));
        Assert.Contains("Status         : Succeeded", list, StringComparison.Ordinal);
        Assert.DoesNotContain("Summary", list, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_are_shown_as_a_table()
    {
        string[] lines = Shown("""
            $results = New-DagNode P -ForEach web1, @{ Name = 'web2' }, $null, "a`nb" {
                switch ($DagNode.ItemIndex) { 1 { throw "no`nroute" } 2 { Skip-DagNode 'no need' } default { "up $($DagNode.Item)" } } } |
                Invoke-Dag -ErrorAction SilentlyContinue
            $results.Items
            """, 120);
        string[] table = Array.ConvertAll(
            lines[^6..], line => Regex.Replace(Regex.Replace(line, "\u001b\\[[0-9]+m|[0-9.]+ m?s", ""), " +", " ").Trim());

        Assert.Equal(
            [
                "Name Item Status Attempts Duration Output", "---- ---- ------ -------- -------- ------",
                "P#0 web1 Succeeded 1 up web1", "P#1 @{Name=web2} Failed 1 no route", "P#2 Skipped 1 no need",
                "P#3 a b Succeeded 1 up a b",
            ],
            table);
    }

    [Fact]
    public void Results_are_shown_where_the_language_is_constrained_too()
    {
        using var shell = new ShellSession(PSLanguageMode.ConstrainedLanguage);
        ShellResult result = shell.Run(Nodes + "; $results | Out-String; $results | Format-Table | Out-String");

        Assert.Null(result.Thrown);
        Assert.All(result.Text, text => Assert.Matches(@"Extract[ ,]+Succeeded[ ,0-9]+[\d.]+ m?s", text));
    }

    [Theory]
    [InlineData("New-DagNode A { }", "A")]
    [InlineData("(New-DagNode A { } -RetryCount 1).Retry", "1 retry, at once")]
    [InlineData("(New-DagNode A { } -RetryCount 3 -RetryDelay 2s -RetryBackoff Linear -RetryMaxDelay 1m -RetryJitter).Retry",
        "3 retries, after 2 s, Linear, at most 1 min, with jitter")]
    [InlineData("New-Dag nightly { New-DagNode A { } }", "nightly")]
    [InlineData("New-Dag { New-DagNode A { } }", "dag of 1 node")]
    [InlineData("(New-Dag { New-DagNode A { } -DependsOn B }).Edges[0]", "B → A")]
    [InlineData("New-DagNode A { } | Get-DagPlan", "A")]
    [InlineData("New-DagNode A { } | Invoke-Dag", "A: Succeeded")]
    [InlineData("(New-DagNode A { $DagNode } | Invoke-Dag).Output", "A")]
    [InlineData("New-DagNode A { } | Invoke-Dag -AsJob | Tee-Object -Variable job; $null = $job | Wait-Job", "Job*")]
    [InlineData("$null = New-DagNode A { } | New-Dag d | Invoke-Dag -RunVariable r; $r | Measure-DagRun", "d: Succeeded, 1 nodes in * ms")]
    public void A_string_of_each_object_tells_which_it_is(string script, string expected)
    {
        ShellResult result = Run($"$all = @(& {{ {script} }}); \"$($all[0])\"");

        Assert.True(new WildcardPattern(expected).IsMatch(result.Text.Single()), result.Text.Single());
    }

    [Fact]
    public void Figures_and_messages_write_durations_alike()
    {
        ShellResult result = Run("""
            $null = New-DagNode A { Start-Sleep -Milliseconds 20 } | Invoke-Dag -RunVariable run -Verbose 4>&1 | Tee-Object -Variable all
            $run | Measure-DagRun | Format-List | Out-String
            ($run | Measure-DagRun).Bottlenecks | Out-String
            $run | Out-String
            $all | Where-Object { "$_" -like '*succeeded in*' } | ForEach-Object { "$_" }
            """);

        Assert.Equal(5, result.Text.Length);
        Assert.All(result.Text, text =>
        {
            Assert.Matches(@"\d m?s", text);
            Assert.DoesNotMatch(@"00:0|\d\d:\d\d\.\d", TimeOfDay().Replace(text, string.Empty));
        });
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d+ ")]
    private static partial Regex TimeOfDay();

    private static string Line(string[] lines, string start) =>
        lines.Single(line => line.StartsWith(start, StringComparison.Ordinal));

    private static int CellsOf(string text) => text.Sum(letter => letter >= 0x2E80 ? 2 : 1);

    private string[] Shown(string script, int width)
    {
        Shell["width"] = width;
        Run("$Host.UI.RawUI.BufferSize = [System.Management.Automation.Host.Size]::new($width, 1000); "
            + "$Host.UI.RawUI.WindowSize = [System.Management.Automation.Host.Size]::new($width, 50)");
        Run($"& {{ {script} }} | Out-Default");
        return Shell.Screen.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())
            .Where(line => line.Length > 0).ToArray();
    }
}

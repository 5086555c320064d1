namespace DagShell.Tests.Output;

/// <summary>Results come as nodes finish, and are a table by default.</summary>
public sealed class ResultTests : ShellTests
{
    [Fact]
    public void The_first_result_is_there_before_the_last_node_ends()
    {
        using Gate gate = new();
        using RunningScript running =
            Shell.Start("(New-DagNode First { 'a' }), (New-DagNode Last { ($using:gate).Pass() }) | Invoke-Dag", ("gate", gate));
        Patience.Until(() => running.Output.Count > 0, "the first result");

        Assert.Equal("First: Succeeded", running.Output[0].ToString());
        Assert.False(running.IsCompleted);
        gate.Open();
        Assert.Equal(["First", "Last"], running.Wait().Names);
    }

    [Fact]
    public void A_command_downstream_can_act_on_a_result_while_others_run()
    {
        using Gate gate = new();
        ShellResult result =
            Run("(New-DagNode First { }), (New-DagNode Last { ($using:gate).Pass(); 'passed' }) | Invoke-Dag | ForEach-Object { if "
            + "($_.Name -eq 'First') { $gate.Open() } else { $_ } }", ("gate", gate));

        Assert.Equal(["passed"], result.NodeOutput("Last"));
    }

    [Fact]
    public void Skipped_and_cancelled_nodes_come_out_too_each_once()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { throw 'x' }), (New-DagNode B { } -DependsOn A), (New-DagNode C { } -When { $false }), (New-DagNode D { } -Priority -1)
            $nodes | Invoke-Dag -FailFast -ThrottleLimit 1 -ErrorAction Ignore
            """);

        Assert.Equal(4, result.Output.Count);
        Assert.Equal("Failed", result.Status("A"));
        Assert.Equal(["A", "B", "C", "D"], result.Names.Order());
    }

    [Fact]
    public void A_thousand_nodes_give_a_thousand_results()
    {
        ShellResult result =
            Run("$script = { $DagNode.Name }; 1..1000 | ForEach-Object { New-DagNode \"N$_\" $script } | Invoke-Dag | ForEach-Object { "
            + "if ($_.Output[0] -ne $_.Name) { 'wrong' } else { $_ } }");

        Assert.Equal(1000, result.Names.Distinct().Count());
    }

    [Fact]
    public void The_default_is_a_table_that_tells_what_one_wants_to_know()
    {
        Run("""
            $nodes = @(
                New-DagNode Good { 'some', 'output' }
                New-DagNode Bad { throw 'boom' } -DependsOn Good
                New-DagNode Next { } -DependsOn Bad
                New-DagNode Many { 1..100 } -DependsOn Good
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction Ignore | Out-Default
            """);
        string[] lines = Shell.Screen.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        Assert.Equal(["Name", "Status", "Attempts", "Duration", "Output"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"^Good +Succeeded +1 +[\d.]+ m?s +some output$",
            lines.Single(line => line.StartsWith("Good", StringComparison.Ordinal)));
        Assert.Matches(@"^Bad +Failed +1 +[\d.]+ m?s +boom$", lines.Single(line => line.StartsWith("Bad", StringComparison.Ordinal)));
        Assert.Matches(@"^Next +Skipped +0 +dependency 'Bad' failed$",
            lines.Single(line => line.StartsWith("Next", StringComparison.Ordinal)));
        Assert.Matches(@"^Many +Succeeded +1 +[\d.]+ m?s +1 2 3 … \(100 objects\)$",
            lines.Single(line => line.StartsWith("Many", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("New-DagNode A { 1 +\n  1 } -DependsOn B, C -Pool p", "Name DependsOn TriggerRule Pool Script",
        "A B, C AllSucceeded p 1 + 1")]
    [InlineData("(New-DagNode A { }), (New-DagNode B { } -DependsOn A) | New-Dag nightly -Description why", "Name Nodes Edges Description",
        "nightly 2 1 why")]
    [InlineData(
        "(New-DagNode A { } -Pool p) | New-Dag d -PoolLimit @{ p = 1 } | Get-DagPlan",
        "Order Level Name Critical Pool Upstream Description",
        "1 0 A * p")]
    public void So_are_nodes_dags_and_plans(string script, string header, string row)
    {
        Run(script + " | Out-Default");
        string[][] cells = [.. Shell.Screen.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(cells => cells.Length > 0)];

        Assert.Equal(header, string.Join(' ', cells[0]));
        Assert.Equal(row, string.Join(' ', cells[^1]));
    }

    [Fact]
    public void A_run_is_one_row()
    {
        Run("$null = New-DagNode A { } | New-Dag nightly | Invoke-Dag -RunVariable run; $run | Out-Default");

        Assert.Matches(@"nightly +Succeeded +1/1 ", Shell.Screen.Text);
    }

    [Fact]
    public void An_output_that_cannot_be_shown_does_not_spoil_the_table()
    {
        Run("New-DagNode A { $null; @{ a = 1 }; , @() } | Invoke-Dag | Out-Default; New-DagNode B { } | Invoke-Dag | Out-Default");

        Assert.Contains("@{a=1}", Shell.Screen.Text, StringComparison.Ordinal);
        Assert.Contains("B ", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1, 2 | Select-Object @{ n = 'x'; e = { $_ } }", "@{x=1} @{x=2}")]
    [InlineData("'a,b', '1,2', '3,4' | ConvertFrom-Csv", "@{a=1; b=2} @{a=3; b=4}")]
    [InlineData("[pscustomobject]@{ a = 1 }", "@{a=1}")]
    [InlineData("@{ a = 1 }", "@{a=1}")]
    [InlineData("[ordered]@{ a = 1; b = 'x' }, @{ c = 2 }", "@{a=1; b=x} @{c=2}")]
    [InlineData("[ordered]@{ a = 1; b = 2; c = 3; d = 4; e = 5; f = 6 }", "@{a=1; b=2; c=3; d=4; e=5; …}")]
    [InlineData("'p', 'p', 'q' | Group-Object -NoElement", "@{Values=p; Count=2; ")]
    [InlineData("1..5 | ForEach-Object { [pscustomobject]@{ n = $_ } }", "@{n=1} @{n=2} @{n=3} … (5 objects)")]
    [InlineData("1, $null, 'three', ([version]'1.2')", "1  three 1.2")]
    [InlineData("1..3", "1 2 3")]
    [InlineData("1..9", "1 2 3 … (9 objects)")]
    [InlineData("", "ms")]
    public void The_table_shows_what_a_node_gave_out(string script, string expected)
    {
        ShellResult result = Shell.Run($"New-DagNode A {{ {script} }} | Invoke-Dag | Out-String -Width 200");

        Assert.Contains(expected, result.Text.Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("System.", result.Text.Single(), StringComparison.Ordinal);
    }
}

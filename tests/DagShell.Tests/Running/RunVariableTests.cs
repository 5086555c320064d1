namespace DagShell.Tests.Running;

/// <summary>-RunVariable and the Run of each result are the run as a whole.</summary>
public sealed class RunVariableTests : ShellTests
{
    [Fact]
    public void It_has_the_run_with_its_nodes_by_name()
    {
        ShellResult result = Run("""
            $dag = New-Dag nightly { New-DagNode A { 'a' }; New-DagNode B { throw 'x' } -DependsOn A; New-DagNode C { } -DependsOn B }
            $results = $dag | Invoke-Dag -RunVariable run -ErrorAction Ignore
            "$($run.Status)", $run.Name, $run.NodeCount, ($run.Nodes.Keys -join ','), $run.Nodes['b'].Error.Exception.Message, $run.Nodes.A.Output[0]
            $run.StartTime -le $run.EndTime
            $run.Duration -eq ($run.EndTime - $run.StartTime)
            $run.Id -is [guid]
            $results.Where({ [object]::ReferenceEquals($_.Run, $run) }).Count
            """);

        Assert.Equal(["Failed", "nightly", "3", "A,B,C", "x", "a", "True", "True", "True", "3"], result.Text);
    }

    [Fact]
    public void It_is_there_from_the_start_on_and_can_be_read_from_another_thread()
    {
        using Gate seen = new();
        Run("$nodes = (New-DagNode A { }), (New-DagNode B { ($using:seen).Pass() } -DependsOn A)", ("seen", seen));
        Box first = new();
        using RunningScript running =
            Shell.Start(
            "$nodes | Invoke-Dag -RunVariable run | ForEach-Object { if ($_.Name -eq 'A') { $first.Value = $run } }; \"$($run.Status) "
            + "$($run.Nodes.Count)\"", ("first", first));
        Patience.Until(() => first.Value is not null, "the run");
        dynamic run = Unwrapped.Value(first.Value)!;

        Assert.Equal("Running", run.Status.ToString());
        Assert.Null(run.EndTime);
        Assert.Equal(2, run.NodeCount);
        Assert.True(run.Nodes.Contains("a"));
        Assert.False(run.Nodes.Contains("B"));
        seen.Open();
        ShellResult result = running.Wait();

        Assert.Equal("Succeeded 2", result.Text[^1]);
        Assert.Equal("Succeeded", run.Status.ToString());
    }

    [Fact]
    public void A_result_knows_when_its_node_ran()
    {
        ShellResult result = Run("""
            $before = [datetime]::Now
            $a, $b = (New-DagNode A { }), (New-DagNode B { } -DependsOn A -When { $false }) | Invoke-Dag -ThrottleLimit 1
            $after = [datetime]::Now
            ($a.StartTime -ge $before.AddMilliseconds(-50)), ($a.StartTime -le $a.EndTime), ($a.EndTime -le $after.AddMilliseconds(50)), ($a.Duration -eq ($a.EndTime - $a.StartTime)), $a.Attempts
            "$a", "$b"
            """);

        Assert.Equal(["True", "True", "True", "True", "1", "A: Succeeded", "B: Skipped"], result.Text);
    }

    [Fact]
    public void Output_is_an_array_of_objects_always()
    {
        ShellResult result =
            Run("(New-DagNode A { }), (New-DagNode B { 1 }), (New-DagNode C { throw 'x' }) | Invoke-Dag -ErrorAction Ignore | "
            + "ForEach-Object { $_.Output -is [object[]] }");

        Assert.Equal([true, true, true], result.Output.Select(Unwrapped.Value));
    }

    public sealed class Box
    {
        public object? Value { get; set; }
    }

    [Theory]
    [InlineData("'$run'", "'$run' is not the name of a variable. Give the name alone: -RunVariable run.")]
    [InlineData("'+run'", "'+run' is not the name of a variable. Give the name alone: -RunVariable run.")]
    [InlineData("'$'", "'$' is not the name of a variable. Give the name alone: -RunVariable run.")]
    [InlineData("$none", "Nothing ($null) is not the name of a variable. Give the name alone, without a dollar sign: -RunVariable run.")]
    [InlineData("$earlier", "is not the name of a variable. Give the name alone, without a dollar sign: -RunVariable run.")]
    [InlineData("@('a', 'b')", "is not the name of a variable.")]
    public void What_is_no_name_is_refused_before_anything_runs(string argument, string message)
    {
        ShellResult result = Shell.Run($$"""
            New-DagNode A { } | Invoke-Dag -RunVariable earlier | Out-Null
            New-DagNode A { $global:ran = $true } | Invoke-Dag -Sequential -RunVariable {{argument}}
            """);

        Assert.Contains(message, result.Thrown?.Message, StringComparison.Ordinal);
        Assert.Equal("False", Run("Test-Path variable:global:ran").Text[^1]);
    }

    [Theory]
    [InlineData("7", "7")]
    [InlineData("global:x", "global:x")]
    [InlineData("'a b'", "a b")]
    public void Any_name_is_one(string argument, string variable)
    {
        ShellResult result = Run($"New-DagNode A {{ }} | Invoke-Dag -RunVariable {argument} | Out-Null; ${{{variable}}}.Status");

        Assert.Equal("Succeeded", result.Text[^1]);
    }
}

using System.Management.Automation;

namespace DagShell.Tests.Streams;

/// <summary>What becomes of failed nodes under each error action.</summary>
public sealed class ErrorActionTests : ShellTests
{
    private const string Nodes = """
        $nodes = @(
            New-DagNode Bad { throw 'bad' } -Priority 3
            New-DagNode Worse { Write-Error 'worse' } -Priority 2
            New-DagNode Tolerated { throw 'never mind' } -ContinueOnError -Priority 1
            New-DagNode Good { 'good' }
            New-DagNode CleanUp { ($using:cleaned).Open(); 'clean' } -DependsOn Bad, Worse, Good, Tolerated -TriggerRule AllDone
        )

        """;

    private readonly Gate _cleaned = new();

    [Fact]
    public void By_default_each_failed_node_is_one_error_and_the_command_ends_well()
    {
        ShellResult result = Invoke("");

        Assert.Null(result.Thrown);
        Assert.Equal(
            ["Node 'Bad' failed at line 2: bad", "Node 'Tolerated' failed at line 4: never mind", "Node 'Worse' failed at line 3: worse"],
            result.Streams.Error.Select(error => error.ToString()).Order());
        Assert.Equal(5, result.Names.Length);
    }

    [Theory]
    [InlineData("SilentlyContinue", 3)]
    [InlineData("Ignore", 0)]
    public void They_can_be_silenced(string action, int remembered)
    {
        ShellResult result =
            Shell.Run(Nodes
            + $"$Error.Clear(); $nodes | Invoke-Dag -ErrorAction {action} -ErrorVariable failed; $Error.Count; $failed.Count",
            ("cleaned", _cleaned));

        Assert.Null(result.Thrown);
        Assert.Empty(result.Streams.Error);
        Assert.Equal(5, result.Names.Length);
        Assert.Equal(remembered, result.Output[^2].BaseObject);
        Assert.Equal(remembered, result.Output[^1].BaseObject);
    }

    [Fact]
    public void ErrorVariable_gets_them()
    {
        ShellResult result = Invoke("-ErrorVariable failed; $failed | ForEach-Object { $_.TargetObject.Name } | Sort-Object");

        Assert.Equal(["Bad", "Tolerated", "Worse"], result.Text.TakeLast(3));
    }

    [Theory]
    [InlineData("", "-ErrorAction Stop")]
    [InlineData("$ErrorActionPreference = 'Stop'", "")]
    [InlineData("$ErrorActionPreference = 'Continue'", "-ea Stop")]
    public void With_Stop_the_run_goes_to_its_end_and_then_one_error_names_all_failed_nodes(string preference, string parameter)
    {
        ShellResult result =
            Shell.Run($"{Nodes}{preference}\n$nodes | Invoke-Dag -ThrottleLimit 1 {parameter}; 'went on'", ("cleaned", _cleaned));

        Assert.True(_cleaned.IsOpen);
        Assert.Equal(["Bad Failed", "CleanUp Succeeded", "Good Succeeded", "Tolerated Failed", "Worse Failed"], result.Statuses);
        Assert.DoesNotContain("went on", result.Text);
        ErrorRecord error = result.ThrownRecord!;
        Assert.Equal("DagRunFailed,DagShell.Commands.InvokeDagCommand", error.FullyQualifiedErrorId);
        Assert.Contains("Bad at line ", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Contains("Worse at line ", result.Thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Tolerated", result.Thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Good", result.Thrown.Message, StringComparison.Ordinal);
        Assert.Empty(result.Streams.NodeFailures);
        Assert.Contains(result.Streams.Warning, warning => warning.Contains("never mind", StringComparison.Ordinal));
    }

    [Fact]
    public void The_error_of_the_run_tells_causes_and_where_of_ten_nodes_and_how_many_more_there_are()
    {
        ShellResult result = Shell.Run("""
            0..506 | ForEach-Object { New-DagNode "N$_" { throw ("cause`n" + 'x' * 5000) } } | Invoke-Dag -ErrorAction Stop -ThrottleLimit 1
            """);

        Assert.StartsWith("DagRunFailed", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        string[] lines = result.ThrownRecord.Exception.Message.Split(Environment.NewLine);
        Assert.Equal(12, lines.Length);
        Assert.Equal("The run failed: 507 nodes failed.", lines[0]);
        Assert.All(lines[1..11], (line, index) => Assert.StartsWith($"  N{index} at line 1: cause xxx", line, StringComparison.Ordinal));
        Assert.Equal("  … and 497 more", lines[11]);
        Assert.InRange(result.ThrownRecord.Exception.Message.Length, 1, 6000);
    }

    [Fact]
    public void The_error_of_the_run_tells_of_a_file_a_precondition_and_a_timeout()
    {
        using ScratchFolder folder = new();
        string file = folder.Write("x.dag.ps1", """
            New-DagNode File {
                Get-Item no-such-file
            }
            New-DagNode Condition { } -Precondition { $false }
            New-DagNode Late { while ($true) { } } -Timeout 10ms
            """);
        ShellResult result = Shell.Run("Invoke-Dag -Path $file -ErrorAction Stop -ThrottleLimit 1", ("file", file));

        Assert.Contains($"  File at {file}:2: Cannot find path", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Contains("  Condition: ", result.Thrown.Message, StringComparison.Ordinal);
        Assert.Contains("  Late: ", result.Thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_of_the_run_carries_the_run_and_the_cause()
    {
        ShellResult result = Shell.Run(Nodes + """
            try { $nodes | Invoke-Dag -ErrorAction Stop -RunVariable run -ThrottleLimit 1 }
            catch {
                [object]::ReferenceEquals($_.TargetObject, $run)
                [object]::ReferenceEquals($_.Exception.Run, $run)
                $_.Exception.InnerException.Message
                ($_.Exception.Run.Nodes.Values | Where-Object Status -EQ Failed).Name -join ','
                "$($run.Status)"
            }
            """, ("cleaned", _cleaned));

        Assert.Equal(["True", "True", "bad", "Bad,Worse,Tolerated", "Failed"], result.Text.TakeLast(5));
    }

    [Fact]
    public void The_results_come_out_before_the_error()
    {
        ShellResult result =
            Shell.Run(Nodes
            + "$seen = @(); try { $nodes | Invoke-Dag -ErrorAction Stop | ForEach-Object { $seen += $_.Name } } catch { }; $seen.Count",
            ("cleaned", _cleaned));

        Assert.Equal(5, result.Single);
    }

    [Fact]
    public void With_Stop_a_run_whose_failures_are_tolerated_ends_well_and_warns()
    {
        ShellResult result = Run("New-DagNode A { throw 'x' } -ContinueOnError | Invoke-Dag -ErrorAction Stop");

        Assert.Equal(["A Failed"], result.Statuses);
        Assert.Contains("x", Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
    }

    [Fact]
    public void With_Stop_an_error_that_a_script_goes_on_after_becomes_a_warning_and_the_run_goes_on()
    {
        ShellResult result =
            Run("New-DagNode A { Write-Error 'careless' -ErrorAction Continue; 'went on' } | Invoke-Dag -ErrorAction Stop");

        Assert.Equal(["went on"], result.NodeOutput("A"));
        Assert.Equal(["[A] careless"], result.Streams.Warning);
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void With_Stop_and_FailFast_the_run_is_cut_short_and_clean_up_runs()
    {
        ShellResult result = Shell.Run(Nodes + "$nodes | Invoke-Dag -ErrorAction Stop -FailFast -ThrottleLimit 1", ("cleaned", _cleaned));

        Assert.True(_cleaned.IsOpen);
        Assert.Equal(["Bad Failed", "CleanUp Succeeded", "Good Cancelled", "Tolerated Cancelled", "Worse Cancelled"], result.Statuses);
        Assert.Contains("Bad at line ", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'Worse'", result.Thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_of_another_is_not_hidden_by_the_error_of_one()
    {
        ShellResult result = Run("(New-DagNode A { throw 'x' }) | Invoke-Dag; 'the script goes on'");

        Assert.Equal("the script goes on", result.Text[^1]);
    }

    [Fact]
    public void Dollar_question_mark_tells_that_a_node_failed()
    {
        ShellResult result =
            Run("$null = New-DagNode A { throw 'x' } | Invoke-Dag -ErrorAction SilentlyContinue; $?; $null = New-DagNode A { } | "
            + "Invoke-Dag; $?");

        Assert.Equal([false, true], result.Output.Select(Unwrapped.Value));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _cleaned.Dispose();
    }

    private ShellResult Invoke(string arguments) => Shell.Run(Nodes + $"$nodes | Invoke-Dag {arguments}", ("cleaned", _cleaned));
}

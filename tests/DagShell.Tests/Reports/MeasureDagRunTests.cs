using System.Management.Automation;
using DagShell.Tests.Pictures;

namespace DagShell.Tests.Reports;

public sealed class MeasureDagRunTests : IDisposable
{
    private static readonly string[] Counts = ["Nodes", "Succeeded", "Failed", "Skipped", "Cancelled", "Unfinished"];

    private readonly ShellSession _shell = new();
    private readonly TempFolder _temp = new();

    public void Dispose()
    {
        _shell.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void A_run_is_given_in_figures()
    {
        PSObject figures = _shell.Run(SampleRuns.Mixed + "; $run | Measure-DagRun").Output.Single();

        Assert.Equal("Nightly", Value(figures, "Name"));
        Assert.Equal("Failed", Value(figures, "Status")!.ToString());
        Assert.Equal(
            [5, 3, 1, 1, 0, 0],
            Counts.Select(name => (int)Value(figures, name)!));
        Assert.Equal(["Prepare", "Copy"], ((IEnumerable<string>)Value(figures, "CriticalPath")!).Take(2));
        Assert.Equal(3, Value(figures, "ThrottleLimit"));
        Assert.Equal("the critical path", Value(figures, "LimitedBy"));
        Assert.InRange((double)Value(figures, "Efficiency")!, 0.01, 1);
        Assert.InRange((double)Value(figures, "AverageParallelism")!, 0.01, 3);
        Assert.InRange(Time(figures, "WaitTime"), TimeSpan.FromMilliseconds(45), TimeSpan.FromSeconds(20));
        Assert.True(Time(figures, "RetryTime") > TimeSpan.Zero);
        Assert.True(Time(figures, "TotalWork") >= TimeSpan.FromMilliseconds(85));
        Assert.True(Time(figures, "CriticalPathLength") <= Time(figures, "Makespan"));
        Assert.True(Time(figures, "LowerBound") <= Time(figures, "Makespan"));
        object[] bottlenecks = [.. ((IEnumerable<object>)Value(figures, "Bottlenecks")!)];
        Assert.InRange(bottlenecks.Length, 1, 5);
        Assert.Contains("saves up to", bottlenecks[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Results_stand_for_their_run_which_is_over_by_then()
    {
        ShellResult result = _shell.Run("(New-DagNode A { }), (New-DagNode B { } -DependsOn A) | Invoke-Dag | Measure-DagRun");

        PSObject figures = Assert.Single(result.Output);
        Assert.Equal("Succeeded", Value(figures, "Status")!.ToString());
        Assert.Equal(2, Value(figures, "Succeeded"));
    }

    [Fact]
    public void Of_each_run_there_is_one_object()
    {
        ShellResult result = _shell.Run("""
            $null = New-DagNode A { } | New-Dag First | Invoke-Dag -RunVariable one
            $results = New-DagNode A { } | New-Dag Second | Invoke-Dag
            $results, $one, $results | Measure-DagRun
            """);

        Assert.Equal(["Second", "First"], result.Output.Select(figures => Value(figures, "Name")));
    }

    [Fact]
    public void A_run_that_goes_on_is_measured_as_it_stands()
    {
        ShellResult result = _shell.Run(
            """
            $nodes = @(
                New-DagNode First { }
                New-DagNode Slow { while (-not (Test-Path $using:gate)) { [System.Threading.Thread]::Sleep(10) } } -DependsOn First
                New-DagNode Later { } -DependsOn Slow
            )
            $nodes | Invoke-Dag -RunVariable run | ForEach-Object {
                if ($_.Name -eq 'First') {
                    $run | Measure-DagRun
                    [System.IO.File]::WriteAllText($gate, '')
                }
            }
            """,
            ("gate", _temp["gate"]));

        PSObject figures = Assert.Single(result.Output);
        Assert.Equal("Running", Value(figures, "Status")!.ToString());
        Assert.Equal(1, Value(figures, "Succeeded"));
        Assert.Equal(2, Value(figures, "Unfinished"));
    }

    [Fact]
    public void A_run_that_was_stopped_is_measured()
    {
        using (RunningScript running = _shell.Start("""
            $nodes = @(
                New-DagNode A { }
                New-DagNode Endless { while ($true) { Start-Sleep -Milliseconds 20 } } -DependsOn A
                New-DagNode B { } -DependsOn Endless
            )
            $nodes | Invoke-Dag -RunVariable run
            """))
        {
            Assert.True(SpinWait.SpinUntil(() => running.Output.Count == 1, TimeSpan.FromSeconds(30)));
            running.Stop();
            running.Wait();
        }

        PSObject figures = _shell.Run("$run | Measure-DagRun").Output.Single();

        Assert.Equal("Cancelled", Value(figures, "Status")!.ToString());
        Assert.Equal(1, Value(figures, "Succeeded"));
        Assert.Equal(2, Value(figures, "Cancelled"));
    }

    [Fact]
    public void What_is_no_run_is_an_error()
    {
        ShellResult result = _shell.Run("New-DagNode A { } | Measure-DagRun");

        Assert.StartsWith("InvalidRun", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void The_figures_have_a_view()
    {
        ShellResult result = _shell.Run(SampleRuns.Mixed + "; $run | Measure-DagRun | Out-String -Width 120");

        string text = result.Text.Single();
        Assert.Contains("Nodes              : 5: 3 succeeded, 1 failed, 1 skipped", text, StringComparison.Ordinal);
        Assert.Contains("Prepare → Copy", text, StringComparison.Ordinal);
        Assert.Matches("Efficiency         : [0-9]+[.,][0-9] ?%", text);
    }

    private static object? Value(PSObject item, string property) => Unwrapped.Value(item.Properties[property].Value);

    private static TimeSpan Time(PSObject item, string property) => (TimeSpan)Value(item, property)!;
}

using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace DagShell.Tests.Sessions;

/// <summary>Design, 9: a cluster's own engine gives the places.</summary>
public sealed class SlurmTests(SlurmCluster cluster, ITestOutputHelper report) : IClassFixture<SlurmCluster>
{
    private const string Pools = """
        -PoolLimit @{ small = 2; large = 2 } -PoolSession @{
            small = { New-DagSession srun '--quiet', '--partition=small', '--ntasks=1', '--time=5', 'pwsh', '-sshs' }
            large = { New-DagSession srun '--quiet', '--partition=large', '--ntasks=1', '--time=5', 'pwsh', '-sshs' }
        }
        """;

    [SlurmFact]
    public void Two_hundred_nodes_end_right_though_a_machine_goes_down_and_no_allocation_stays()
    {
        using RunningScript running = cluster.Shell.Start($$"""
            $dag = New-Dag d {
                1..200 | ForEach-Object {
                    New-DagNode "N$_" -Pool ($_ % 3 ? 'small' : 'large') -RetryCount 3 {
                        Start-Sleep -Milliseconds 20
                        [pscustomobject] @{ Value = [int] $DagNode.Name.Substring(1) * 2; Machine = $env:SLURMD_NODENAME }
                    }
                }
            }
            $dag | Invoke-Dag -ErrorAction SilentlyContinue {{Pools}}
            """);
        Patience.Until(() => running.IsCompleted || running.Output.Count >= 30, "nodes to end");
        cluster.LoseNode(2);
        ShellResult result = running.Wait();

        Assert.Null(result.Thrown);
        Assert.All(result.Statuses, status => Assert.EndsWith("Succeeded", status, StringComparison.Ordinal));
        var given = Enumerable.Range(1, 200).Select(number => (Number: number, Output: Output(result, $"N{number}"))).ToList();
        Assert.All(given, node => Assert.Equal(node.Number * 2, node.Output.Value));
        Assert.All(given, node => Assert.Contains(node.Output.Machine, node.Number % 3 == 0 ? (string[])["n3", "n4"] : ["n1", "n2"]));
        Patience.Until(() => cluster.Launchers == 0, "the launchers to end");
        Patience.Until(() => SlurmCluster.Jobs == 0, "the allocations to end");
    }

    [SlurmFact]
    public async Task An_allocation_ends_with_its_session_also_when_the_caller_is_killed()
    {
        // Calls of all sizes, none of which may stall on its way: so many as the variable says, or a few.
        int calls = int.TryParse(Environment.GetEnvironmentVariable("DAGSHELL_SLURM_CALLS"), out int wanted) ? wanted : 20;
        string begun = Path.Combine(cluster.Folder, "begun");
        ShellResult opened = cluster.Shell.Run($$"""
            $one = New-DagSession srun '--quiet', '--partition=large', '--ntasks=1', '--time=60', 'pwsh', '-sshs'
            (New-DagNode A { $env:SLURM_JOB_ID } | Invoke-Dag -Session $one).Output
            $script = { $given = 'x' * $using:text.Length; if ($given -ne $using:text) { throw 'not what was sent' }; $given }
            $nodes = foreach ($i in 1..{{calls}}) {
                $text = 'x' * ((0, 10, 900, 5000, 70000)[$i % 5] + $i)
                New-DagNode "N$i" $script -Timeout 20s
            }
            $results = $nodes | Invoke-Dag -Session $one -ErrorAction SilentlyContinue
            Remove-PSSession $one
            @($results | Where-Object Status -NE Succeeded).Count
            $results.Duration.TotalMilliseconds | Sort-Object
            """);
        Assert.Matches("^[0-9]+$", opened.Text[0]);
        double[] times = [.. opened.Text[2..].Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        report.WriteLine(FormattableString.Invariant(
            $"{calls} calls over srun, {opened.Text[1]} failed: median {times[calls / 2]:0} ms, longest {times[^1]:0} ms"));
        Assert.Equal("0", opened.Text[1]);
        Patience.Until(() => SlurmCluster.Jobs == 0, "the allocation to end");

        string script = Path.Combine(cluster.Folder, "run.ps1");
        await File.WriteAllTextAsync(script, $$"""
            Import-Module '{{Checkout.Manifest}}'
            New-DagNode A { Set-Content '{{begun}}' 1; Start-Sleep 600 } -Pool large | Invoke-Dag {{Pools}}
            """);
        using var caller = Process.Start(new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-File", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        Patience.Until(() => caller.HasExited || File.Exists(begun), "the node to begin");
        Assert.Equal(1, SlurmCluster.Jobs);
        caller.Kill();
        await caller.WaitForExitAsync();

        Patience.Until(() => SlurmCluster.Jobs == 0, "the allocation to end");
        Patience.Until(() => cluster.Launchers == 0, "the launcher to end");
    }

    private static (int Value, string Machine) Output(ShellResult result, string node)
    {
        var given = (System.Management.Automation.PSObject)((object[])result.Node(node).Properties["Output"].Value)[0];
        return ((int)given.Properties["Value"].Value, (string)given.Properties["Machine"].Value);
    }
}

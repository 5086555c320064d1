using Xunit.Abstractions;

namespace DagShell.Tests.Sessions;

/// <summary>Design, 9: sessions over SSH, and machines that die, fall silent, or never come up.</summary>
public sealed class SshTests(SshFixture fixture, ITestOutputHelper output) : IClassFixture<SshFixture>
{
    [SshFact]
    public void A_node_runs_over_ssh_and_a_connection_that_may_fall_silent_is_warned_of()
    {
        SshServer server = fixture.Good;
        ShellResult result = Run($$"""
            $two = Connect-Machine {{At(server)}} -Options @{ ServerAliveInterval = $null }
            $dag = New-DagNode A { $DagNode.ComputerName; $PID }
            ($dag | Invoke-Dag -Session $good).Output
            ($dag | Invoke-Dag -Session $good, $two).ComputerName
            ($dag | New-Dag x | Invoke-Dag -PoolSession @{ p = $two } -Session $good -WarningAction Ignore).Status
            Remove-PSSession $two
            $ssh = New-DagSession ssh '-o', 'ProxyCommand=false', '-s', 'none', 'powershell' -ErrorAction SilentlyContinue
            $ssh = New-DagSession ssh '-o', 'ProxyCommand=false', '-o', 'ServerAliveInterval=5', '-s', 'none', 'powershell' -ErrorAction SilentlyContinue
            """);

        Assert.Equal(server.Address, result.Text[0]);
        Assert.Equal("SshWriter", Run("""
            $at = $good.Runspace
            foreach ($step in 'RunspacePool', 'RemoteRunspacePoolInternal', 'DataStructureHandler', 'TransportManager') {
                $at = $at.GetType().GetProperty($step, [Reflection.BindingFlags] 'Public, NonPublic, Instance').GetValue($at)
            }
            $at.GetType().GetField('_stdInWriter', [Reflection.BindingFlags] 'NonPublic, Instance').GetValue($at).GetType().Name
            """).Single);
        Assert.NotEqual(Environment.ProcessId, result.Output[1].BaseObject);
        Assert.Equal([server.Address, "Succeeded"], result.Text[2..]);
        Assert.Equal(2, result.Streams.Warning.Length);
        Assert.Contains("This ssh has no ServerAliveInterval", result.Streams.Warning[1], StringComparison.Ordinal);
        string warning = result.Streams.Warning[0];
        Assert.Contains("ServerAliveInterval", warning, StringComparison.Ordinal);
        Assert.Contains($"'{server.Address}'", warning, StringComparison.Ordinal);
    }

    [SshFact]
    public void The_files_of_a_node_are_asked_over_there()
    {
        string file = Path.Combine(fixture.Folder, "made");
        ShellResult result = Run($$"""
            $node = New-DagNode A -InputPath '{{fixture.Folder}}/known' -OutputPath '{{fixture.Folder}}/ma*e' {
                Set-Content '{{file}}' $DagNode.ComputerName
            }
            foreach ($time in 1..2) {
                $node | Invoke-Dag -Session $good -WarningAction Ignore |
                    ForEach-Object { "$($_.UpToDate) $($_.Attempts) $($_.ComputerName) $($_.Output.Name)" }
            }
            """);

        Assert.Equal([$"False 1 {fixture.Good.Address} made", $"True 0 {fixture.Good.Address} made"], result.Text);
    }

    [SshFact]
    public void Sessions_that_are_lost_in_any_way_cost_an_attempt_each_and_the_next_runs_elsewhere()
    {
        string[] ways = ["shell", "client", "server", "silence"];
        SshServer[] bad = [.. ways.Select(_ => fixture.NewServer())];
        string mark = Path.Combine(fixture.Folder, "lost");
        Run($"$bad = Connect-Machine {string.Join(", ", bad.Select(At))}; $last = Connect-Machine {string.Join(", ", bad.Select(At))}");
        using RunningScript running = fixture.Shell.Start($$"""
            $mark = '{{mark}}'
            $work = {
                [IO.File]::AppendAllText("$using:mark.$($DagNode.ComputerName)", "$($DagNode.Name) $($DagNode.Attempt)`n")
                if ($DagNode.ComputerName -ne '{{fixture.Good.Address}}') { Start-Sleep 600 }
                while (-not (Test-Path "$using:mark.gate")) { Start-Sleep -Milliseconds 20 }
                'done'
            }
            $pools = @{ p = @($bad) + $good }
            foreach ($session in $last) { $pools[$session.ComputerName] = $session }
            $dag = New-Dag d {
                1..5 | ForEach-Object { New-DagNode "N$_" $work -Pool p -RetryCount 5 }
                foreach ($machine in $last.ComputerName) {
                    New-DagNode "Final $machine" { [IO.File]::WriteAllText("$using:mark.final.$using:machine", 'begun'); Start-Sleep 600 } -Pool $machine -ContinueOnError
                    New-DagNode "Late $machine" { 'never' } -Pool $machine -ContinueOnError
                }
            }
            $dag | Invoke-Dag -PoolSession $pools -ErrorAction SilentlyContinue
            """);
        string[] Starts() => [.. bad.Append(fixture.Good).Select(server => $"{mark}.{server.Address}").Where(File.Exists)
            .SelectMany(File.ReadAllLines)];
        Patience.Until(
            () => running.IsCompleted
                || (Starts().Length == 5 && Array.TrueForAll(bad, server => File.Exists($"{mark}.final.{server.Address}"))),
            "the nodes to begin");
        for (int i = 0; i < ways.Length; i++)
        {
            Lose(bad[i], ways[i]);
        }

        File.WriteAllText(mark + ".gate", string.Empty);
        ShellResult result = running.Wait();

        Assert.Null(result.Thrown);
        foreach (SshServer server in bad)
        {
            Assert.StartsWith(
                "SessionLost", result.Error($"Final {server.Address}")!.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("no session to run in", result.ErrorText($"Late {server.Address}"), StringComparison.Ordinal);
        }

        string[] nodes = [.. Enumerable.Range(1, 5).Select(number => $"N{number}")];
        Assert.All(nodes, node => Assert.Equal(["done"], result.NodeOutput(node)));
        Assert.Equal(9, nodes.Sum(result.Attempts));
        Assert.Equal(9, Starts().Distinct().Count());
        Assert.Equal(9, Starts().Length);
        Assert.Equal("Opened still", Run("\"$($good.State) $(Invoke-Command $good { 'still' })\"").Single);
        for (int i = 0; i < ways.Length; i++)
        {
            Patience.Until(() => bad[i].Clients == 0, $"the connections to end: {ways[i]}");
            Patience.Until(() => ways[i] == "silence" || bad[i].Shells.Length == 0, $"what ran there to end: {ways[i]}");
        }
    }

    [SshFact]
    public void Three_of_four_machines_die_in_the_midst_of_200_nodes_and_the_run_ends_right()
    {
        int runs = int.TryParse(Environment.GetEnvironmentVariable("DAGSHELL_SSH_RUNS"), out int wanted) ? wanted : 1;
        SshServer[] servers = [fixture.NewServer(), fixture.NewServer(), fixture.NewServer(), fixture.NewServer()];
        for (int run = 1; run <= runs; run++)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            int lost = LoseThreeOfFour(servers, Path.Combine(fixture.Folder, $"starts{run}"));
            double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
            output.WriteLine($"run {run}: {seconds:0.0} s, {lost} attempts lost");
            foreach (SshServer server in servers)
            {
                server.Dispose();
                if (run < runs)
                {
                    server.Start();
                }
            }
        }
    }

    /// <summary>Runs 200 nodes on four machines, of which one dies, one loses its shell, and one falls silent.</summary>
    /// <returns>How many attempts were lost.</returns>
    private int LoseThreeOfFour(SshServer[] servers, string log)
    {
        Run($"$four = Connect-Machine {string.Join(", ", servers.Select(At))}");
        using RunningScript running = fixture.Shell.Start($$"""
            $log = '{{log}}'
            $dag = New-Dag d {
                1..200 | ForEach-Object { New-DagNode "N$_" -RetryCount 3 {
                    [IO.File]::AppendAllText("$using:log.$($DagNode.ComputerName)", "$($DagNode.Name) $($DagNode.Attempt)`n")
                    Start-Sleep -Milliseconds 30
                    [int] $DagNode.Name.Substring(1) * 2
                } }
                New-DagNode Sum -DependsOn (1..200 | ForEach-Object { "N$_" }) { ($Upstream.Values | Measure-Object -Sum).Sum }
            }
            $dag | Invoke-Dag -Session $four -ErrorAction SilentlyContinue
            """);
        int[] deaths = [20, 50, 80];
        for (int i = 0; i < deaths.Length; i++)
        {
            Patience.Until(() => running.IsCompleted || running.Output.Count >= deaths[i], "nodes to end");
            Lose(servers[i], ((string[])["machine", "shell", "silence"])[i]);
        }

        ShellResult result = running.Wait();
        string[] starts = [.. servers.Select(server => $"{log}.{server.Address}").Where(File.Exists).SelectMany(File.ReadAllLines)];
        Assert.Null(result.Thrown);
        Assert.All(result.Statuses, status => Assert.EndsWith("Succeeded", status, StringComparison.Ordinal));
        Assert.Equal([40_200.0], result.NodeOutput("Sum"));
        Assert.All(Enumerable.Range(1, 200), number => Assert.Equal([number * 2], result.NodeOutput($"N{number}")));

        // No start that was not an attempt, and none twice. A machine that died may not have come to write that it had begun.
        Assert.Equal(starts.Length, starts.Distinct().Count());
        int attempts = Enumerable.Range(1, 200).Sum(number => result.Attempts($"N{number}"));
        Assert.InRange(attempts - starts.Length, 0, deaths.Length);
        Assert.Equal("Opened", Run(
            $"$still = $four | Where-Object ComputerName -EQ {servers[3].Address}; \"$($still.State)\"; Remove-PSSession $still").Single);
        return attempts - 200;
    }

    [SshFact]
    public void A_machine_that_never_comes_up_or_refuses_costs_its_own_nodes_alone()
    {
        SshServer server = fixture.NewServer();
        using System.Net.Sockets.TcpListener mute = new(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        int port = ((System.Net.IPEndPoint)mute.LocalEndpoint).Port;
        ShellResult result = Run($$"""
            $dag = New-Dag d {
                New-DagNode Refused { 1 } -Pool refused -RetryCount 3
                New-DagNode Mute { 1 } -Pool mute
                New-DagNode Nobody { 1 } -Pool nobody
                New-DagNode Unknown { 1 } -Pool unknown
                New-DagNode Good { 1..3 } -Pool good
                New-DagNode Here { 1 }
            }
            $address = {{At(server)}}
            $there = { Connect-Machine $using:address }.GetNewClosure()
            $address = 'no such machine'
            $dag | Invoke-Dag -ErrorAction SilentlyContinue -PoolLimit @{ good = 1 } -PoolSession @{
                refused = { Connect-Machine {{At(server)}} -Key wrong }
                mute = { Connect-Machine '127.0.0.1:{{port}}' -Timeout 1500 }
                nobody = { Connect-Machine '{{server.Address}}:1' }
                unknown = { Connect-Machine {{At(server)}} -Options @{ UserKnownHostsFile = '/dev/null' } }
                good = $there
            }
            """);

        Assert.Equal(
            ["Good Succeeded", "Here Succeeded", "Mute Failed", "Nobody Failed", "Refused Failed", "Unknown Failed"], result.Statuses);
        Assert.All(
            (string[])["Mute", "Nobody", "Refused", "Unknown"],
            node => Assert.StartsWith("NoSession", result.Error(node)!.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.All(
            (string[])["Mute", "Nobody", "Refused", "Unknown"],
            node => Assert.Contains("has no session to run in: pool", result.ErrorText(node), StringComparison.Ordinal));
        Patience.Until(() => server.Clients == 0 && server.Shells.Length == 0, "the connections to end");
    }

    [SshTheory]
    [InlineData("a node", "[IO.File]::WriteAllText($using:mark, 1); Start-Sleep 600", "Opened", false)]
    [InlineData("a blocked node", "[IO.File]::WriteAllText($using:mark, 1); [Threading.Thread]::Sleep(600000)", "Closed", false)]
    [InlineData("a silent machine", "[IO.File]::WriteAllText($using:mark, 1); Start-Sleep 600", "Closed", true)]
    public void A_timeout_and_a_stop_end_what_runs_there(string what, string script, string state, bool isSilent)
    {
        SshServer server = fixture.NewServer();
        string mark = Path.Combine(fixture.Folder, what);
        Run($"$slow = Connect-Machine {At(server)} -Options @{{ ServerAliveInterval = 60 }}");
        using (RunningScript running = fixture.Shell.Start($$"""
            $mark = '{{mark}}'
            New-DagNode A { {{script}} } | Invoke-Dag -Session $slow
            """))
        {
            Patience.Until(() => running.IsCompleted || File.Exists(mark), "the node to begin");
            if (isSilent)
            {
                server.PauseShells();
            }

            var time = System.Diagnostics.Stopwatch.StartNew();
            running.Stop();
            Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }

        // One whose other end does not answer takes PowerShell a minute to close.
        string? now = (string?)Run("\"$($slow.State)\"").Single;
        Assert.True(now == state || (state == "Closed" && now is "Closing" or "Broken"), now);
        if (isSilent)
        {
            server.Dispose();
            return;
        }

        ShellResult result = Run($$"""
            $mark = '{{mark}}'
            $slow = if ($slow.State -eq 'Opened') { $slow } else { Connect-Machine {{At(server)}} }
            $dag = New-Dag d {
                New-DagNode A { {{script}} } -Pool slow -Timeout 1s -ContinueOnError
                New-DagNode B { 1 } -Pool other
            }
            $dag | Invoke-Dag -PoolSession @{ slow = $slow; other = $good } -ErrorAction SilentlyContinue
            """);
        Assert.Equal(["A Failed", "B Succeeded"], result.Statuses);
        Assert.StartsWith("AttemptTimedOut", result.Error("A")!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("; it was at line ", result.ErrorText("A"), StringComparison.Ordinal);
        Assert.Equal("Opened", Run("\"$($good.State)\"").Single);
        if (state == "Opened")
        {
            Run("Remove-PSSession $slow");
            Patience.Until(() => server.Clients == 0, "the connections to end");
            Patience.Until(() => server.Shells.Length == 0, "what ran there to end");
        }

        server.Dispose();
    }

    [SshFact]
    public void A_stop_while_sessions_are_opened_leaves_no_connection()
    {
        SshServer server = fixture.NewServer();
        using System.Net.Sockets.TcpListener mute = new(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        int port = ((System.Net.IPEndPoint)mute.LocalEndpoint).Port;
        using RunningScript running = fixture.Shell.Start($$"""
            $dag = New-Dag d { 1..3 | ForEach-Object { New-DagNode "N$_" { 1 } -Pool p } }
            $dag | Invoke-Dag -PoolLimit @{ p = 2 } -PoolSession @{ p = { Connect-Machine '127.0.0.1:{{port}}' } }
            """);
        Patience.Until(() => running.IsCompleted || mute.Pending(), "a connection");
        var time = System.Diagnostics.Stopwatch.StartNew();
        running.Stop();
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Patience.Until(() => SshServer.ClientsOf("127.0.0.1", port) == 0, "the connections to end");
    }

    private static string At(SshServer server) => $"'{server.Address}:{server.Port}'";

    private static void Lose(SshServer server, string what)
    {
        switch (what)
        {
            case "shell":
                server.KillShells();
                break;
            case "client":
                server.KillClients();
                break;
            case "server":
                server.KillServer();
                break;
            case "machine":
                server.Die();
                break;
            default:
                server.FallSilent();
                break;
        }
    }

    private ShellResult Run(string script)
    {
        ShellResult result = fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }
}

using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Benchmarks.Harness;

namespace DagShell.Benchmarks.Shell;

/// <summary>
/// Nodes in four sessions over SSH to this machine, beside what PowerShell itself needs for a call there. Without an SSH server the
/// sessions are processes of this machine.
/// </summary>
internal static class SessionsSuite
{
    private const int Calls = 200;
    private const int Sleeps = 200;

    public static void Run(BenchmarkOptions options)
    {
        int rounds = options.IsQuick ? 5 : 11;
        using BuiltModule module = new();
        using Session session = new(module);
        using LoopbackServer? server = LoopbackServer.TryStart();
        session.Run(server?.Connect ?? LoopbackServer.ConnectWithoutServer);
        try
        {
            Measure(session, rounds, server is null ? "New-DagSession; there is no sshd here" : "SSH");
        }
        finally
        {
            session.Run("Remove-PSSession $four");
        }
    }

    private static void Measure(Session session, int rounds, string how)
    {
        session.Run($$"""
            $one = $four[0]
            $shared = { 1 }
            $plain = foreach ($i in 1..{{Calls}}) { New-DagNode "n$i" $shared }
            $nap = { [Threading.Thread]::Sleep(50) }
            $naps = foreach ($i in 1..{{Sleeps}}) { New-DagNode "n$i" $nap }
            """);
        Runspace open = ((PSSession)session.Run("$one")[0].BaseObject).Runspace;
        Rounds measured = Rounds.Measure(rounds, warmUps: 2,
        [
            new Contender("bare", () => Bare(open)),
            new Contender(
                "invoke", () => session.Time($"foreach ($i in 1..{Calls}) {{ Invoke-Command -Session $one {{ 1 }} }}") / 1e3 / Calls),
            new Contender("node", () => session.Time("$plain | Invoke-Dag -Session $one -WarningAction Ignore") / 1e3 / Calls),
            new Contender("run", () => session.Time("$plain[0] | Invoke-Dag -Session $one -WarningAction Ignore") / 1e3),
            new Contender("four", () => session.Time("$plain | Invoke-Dag -Session $four -WarningAction Ignore") / 1e3 / Calls),
            new Contender("naps", () => session.Time("$naps | Invoke-Dag -Session $four -WarningAction Ignore") / 1e3),
        ]);
        Console.WriteLine($"Four sessions over {how}; {BuiltModule.Describe()}. Medians of {rounds} rounds; in brackets the lowest.");
        Console.WriteLine();
        Table table = new("what", "ms", "ratio", "wanted");
        table.Add("a bare PowerShell.BeginInvoke on an open session", Both(measured, "bare"), string.Empty, string.Empty);
        table.Add(
            "a trivial node, one session", Both(measured, "node"), Figures.Times(measured.Ratio("node", "bare")) + " of bare", "≤ 1.3");
        table.Add(
            "Invoke-Command -Session", Both(measured, "invoke"), Figures.Times(measured.Ratio("invoke", "node")) + " of a node", "≥ 1.5");
        table.Add("a run of one trivial node, one session", Both(measured, "run"), string.Empty, string.Empty);
        table.Add("a trivial node, four sessions", Both(measured, "four"), string.Empty, string.Empty);
        double ideal = Sleeps * 50 / 4.0;
        table.Add(
            $"{Sleeps} nodes of 50 ms, four sessions", Both(measured, "naps"),
            Figures.Times(measured.Median("naps") / ideal) + " of ideal", "≤ 1.15");
        table.Print();
    }

    private static double Bare(Runspace open)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Calls; i++)
        {
            using PowerShell shell = PowerShell.Create();
            shell.Runspace = open;
            shell.AddScript("1");
            Collection<PSObject> given = new([.. shell.EndInvoke(shell.BeginInvoke())]);
            if (given.Count != 1)
            {
                throw new InvalidOperationException("The session did not answer.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / Calls;
    }

    private static string Both(Rounds measured, string name) =>
        $"{Figures.Short(measured.Median(name))} ({Figures.Short(measured.Lowest(name))})";
}

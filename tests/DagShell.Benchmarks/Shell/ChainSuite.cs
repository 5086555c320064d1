using System.Diagnostics;
using System.Management.Automation;
using DagShell.Benchmarks.Harness;

namespace DagShell.Benchmarks.Shell;

/// <summary>Nodes one after the other, each taking its predecessor's output. Times are microseconds a node.</summary>
internal static class ChainSuite
{
    private const int Nodes = 2_000;
    private const string Stamp = "[Diagnostics.Stopwatch]::GetTimestamp()";

    private static readonly (string Name, string Script)[] Chains =
    [
        ("$Upstream.n1", Scripts.Lines(Nodes - 1, static i => $"New-DagNode n{i + 1} {{ $Upstream.n{i} + 1 }} -DependsOn n{i}")),
        ("param($n1)", Scripts.Lines(Nodes - 1, static i => $"New-DagNode n{i + 1} {{ param($n{i}) $n{i} + 1 }} -DependsOn n{i}")),
        ("$input, one shared script block", Scripts.Lines(Nodes - 1, static i => $"New-DagNode n{i + 1} $shared -DependsOn n{i}")),
    ];

    // Each node notes when it begins and when it ends.
    private static readonly string Stamps = Scripts.Lines(
        Nodes - 1, static i => $"New-DagNode n{i + 1} {{ {Stamp}; $null = $Upstream.n{i}; {Stamp} }} -DependsOn n{i}");

    public static void Run(BenchmarkOptions options)
    {
        int rounds = options.IsQuick ? 5 : 11;
        using BuiltModule module = new();
        using Session session = new(module);
        session.Run("$shared = { $input | ForEach-Object { $_ + 1 } }");
        List<double> latencies = [];
        List<Contender> contenders =
            [new("loop", () => session.Time($"$x = 0; foreach ($i in 1..{Nodes}) {{ $x = & {{ $x + 1 }} }}") / Nodes)];
        foreach (var (name, script) in Chains)
        {
            contenders.Add(new Contender(name, () => Time(session, "New-DagNode n1 { 1 }\n" + script)));
        }

        contenders.Add(new Contender("stamps", () => Latency(session, latencies)));
        Rounds measured = Rounds.Measure(rounds, warmUps: 1, contenders);
        Console.WriteLine($"{BuiltModule.Describe()}. Microseconds a node, medians of {rounds} rounds.");
        Console.WriteLine();
        Table table = new("a node takes its predecessor's output by", "µs a node", "/ & { } in a loop");
        foreach (var (name, _) in Chains)
        {
            table.Add(name, Figures.Short(measured.Median(name)), Figures.Times(measured.Ratio(name, "loop")));
        }

        table.Add("from the end of a node's script to the start of the next one's, median", Figures.Short(Statistics.Median(latencies)),
            "");
        table.Add("the same, 99 % are below", Figures.Short(Statistics.Quantile(latencies, 0.99)), "");
        table.Print();
    }

    private static double Time(Session session, string script)
    {
        var nodes = session.Run(script);
        return session.Time("$nodes | Invoke-Dag", ("nodes", nodes)) / Nodes;
    }

    /// <summary>Adds what passes from the end of each node's script to the start of the next one's.</summary>
    /// <returns>The median of this run.</returns>
    private static double Latency(Session session, List<double> latencies)
    {
        session.Runspace.SessionStateProxy.SetVariable("nodes", session.Run($"New-DagNode n1 {{ {Stamp}; {Stamp} }}\n" + Stamps));
        object[][] stamps = [.. session.Run("$nodes | Invoke-Dag").Select(result => (object[])result.Properties["Output"].Value)];
        double[] some = [.. stamps.Zip(stamps.Skip(1), static (one, next) =>
            Stopwatch.GetElapsedTime(StampOf(one[1]), StampOf(next[0])).TotalMicroseconds)];
        latencies.AddRange(some);
        return Statistics.Median(some);
    }

    private static long StampOf(object value) => (long)(value is PSObject wrapped ? wrapped.BaseObject : value);
}

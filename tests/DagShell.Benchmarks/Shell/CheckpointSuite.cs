using System.Diagnostics;
using System.Globalization;
using DagShell.Benchmarks.Harness;
using DagShell.Engine.Journal;

namespace DagShell.Benchmarks.Shell;

/// <summary>What a journal costs: 200 nodes of 20 ms with one beside the same without, and the time to read one of 100,000 nodes.</summary>
internal static class CheckpointSuite
{
    private const int Nodes = 200;
    private const int Width = 8;
    private const int JournalNodes = 100_000;

    private static readonly (string Name, string Nodes)[] Graphs =
    [
        ("independent", Make("@()")),
        ("8 chains of 25", Make($"\"n$($i - {Width})\"")),
        ("25 levels, each after all of the one before",
            Make($"(0..{Width - 1} | ForEach-Object {{ \"n$($i - $i % {Width} - {Width} + $_)\" }})")),
    ];

    public static void Run(BenchmarkOptions options)
    {
        int rounds = options.IsQuick ? 5 : 15;
        using BuiltModule module = new();
        using Session session = new(module);
        string path = Path.Combine(Path.GetDirectoryName(module.Manifest)!, "benchmark.journal");
        List<Contender> contenders = [];
        foreach (var (name, nodes) in Graphs)
        {
            contenders.Add(new Contender(name, () => Time(session, nodes, string.Empty)));
            contenders.Add(new Contender(name + " +", () => Time(session, nodes, $" -Checkpoint '{path}' -Force")));
        }

        Rounds measured = Rounds.Measure(rounds, warmUps: 1, contenders);
        Console.WriteLine(
            $"{Nodes} nodes that sleep 20 ms, throttle limit {Width}; {BuiltModule.Describe()}. Milliseconds a run, medians of {rounds} "
            + "rounds.");
        Console.WriteLine();
        Table table = new("nodes", "without", "with a journal", "ratio");
        foreach (var (name, _) in Graphs)
        {
            table.Add(
                name,
                Figures.Short(measured.Median(name)),
                Figures.Short(measured.Median(name + " +")),
                Figures.Ratio(measured.Ratio(name + " +", name)));
        }

        table.Print();
        session.Run($"$shared = {{ 1 }}; $nodes = for ($i = 0; $i -lt {JournalNodes}; $i++) {{ New-DagNode \"n$i\" $shared }}");
        session.Run($"$nodes | Invoke-Dag -Checkpoint '{path}' -Force | Out-Null");
        double[] reading = [.. Enumerable.Range(0, rounds).Select(_ => ReadingTime(path))];
        string size = (new FileInfo(path).Length / 1e6).ToString("N1", CultureInfo.InvariantCulture);
        Console.WriteLine(
            $"The journal of {JournalNodes.ToString("N0", CultureInfo.InvariantCulture)} nodes, {size} MB, is read in "
            + $"{Figures.Short(Statistics.Median(reading))} ms.");
    }

    private static string Make(string dependencies) => $$"""
        for ($i = 0; $i -lt {{Nodes}}; $i++) {
            $more = if ($i -ge {{Width}}) { @{ DependsOn = {{dependencies}} } } else { @{} }
            New-DagNode "n$i" { [Threading.Thread]::Sleep(20) } @more
        }
        """;

    private static double Time(Session session, string nodes, string arguments) =>
        session.Time($"$nodes | Invoke-Dag -ThrottleLimit {Width}{arguments}", ("nodes", session.Run(nodes))) / 1e3;

    private static double ReadingTime(string path)
    {
        long start = Stopwatch.GetTimestamp();
        GC.KeepAlive(JournalReader.Read(path));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}

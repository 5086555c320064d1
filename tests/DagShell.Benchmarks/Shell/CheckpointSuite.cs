using System.Diagnostics;
using System.Globalization;
using DagShell.Benchmarks.Harness;
using DagShell.Engine.Journal;

namespace DagShell.Benchmarks.Shell;

/// <summary>
/// What a journal costs: 200 nodes of 20 ms, and very many trivial ones, with one beside the same without; and the time to read one of
/// 100,000 nodes, and a list of 1,000 journals.
/// </summary>
internal static class CheckpointSuite
{
    private const int Nodes = 200;
    private const int Width = 8;
    private const int JournalNodes = 100_000;
    private const int Journals = 1_000;
    private const int NodesOfEach = 20;

    private static readonly int[] Many = [30_000, 300_000];

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
        Console.WriteLine();
        MeasureMany(options, module, path);
        MeasureOutputs(rounds, session, path);
        MeasureList(rounds, session, Path.Combine(Path.GetDirectoryName(module.Manifest)!, "runs"));
    }

    /// <summary>Very many trivial nodes, each time in a process of its own.</summary>
    private static void MeasureMany(BenchmarkOptions options, BuiltModule module, string path)
    {
        int rounds = options.IsQuick ? 1 : 5;
        Dictionary<string, List<double>> peaks = [];
        List<Contender> contenders = [];
        foreach (int count in Many)
        {
            contenders.Add(new Contender(Name(count, isKept: false), () => MeasureOnce(count, isKept: false)));
            contenders.Add(new Contender(Name(count, isKept: true), () => MeasureOnce(count, isKept: true)));
        }

        Rounds measured = Rounds.Measure(rounds, warmUps: 0, contenders);
        Console.WriteLine(
            "Nodes that give out an integer, throttle limit 2, a process each. Microseconds a node, and the megabytes of the process; "
            + $"medians of {rounds} rounds.");
        Console.WriteLine();
        Table table = new("nodes", "without", "with a journal", "on top", "peak without", "peak with", "on top");
        foreach (int count in Many)
        {
            (string without, string with) = (Name(count, isKept: false), Name(count, isKept: true));
            table.Add(
                count.ToString("N0", CultureInfo.InvariantCulture),
                Figures.Short(measured.Median(without)),
                Figures.Short(measured.Median(with)),
                Figures.Short(measured.Difference(with, without)),
                Figures.Short(Statistics.Median([.. peaks[without]])),
                Figures.Short(Statistics.Median([.. peaks[with]])),
                Figures.Short(Statistics.Median([.. peaks[with].Zip(peaks[without], static (one, other) => one - other)])));
        }

        table.Print();

        static string Name(int count, bool isKept) => $"{count} {(isKept ? "with" : "without")}";

        double MeasureOnce(int count, bool isKept)
        {
            double[] figures = OwnProcess.Measure(
                "Many.ps1",
                "-Module", module.Manifest,
                "-Count", count.ToString(CultureInfo.InvariantCulture),
                "-Journal", isKept ? path : string.Empty);
            peaks.TryAdd(Name(count, isKept), []);
            peaks[Name(count, isKept)].Add(figures[1]);
            return figures[0];
        }
    }

    /// <summary>Large outputs, beside Export-Clixml of the same.</summary>
    private static void MeasureOutputs(int rounds, Session session, string path)
    {
        (string Name, string Script)[] outputs =
        [
            ("1,000,000 integers", "1..1000000"), ("a string of 50 million characters", "'x' * 50000000"),
            ("10,000 objects of three properties",
                "foreach ($i in 1..10000) { [pscustomobject]@{ Name = \"n$i\"; Size = $i; When = [datetime]::UnixEpoch } }"),
        ];
        List<Contender> contenders = [];
        foreach (var (name, script) in outputs)
        {
            string run = $"New-DagNode A {{ {script} }} | Invoke-Dag";
            contenders.Add(new Contender(name, () => session.Time($"{run} | Out-Null") / 1e3));
            contenders.Add(new Contender(name + " +", () => session.Time($"{run} -Checkpoint '{path}' -Force | Out-Null") / 1e3));
            object? value = session.Run($", @({script})").Single();
            contenders.Add(new Contender(
                name + " Clixml", () => session.Time($"Export-Clixml -InputObject $value '{path}.xml'", ("value", value)) / 1e3));
        }

        Rounds measured = Rounds.Measure(Math.Min(rounds, 7), warmUps: 1, contenders);
        Table table = new("one node's output, ms a run", "without", "with a journal", "Export-Clixml", "on top / Export-Clixml");
        foreach (var (name, _) in outputs)
        {
            table.Add(
                name,
                Figures.Short(measured.Median(name)),
                Figures.Short(measured.Median(name + " +")),
                Figures.Short(measured.Median(name + " Clixml")),
                Figures.Ratio(measured.Difference(name + " +", name) / measured.Median(name + " Clixml")));
        }

        table.Print();
    }

    /// <summary>A list of many runs.</summary>
    private static void MeasureList(int rounds, Session session, string folder)
    {
        session.Run($$"""
            $null = New-Item '{{folder}}' -ItemType Directory
            1..{{NodesOfEach}} | ForEach-Object { New-DagNode "n$_" { $DagNode.Name } } |
                Invoke-Dag -Checkpoint '{{folder}}/0.journal' | Out-Null
            foreach ($i in 1..{{Journals - 1}}) { Copy-Item '{{folder}}/0.journal' "{{folder}}/$i.journal" }
            """);
        double[] times = [.. Enumerable.Range(0, rounds).Select(_ => session.Time($"Get-DagRun '{folder}' | Out-Null") / 1e3)];
        Console.WriteLine(
            $"Get-DagRun lists {Journals.ToString("N0", CultureInfo.InvariantCulture)} journals of {NodesOfEach} nodes each in "
            + $"{Figures.Short(Statistics.Median(times))} ms.");
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

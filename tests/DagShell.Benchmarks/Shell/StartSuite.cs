using DagShell.Benchmarks.Harness;

namespace DagShell.Benchmarks.Shell;

/// <summary>
/// What a user waits for at first, each time in a process of its own: the import of the module, and the first statement of the first node.
/// </summary>
internal static class StartSuite
{
    public static void Run(BenchmarkOptions options)
    {
        int rounds = options.IsQuick ? 7 : 21;
        using BuiltModule module = new();
        StartOfSession? withModule = null;
        Rounds measured = Rounds.Measure(rounds, warmUps: 1,
        [
            new Contender("bare", () => StartOfSession.Measure("Nothing").FirstStatement),
            new Contender("bare import", () => StartOfSession.Measure("Module", typeof(NewBareNodeCommand).Assembly.Location).Import),
            new Contender("import", () => (withModule = StartOfSession.Measure("DagShell", module.Manifest)).Import),
            new Contender("node", () => withModule!.FirstNode),
            new Contender("parallel", () => StartOfSession.Measure("Parallel").FirstNode),
            new Contender("thread job", () => StartOfSession.Measure("ThreadJob").FirstNode),
        ]);
        Console.WriteLine($"Milliseconds in a new process, medians of {rounds} rounds.");
        Console.WriteLine();
        Table times = new("", "ms", "lowest");
        Add("pwsh -NoProfile, to the first statement of its script", "bare");
        Add("Import-Module DagShell, after that", "import");
        Add("the same of a module of two bare cmdlets", "bare import");
        Add("from Invoke-Dag's start to the first statement of its first node", "node");
        Add("the same of ForEach-Object -Parallel", "parallel");
        Add("the same of Start-ThreadJob", "thread job");
        times.Print();

        void Add(string name, string contender) =>
            times.Add(name, Figures.Short(measured.Median(contender)), Figures.Short(measured.Lowest(contender)));
    }
}

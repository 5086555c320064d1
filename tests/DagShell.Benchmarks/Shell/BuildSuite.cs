using System.Globalization;
using DagShell.Benchmarks.Harness;

namespace DagShell.Benchmarks.Shell;

/// <summary>
/// Nodes made by New-DagNode in the pipeline and gathered by Invoke-Dag, which checks them all and runs one. Times are
/// microseconds a node, beside those of cmdlets that only bind parameters, make an object and gather.
/// </summary>
internal static class BuildSuite
{
    private static readonly int[] Sizes = [10_000, 100_000];

    private static readonly (string Name, string Arguments)[] Kinds =
    [
        ("without edges", string.Empty),
        ("with two dependencies", " -DependsOn \"n$($i - 1)\", \"n$($i -shr 1)\""),
    ];

    public static void Run(BenchmarkOptions options)
    {
        int rounds = options.IsQuick ? 5 : 9;
        using BuiltModule module = new();
        using Session session = new(module);
        List<Contender> contenders = [];
        foreach (int size in Sizes)
        {
            foreach (var (name, arguments) in Kinds)
            {
                contenders.Add(new Contender($"{name} {size}", () =>
                    Time(session, size, "New-DagNode", arguments, "Invoke-Dag -Target n0")));
                contenders.Add(new Contender($"bare {name} {size}", () =>
                    Time(session, size, "New-BareNode", arguments, "Measure-BareNode")));
            }
        }

        Rounds measured = Rounds.Measure(rounds, warmUps: 1, contenders);
        Console.WriteLine($"{BuiltModule.Describe()}. Microseconds a node, medians of {rounds} rounds.");
        Console.WriteLine();
        Table table = new("nodes", "New-DagNode | Invoke-Dag", "bare cmdlets", "on top of them", "ratio");
        foreach (int size in Sizes)
        {
            foreach (var (name, _) in Kinds)
            {
                string count = size.ToString("N0", CultureInfo.InvariantCulture);
                table.Add(
                    $"{count} {name}",
                    Figures.Short(measured.Median($"{name} {size}")),
                    Figures.Short(measured.Median($"bare {name} {size}")),
                    Figures.Short(measured.Difference($"{name} {size}", $"bare {name} {size}")),
                    Figures.Times(measured.Ratio($"{name} {size}", $"bare {name} {size}")));
            }
        }

        table.Print();
    }

    private static double Time(Session session, int size, string make, string arguments, string gather)
    {
        // What earlier measurements left behind is not this one's to collect.
        GC.Collect();
        return session.Time(
            $$"""& { {{make}} n0 { 1 }; for ($i = 1; $i -lt {{size}}; $i++) { {{make}} "n$i" { 1 }{{arguments}} } } | {{gather}}""") / size;
    }
}

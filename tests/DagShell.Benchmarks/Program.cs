using DagShell.Benchmarks;
using DagShell.Benchmarks.Engine;
using DagShell.Benchmarks.Harness;
using DagShell.Benchmarks.Load;
using DagShell.Benchmarks.Shell;
using DagShell.Benchmarks.Traces;

if (args is [StartOfSession.Command, ..])
{
    StartOfSession.Measure(args.ElementAtOrDefault(1));
    return 0;
}

Dictionary<string, Action<BenchmarkOptions>> suites = new(StringComparer.OrdinalIgnoreCase)
{
    ["nodes"] = NodesSuite.Run,
    ["chain"] = ChainSuite.Run,
    ["graph"] = GraphSuite.Run,
    ["build"] = BuildSuite.Run,
    ["traces"] = TracesSuite.Run,
    ["load"] = LoadSuite.Run,
    ["checkpoint"] = CheckpointSuite.Run,
};

if (!BenchmarkOptions.TryParse(args, out BenchmarkOptions? options) || !suites.TryGetValue(options.Suite, out Action<BenchmarkOptions>? suite))
{
    Console.Error.WriteLine($"Usage: dotnet run -c Release --project tests/DagShell.Benchmarks -- <suite> [--quick] [--traces <folder>]");
    Console.Error.WriteLine($"Suites: {string.Join(", ", suites.Keys)}.");
    return 2;
}

Console.WriteLine($"{options.Suite}, {Machine.Describe()}");
Console.WriteLine();
suite(options);
return 0;

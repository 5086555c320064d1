using System.Reflection;
using DagShell.Benchmarks.Engine;
using DagShell.Benchmarks.Harness;
using DagShell.Benchmarks.Load;
using DagShell.Benchmarks.Pages;
using DagShell.Benchmarks.Shell;
using DagShell.Benchmarks.Traces;

namespace DagShell.Benchmarks;

/// <summary>
/// All suites. Those of the shell compare ways to run script blocks, so they run inside PowerShell's own process, which
/// <c>Shell/Measure.ps1</c> brings this assembly into; the others are a program of their own.
/// </summary>
public static class Suites
{
    private static readonly Dictionary<string, Action<BenchmarkOptions>> OfShell = new(StringComparer.OrdinalIgnoreCase)
    {
        ["nodes"] = NodesSuite.Run,
        ["chain"] = ChainSuite.Run,
        ["build"] = BuildSuite.Run,
        ["checkpoint"] = CheckpointSuite.Run,
        ["start"] = StartSuite.Run,
        ["shell"] = ShellSuite.Run,
        ["sessions"] = SessionsSuite.Run,
    };

    private static readonly Dictionary<string, Action<BenchmarkOptions>> OfEngine = new(StringComparer.OrdinalIgnoreCase)
    {
        ["graph"] = GraphSuite.Run,
        ["sessions"] = PlacesSuite.Run,
        ["traces"] = TracesSuite.Run,
        ["load"] = LoadSuite.Run,
        ["pages"] = PagesSuite.Run,
    };

    /// <summary>Runs a suite and prints its tables.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        bool isInShell = Assembly.GetEntryAssembly()?.GetName().Name == "pwsh";
        Dictionary<string, Action<BenchmarkOptions>> suites = isInShell ? OfShell : OfEngine;
        if (!BenchmarkOptions.TryParse(args, out BenchmarkOptions? options)
            || !suites.TryGetValue(options.Suite, out Action<BenchmarkOptions>? suite))
        {
            Console.Error.WriteLine("Usage: ./build.ps1 Benchmark <suite> [-Quick] [-Traces <folder>]");
            Console.Error.WriteLine(
                $"Suites in PowerShell: {string.Join(", ", OfShell.Keys)}; of the engine: {string.Join(", ", OfEngine.Keys)}.");
            return 2;
        }

        Console.WriteLine($"{options.Suite}, {(isInShell ? Machine.DescribeShell() + ", " : string.Empty)}{Machine.Describe()}");
        Console.WriteLine();
        suite(options);
        return 0;
    }
}

using System.Diagnostics.CodeAnalysis;

namespace DagShell.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Suite">The suite to run.</param>
/// <param name="IsQuick">Whether it is to be done in a minute.</param>
/// <param name="Traces">The folder with workflow traces, for the suite that needs one.</param>
internal sealed record BenchmarkOptions(string Suite, bool IsQuick, string? Traces)
{
    public static bool TryParse(string[] args, [NotNullWhen(true)] out BenchmarkOptions? options)
    {
        options = null;
        string? suite = null;
        string? traces = null;
        bool isQuick = false;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    isQuick = true;
                    break;
                case "--traces" when i + 1 < args.Length:
                    traces = args[++i];
                    break;
                case var name when suite is null && !name.StartsWith('-'):
                    suite = name;
                    break;
                default:
                    return false;
            }
        }

        if (suite is not null)
        {
            options = new BenchmarkOptions(suite, isQuick, traces);
        }

        return options is not null;
    }
}

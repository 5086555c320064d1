using System.Diagnostics;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;

namespace DagShell.Benchmarks.Harness;

/// <summary>What the figures were taken on.</summary>
internal static class Machine
{
    public static string Describe() =>
        $"{Environment.ProcessorCount} cores ({Processor()}), {RuntimeInformation.FrameworkDescription}, "
            + $"{RuntimeInformation.OSDescription}, "
        + $"benchmark built as {ConfigurationOf(typeof(Machine).Assembly)}";

    /// <summary>The PowerShell that this process is.</summary>
    public static string DescribeShell() =>
        $"PowerShell {FileVersionInfo.GetVersionInfo(typeof(PSObject).Assembly.Location).ProductVersion?.Split(' ', '+')[0]}";

    /// <summary>Release or Debug, from what the compiler left in the assembly.</summary>
    public static string ConfigurationOf(Assembly assembly) =>
        assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true } ? "Debug" : "Release";

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info)
            ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}

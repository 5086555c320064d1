using System.Diagnostics;
using System.Globalization;

namespace DagShell.Benchmarks.Shell;

/// <summary>How long the first steps of a session take in a process that has done nothing before. Milliseconds.</summary>
/// <param name="FirstStatement">From the start of the process to the first statement of its script.</param>
/// <param name="Import">The import of the module; NaN without one.</param>
/// <param name="FirstNode">From the start of the command that was asked for to the first statement in its script block; NaN without
/// one.</param>
internal sealed record StartOfSession(double FirstStatement, double Import, double FirstNode)
{
    /// <summary>Has a process of its own measure, the same PowerShell as this one.</summary>
    /// <param name="what">What <c>Start.ps1</c> is to measure.</param>
    /// <param name="module">The module to import, if it is to import one.</param>
    public static StartOfSession Measure(string what, string? module = null)
    {
        double[] times = OwnProcess.Measure(
            "Start.ps1",
            "-What", what,
            "-Module", module ?? string.Empty,
            "-Started", Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture));
        return new StartOfSession(times[0], times[1], times[2]);
    }
}

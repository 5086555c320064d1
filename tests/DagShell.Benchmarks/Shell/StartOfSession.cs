using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

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
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(Path.GetDirectoryName(typeof(PSObject).Assembly.Location)!, "pwsh.dll"));
        }

        string script = Path.Combine(BuiltModule.Root, "tests", "DagShell.Benchmarks", "Shell", "Start.ps1");
        string[] arguments =
        [
            "-NoProfile", "-NonInteractive", "-File", script,
            "-What", what,
            "-Module", module ?? string.Empty,
            "-Started", Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture),
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double[] times = process.ExitCode == 0
            ? [.. output.Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"The process that measures ended with {process.ExitCode}.");
        return new StartOfSession(times[0], times[1], times[2]);
    }
}

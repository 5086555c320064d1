using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DagShell.Benchmarks.Load;

/// <summary>How long the first steps of a session take in a process that has done nothing before. Milliseconds.</summary>
/// <param name="FirstStatement">From nothing to the end of the session's first statement.</param>
/// <param name="Import">The import of the module; NaN without one.</param>
/// <param name="FirstNode">From Invoke-Dag's start to the first statement of its first node; NaN without DagShell.</param>
/// <param name="FirstParallel">From the start of ForEach-Object -Parallel to the first statement in it; NaN with a module.</param>
internal sealed record StartOfSession(double FirstStatement, double Import, double FirstNode, double FirstParallel)
{
    /// <summary>What the process is called with that measures, and then the manifest's path.</summary>
    public const string Command = "measure-start";

    private const string Stamp = "[Diagnostics.Stopwatch]::GetTimestamp()";

    /// <summary>Has a process of its own measure.</summary>
    /// <param name="module">The module to import: DagShell's manifest, or an assembly with cmdlets; null for none.</param>
    public static StartOfSession InProcess(string? module)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(StartOfSession).Assembly.Location);
        }

        start.ArgumentList.Add(Command);
        if (module is not null)
        {
            start.ArgumentList.Add(module);
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double[] times = process.ExitCode == 0
            ? [.. output.Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"The process that measures ended with {process.ExitCode}.");
        return new StartOfSession(times[0], times[1], times[2], times[3]);
    }

    /// <summary>Measures in this process, and writes the times for <see cref="InProcess"/>.</summary>
    public static void Measure(string? module)
    {
        long start = Stopwatch.GetTimestamp();
        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        Invoke(runspace, "$null = 1");
        double firstStatement = Milliseconds(start, Stopwatch.GetTimestamp());
        double import = double.NaN;
        double firstNode = double.NaN;
        double firstParallel = double.NaN;
        if (module is null)
        {
            firstParallel = ToFirst(runspace, $"1 | ForEach-Object -Parallel {{ {Stamp} }}");
        }
        else
        {
            start = Stopwatch.GetTimestamp();
            Invoke(runspace, $"Import-Module -Name '{module}'");
            import = Milliseconds(start, Stopwatch.GetTimestamp());
            firstNode = module.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
                ? double.NaN
                : ToFirst(runspace, $"(New-DagNode A {{ {Stamp} }} | Invoke-Dag).Output[0]");
        }

        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{firstStatement} {import} {firstNode} {firstParallel}"));
    }

    private static double ToFirst(Runspace runspace, string script)
    {
        long start = Stopwatch.GetTimestamp();
        return Milliseconds(start, (long)Invoke(runspace, script)[0].BaseObject);
    }

    private static System.Collections.ObjectModel.Collection<PSObject> Invoke(Runspace runspace, string script)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        shell.AddScript(script);
        System.Collections.ObjectModel.Collection<PSObject> output = shell.Invoke();
        return shell.HadErrors ? throw new InvalidOperationException(string.Join('\n', shell.Streams.Error)) : output;
    }

    private static double Milliseconds(long start, long end) => Stopwatch.GetElapsedTime(start, end).TotalMilliseconds;
}

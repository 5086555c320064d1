using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace DagShell.Benchmarks.Shell;

/// <summary>A process of its own for a measurement, in the same PowerShell as this one.</summary>
internal static class OwnProcess
{
    /// <summary>Runs a script of this folder in it.</summary>
    /// <param name="script">The script's file.</param>
    /// <param name="arguments">What it is given.</param>
    /// <returns>The figures that it wrote, separated by blanks.</returns>
    public static double[] Measure(string script, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(Path.GetDirectoryName(typeof(PSObject).Assembly.Location)!, "pwsh.dll"));
        }

        string file = Path.Combine(BuiltModule.Root, "tests", "DagShell.Benchmarks", "Shell", script);
        foreach (string argument in (string[])["-NoProfile", "-NonInteractive", "-File", file, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"The process that measures ended with {process.ExitCode}.");
    }
}

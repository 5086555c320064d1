using System.Diagnostics;

namespace DagShell.Tests.Hosting;

/// <summary>PowerShell in a process of its own: <c>pwsh</c> where there is one, else the .NET tool of that name.</summary>
internal static class RealShell
{
    private const string Tool = "PowerShell@7.6.9";

    /// <summary>Runs a script file to its end.</summary>
    /// <returns>The lines that it wrote.</returns>
    public static string[] Run(string file, params string[] arguments)
    {
        ProcessStartInfo start = new() { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string? shell = FindOnPath(OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        start.FileName = shell ?? "dotnet";
        string[] tool = shell is null ? ["tool", "exec", Tool, "--yes", "--"] : [];
        foreach (string argument in (string[])[.. tool, "-NoProfile", "-NonInteractive", "-File", file, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        // The tests' own folders of modules are made for the engine that they host.
        start.Environment.Remove("PSModulePath");
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(2 * Patience.Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The shell did not end.");
        }

        Assert.True(process.ExitCode == 0, $"The shell ended with {process.ExitCode}: {output.Result}{errors.Result}");
        return output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}

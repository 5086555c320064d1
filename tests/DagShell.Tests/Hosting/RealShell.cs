using System.Diagnostics;

namespace DagShell.Tests.Hosting;

/// <summary>
/// The whole of PowerShell, in a process of its own: the .NET tool that the checkout names, so that a test needs nothing but the SDK.
/// </summary>
internal static class RealShell
{
    /// <summary>As <see cref="Patience.Limit"/>, for what does a whole job.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs a script file to its end.</summary>
    /// <returns>The code it left with, and all that it wrote.</returns>
    public static async Task<(int ExitCode, string Text)> RunAsync(string file, params string[] arguments)
    {
        ProcessStartInfo start =
            new("dotnet", ["tool", "exec", "PowerShell", "--yes", "--", "-NoProfile", "-NonInteractive", "-File", file, .. arguments])
            {
                WorkingDirectory = Checkout.Root,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };

        // Has the modules of the PowerShell in this process, which the other one brings itself.
        start.Environment.Remove("PSModulePath");
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string text = await output + await errors;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, text);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Runs a script file that is to end well.</summary>
    /// <returns>The lines that it wrote, without the blank ones.</returns>
    public static async Task<string[]> LinesOfAsync(string file, params string[] arguments)
    {
        var (exitCode, text) = await RunAsync(file, arguments);
        Assert.True(exitCode == 0, $"The shell ended with {exitCode}: {text}");
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}

namespace DagShell.Tests.Hosting;

/// <summary>A <c>pwsh</c> that programs can start: that of the machine, or one that starts the .NET tool's.</summary>
internal static class ShellOnPath
{
    private static readonly Lazy<Task> Made = new(MakeAsync);

    /// <summary>Sees to it that there is one on the path of this process.</summary>
    public static Task EnsureAsync() => Made.Value;

    private static async Task MakeAsync()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        string name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        if (folders.Any(folder => File.Exists(Path.Combine(folder, name))))
        {
            return;
        }

        using ScratchFolder scratch = new();
        string home = (await RealShell.LinesOfAsync(scratch.Write("home.ps1", "$PSHOME")))[^1];
        string folder = Directory.CreateTempSubdirectory("dagshell-pwsh-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string assembly = Path.Combine(home, "pwsh.dll");
        if (OperatingSystem.IsWindows())
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "pwsh.cmd"), $"@dotnet \"{assembly}\" %*");
        }
        else
        {
            string file = Path.Combine(folder, "pwsh");
            await File.WriteAllTextAsync(file, $"#!/bin/sh\nunset PSModulePath\nexec dotnet '{assembly}' \"$@\"\n");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Environment.SetEnvironmentVariable("PATH", folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"));
    }
}

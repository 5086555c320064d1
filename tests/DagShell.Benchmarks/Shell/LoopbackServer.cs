using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;

namespace DagShell.Benchmarks.Shell;

/// <summary>An SSH server of the benchmark's own, at a loopback address, with keys and configuration of its own.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private const string Address = "127.0.0.1";
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private LoopbackServer(DirectoryInfo folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        Connect = $$"""
            $four = foreach ($i in 1..4) {
                New-PSSession -HostName {{Address}} -Port {{port}} -KeyFilePath {{folder}}/user -ConnectingTimeout 60000 -Options @{
                    UserKnownHostsFile = '{{folder}}/known'; StrictHostKeyChecking = 'yes'; IdentitiesOnly = 'yes'; BatchMode = 'yes'
                    ServerAliveInterval = 5
                }
            }
            """;
    }

    /// <summary>The script that opens <c>$four</c> sessions.</summary>
    public string Connect { get; }

    /// <summary>The same where there is no server.</summary>
    public static string ConnectWithoutServer =>
        $"$four = New-DagSession {Quoted(Shell()[0])} {string.Join(", ", Shell()[1..].Append("-sshs").Select(Quoted))} -Count 4";

    /// <summary>Starts one; null if that cannot be.</summary>
    public static LoopbackServer? TryStart()
    {
        const string Program = "/usr/sbin/sshd";
        if (OperatingSystem.IsWindows() || !File.Exists(Program))
        {
            return null;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("DagShell.Benchmarks.");
        foreach (string name in (string[])["host", "user"])
        {
            using var made = Process.Start(
                "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", Path.Combine(folder.FullName, name)]);
            made.WaitForExit();
        }

        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Dispose();
        string shell = Path.Combine(folder.FullName, "shell");
        File.WriteAllText(
            shell, $"#!/bin/sh\nunset PSModulePath\nexport PATH='{Environment.GetEnvironmentVariable("PATH")}'\nexec "
                + string.Join(' ', Shell().Select(static part => $"'{part}'")) + " -sshs -NoLogo -NoProfile\n");
        File.SetUnixFileMode(shell, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string key = File.ReadAllText(Path.Combine(folder.FullName, "host.pub"));
        File.WriteAllText(Path.Combine(folder.FullName, "known"), $"[{Address}]:{port} {key}");
        File.WriteAllText(Path.Combine(folder.FullName, "sshd"), $"""
            ListenAddress {Address}:{port}
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/user.pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            LogLevel ERROR
            Subsystem powershell {shell}

            """);
        if (Environment.UserName == "root")
        {
            Directory.CreateDirectory("/run/sshd");
        }

        return new LoopbackServer(folder, Process.Start(Program, ["-D", "-e", "-f", Path.Combine(folder.FullName, "sshd")]), port);
    }

    private static string Quoted(string argument) => $"'{argument}'";

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>The command line of this very PowerShell.</summary>
    private static string[] Shell() => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, Path.Combine(Path.GetDirectoryName(typeof(PSObject).Assembly.Location)!, "pwsh.dll")]
        : [Environment.ProcessPath!];
}

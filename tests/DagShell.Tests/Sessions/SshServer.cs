using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DagShell.Tests.Sessions;

/// <summary>
/// An SSH server at a loopback address of its own, with keys and configuration of its own: as near to another machine as one machine comes.
/// It can die, and fall silent, as machines do.
/// </summary>
internal sealed class SshServer : IDisposable
{
    private static readonly string[] Places = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd"];
    private readonly string _folder;
    private readonly string _configuration;
    private Process? _process;

    /// <summary>Prepares a server; keys lie in the folder.</summary>
    /// <param name="folder">Where it keeps its files.</param>
    /// <param name="address">A loopback address.</param>
    public SshServer(string folder, string address)
    {
        _folder = folder;
        Address = address;
        using (TcpListener free = new(IPAddress.Parse(address), 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        string shell = Path.Combine(folder, $"shell-{address}");
        File.WriteAllText(shell, $"""
            #!/bin/sh
            unset PSModulePath
            export PATH='{Environment.GetEnvironmentVariable("PATH")}'
            export DOTNET_ROOT='{Environment.GetEnvironmentVariable("DOTNET_ROOT")}' HOME='{Environment.GetEnvironmentVariable("HOME")}'
            export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
            [ -n "$DOTNET_ROOT" ] || unset DOTNET_ROOT
            echo $$ >> '{ShellsFile}'
            exec pwsh -sshs -NoLogo -NoProfile

            """.ReplaceLineEndings("\n"));
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(WhatIsMissing);
        }

        File.SetUnixFileMode(shell, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _configuration = Path.Combine(folder, $"sshd-{address}");
        File.WriteAllText(_configuration, $"""
            ListenAddress {address}:{Port}
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/user.pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            MaxStartups 100
            LogLevel ERROR
            Subsystem powershell {shell}

            """.ReplaceLineEndings("\n"));
    }

    /// <summary>What there is not, and how to get it; null if nothing is missing.</summary>
    public static string? WhatIsMissing { get; } =
        OperatingSystem.IsWindows() ? "This test starts an SSH server of its own, which it can't on Windows."
        : !OperatingSystem.IsLinux() ? "This test looks for processes in /proc."
        : Program is null ? "There is no sshd: apt-get install openssh-server."
        : null;

    /// <summary>Its address.</summary>
    public string Address { get; }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>The shells that it has started and that have not ended.</summary>
    public int[] Shells => File.Exists(ShellsFile)
        ? [.. File.ReadAllLines(ShellsFile).Select(static line => int.Parse(line, CultureInfo.InvariantCulture)).Where(ProcessTree.IsAlive)]
        : [];

    private static string? Program => Array.Find(Places, File.Exists);

    private string ShellsFile => Path.Combine(_folder, $"shells-{Address}");

    /// <summary>How many connections' ends are here.</summary>
    public static int ClientsOf(string address, int port) => ClientProcessesOf(address, port).Count();

    /// <summary>Makes the keys that the servers of a folder share.</summary>
    public static void MakeKeys(string folder)
    {
        foreach (string name in (string[])["host", "user", "wrong"])
        {
            using var made = Process.Start(new ProcessStartInfo(
                "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", Path.Combine(folder, name)]))!;
            made.WaitForExit();
            Assert.Equal(0, made.ExitCode);
        }
    }

    /// <summary>Starts it, and waits until it answers.</summary>
    public void Start()
    {
        File.Delete(ShellsFile);
        if (Environment.UserName == "root")
        {
            // Where it gives up its rights, on machines where nothing has made that yet.
            Directory.CreateDirectory("/run/sshd");
        }

        _process = Process.Start(new ProcessStartInfo(Program!, ["-D", "-e", "-f", _configuration])
        {
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        Patience.Until(Answers, "sshd to answer");
    }

    /// <summary>The machine is gone: the server, its connections and what they run.</summary>
    public void Die() => ProcessTree.Send(ProcessTree.Kill, Tree());

    /// <summary>The server and its connections are gone; what they ran is left to itself.</summary>
    public void KillServer() => ProcessTree.Send(ProcessTree.Kill, Tree().Where(static process => ProcessTree.NameOf(process) == "sshd"));

    /// <summary>The shells that run nodes are gone.</summary>
    public void KillShells() => ProcessTree.Send(ProcessTree.Kill, Shells);

    /// <summary>The connections' other ends are gone, here.</summary>
    public void KillClients() => ProcessTree.Send(ProcessTree.Kill, ClientProcessesOf(Address, Port));

    /// <summary>How many connections' ends are here.</summary>
    public int Clients => ClientsOf(Address, Port);

    /// <summary>The machine falls silent: nothing ends, and nothing answers.</summary>
    public void FallSilent() => ProcessTree.Send(ProcessTree.Stop, Tree());

    /// <summary>The shells that run nodes answer no more; the connections do.</summary>
    public void PauseShells() => ProcessTree.Send(ProcessTree.Stop, Shells);

    public void Dispose()
    {
        int[] left = [.. Tree(), .. Shells];
        ProcessTree.Send(ProcessTree.Kill, left);
        ProcessTree.Send(ProcessTree.Continue, left);

        // Who starts it again must not find the port taken by the one before.
        _process?.WaitForExit(TimeSpan.FromSeconds(10));
        _process?.Dispose();
        _process = null;
    }

    private static IEnumerable<int> ClientProcessesOf(string address, int port) => ProcessTree.All().Where(process =>
        ProcessTree.NameOf(process) == "ssh" && ProcessTree.IsAlive(process) && ProcessTree.CommandOf(process) is var command
        && command.Contains(address, StringComparison.Ordinal) && command.Contains($"{port}", StringComparison.Ordinal));

    private bool Answers()
    {
        try
        {
            using TcpClient client = new(Address, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The server and all below it.</summary>
    private List<int> Tree() => _process is null ? [] : ProcessTree.Of(_process.Id);
}

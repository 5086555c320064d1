using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DagShell.Tests.Sessions;

/// <summary>
/// A Slurm cluster on this machine: a controller, and four nodes with one place each. n1 and n2 are the partition "small", n3 and n4
/// "large".
/// </summary>
public sealed class SlurmCluster : IAsyncLifetime, IDisposable
{
    private const int Nodes = 4;

    private static readonly string[] Programs = ["slurmctld", "slurmd", "srun", "sinfo", "squeue"];
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];

    private readonly ScratchFolder _folder = new();
    private readonly List<Process> _processes = [];
    private ShellSession? _shell;

    /// <summary>What there is not, and how to get it; null if nothing is missing.</summary>
    public static string? WhatIsMissing { get; } =
        !OperatingSystem.IsLinux() ? "This test starts a Slurm cluster of its own, which it can on Linux alone."
        : Array.Exists(Programs, program => PathOf(program) is null) ? "There is no Slurm: apt-get install slurm-wlm."
        : Environment.UserName != "root" ? "A Slurm cluster of the tests' own needs root."
        : null;

    internal ShellSession Shell => _shell!;

    internal string Folder => _folder.FullName;

    /// <summary>How many jobs there are, waiting ones among them.</summary>
    public static int Jobs => Run("squeue", "--noheader").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>How many launchers of its jobs there are.</summary>
    public int Launchers => ProcessTree.All().Count(process => ProcessTree.IsAlive(process) && ProcessTree.NameOf(process) == "srun"
        && ProcessTree.EnvironmentOf(process).Contains(Folder, StringComparison.Ordinal));

    public async Task InitializeAsync()
    {
        if (WhatIsMissing is not null)
        {
            return;
        }

        await ShellOnPath.EnsureAsync();
        int[] ports = FreePorts(Nodes + 1);
        string name = Dns.GetHostName().Split('.')[0];
        string configuration = _folder.Write("slurm.conf", $"""
            ClusterName=tests
            SlurmctldHost={name}(127.0.0.1)
            SlurmctldPort={ports[Nodes]}
            AuthType=auth/none
            CredType=cred/none
            SlurmUser=root
            SlurmdUser=root
            StateSaveLocation={Folder}/state
            SlurmdSpoolDir={Folder}/spool-%n
            SlurmctldPidFile={Folder}/slurmctld.pid
            SlurmdPidFile={Folder}/slurmd-%n.pid
            SlurmctldLogFile={Folder}/slurmctld.log
            SlurmdLogFile={Folder}/slurmd-%n.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            MpiDefault=none
            ReturnToService=2
            SlurmdTimeout=8
            KillWait=2
            SchedulerParameters=sched_interval=1,bf_interval=1
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            {string.Join('\n', Enumerable.Range(1, Nodes).Select(node =>
                $"NodeName=n{node} NodeHostname={name} NodeAddr=127.0.0.1 Port={ports[node - 1]} CPUs=1"))}
            PartitionName=small Nodes=n1,n2 Default=YES MaxTime=60 State=UP
            PartitionName=large Nodes=n3,n4 MaxTime=60 State=UP

            """);
        Environment.SetEnvironmentVariable("SLURM_CONF", configuration);
        Directory.CreateDirectory(Path.Combine(Folder, "state"));
        Start("slurmctld", "-D");
        for (int node = 1; node <= Nodes; node++)
        {
            Directory.CreateDirectory(Path.Combine(Folder, $"spool-n{node}"));
            Start("slurmd", "-D", "-N", $"n{node}");
        }

        Patience.Until(
            () => Run("sinfo", "--noheader", "-N", "-t", "idle").Split('\n').Count(line => line.Length > 0) == Nodes, "the cluster");
        _shell = new ShellSession();
    }

    /// <summary>A node is gone, with all that runs there.</summary>
    public void LoseNode(int node)
    {
        // What a job is run by is no child of the node's server, but says which node it is of.
        int[] ofNode = [.. ProcessTree.All().Where(process =>
            ProcessTree.CommandOf(process) is var command && command.StartsWith("slurmstepd", StringComparison.Ordinal)
            && ProcessTree.EnvironmentOf(process) is var environment && environment.Contains(Folder, StringComparison.Ordinal)
            && environment.Contains($"SLURMD_NODENAME=n{node}\n", StringComparison.Ordinal))];
        int[] jobs = [.. ProcessTree.All().Where(process =>
            ProcessTree.EnvironmentOf(process) is var environment && environment.Contains(Folder, StringComparison.Ordinal)
            && environment.Contains($"SLURMD_NODENAME=n{node}\n", StringComparison.Ordinal))];
        ProcessTree.Send(ProcessTree.Kill, [_processes[node].Id, .. ofNode, .. jobs]);
    }

    public Task DisposeAsync()
    {
        _shell?.Run("Get-PSSession | Remove-PSSession");
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _shell?.Dispose();

        // Each process of these tests knows of the cluster, sessions of other classes too: a shell is the cluster's if it is in a job.
        ProcessTree.Send(ProcessTree.Kill, ProcessTree.All().Where(process =>
            ProcessTree.NameOf(process) is "srun" or "slurmstepd" or "dotnet"
            && ProcessTree.EnvironmentOf(process) is var environment
            && environment.Contains(Folder + "/slurm.conf", StringComparison.Ordinal)
            && (ProcessTree.NameOf(process) != "dotnet" || environment.Contains("SLURM_JOB_ID=", StringComparison.Ordinal))));
        ProcessTree.Send(ProcessTree.Kill, _processes.SelectMany(process => ProcessTree.Of(process.Id)));
        _processes.ForEach(static process => process.Dispose());
        _folder.Dispose();
    }

    private static string? PathOf(string program) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = Array.ConvertAll(listeners, listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(PathOf(program)!, arguments) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }

    private void Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(
            PathOf(program)!, [.. arguments, "-f", Path.Combine(Folder, "slurm.conf")])
        { RedirectStandardError = true })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        _processes.Add(process);
    }
}

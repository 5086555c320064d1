namespace DagShell.Tests.Sessions;

/// <summary>
/// A session of the tests', and machines to reach over SSH: <c>Connect-Machine</c> opens a session on one, or on several side by side.
/// <c>$good</c> is one on a machine that nothing happens to.
/// </summary>
public sealed class SshFixture : IAsyncLifetime, IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<SshServer> _servers = [];
    private ShellSession? _shell;
    private int _next = 1;

    internal ShellSession Shell => _shell!;

    /// <summary>The machine of <c>$good</c>.</summary>
    internal SshServer Good { get; private set; } = null!;

    /// <summary>Where the tests' files lie.</summary>
    internal string Folder => _folder.FullName;

    /// <summary>One more machine.</summary>
    internal SshServer NewServer()
    {
        SshServer server = new(_folder.FullName, $"127.0.0.{++_next}");
        server.Start();
        _servers.Add(server);
        return server;
    }

    public async Task InitializeAsync()
    {
        if (SshServer.WhatIsMissing is not null)
        {
            return;
        }

        await ShellOnPath.EnsureAsync();
        SshServer.MakeKeys(_folder.FullName);
        string key = File.ReadAllText(Path.Combine(Folder, "host.pub"));
        string known = _folder.Write("known", string.Concat(Enumerable.Range(1, 200).Select(number => $"[127.0.0.{number}]:* {key}")));
        _shell = new ShellSession();
        ShellResult made = _shell.Run($$"""
            function global:Connect-Machine {
                param([string[]] $Machine, [string] $Key = 'user', [int] $Timeout = 60000, [hashtable] $Options = @{})
                $all = @{ UserKnownHostsFile = '{{known}}'; StrictHostKeyChecking = 'yes'; IdentitiesOnly = 'yes'; IdentityAgent = 'none'
                    BatchMode = 'yes'; ServerAliveInterval = 1; ServerAliveCountMax = 2 }
                foreach ($name in $Options.Keys) {
                    if ($null -eq $Options[$name]) { $all.Remove($name) } else { $all[$name] = $Options[$name] }
                }
                New-PSSession -SSHConnection @($Machine | ForEach-Object {
                    # A Port of its own may be lost, by the order of the table's keys.
                    @{ HostName = $_; KeyFilePath = "{{Folder}}/$Key"; Options = $all; ConnectingTimeout = $Timeout }
                })
            }
            """);
        Assert.Null(made.Thrown);
        Good = NewServer();
        ShellResult opened = _shell.Run($"$good = Connect-Machine {Good.Address}:{Good.Port}; \"$($good.State)\"");
        Assert.Empty(opened.Streams.Error);
        Assert.Equal("Opened", opened.Single);
    }

    public Task DisposeAsync()
    {
        _shell?.Run("Get-PSSession | Remove-PSSession");
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _shell?.Dispose();
        _servers.ForEach(static server => server.Dispose());
        _folder.Dispose();
    }
}

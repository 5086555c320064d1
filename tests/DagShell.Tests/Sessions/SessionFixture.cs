namespace DagShell.Tests.Sessions;

/// <summary>A session with two further ones, <c>$sessions</c>, in processes of their own.</summary>
public sealed class SessionFixture : IAsyncLifetime, IDisposable
{
    private ShellSession? _shell;

    internal ShellSession Shell => _shell!;

    public async Task InitializeAsync()
    {
        await ShellOnPath.EnsureAsync();
        _shell = new ShellSession();
        ShellResult opened = _shell.Run("$global:sessions = New-DagSession pwsh '-sshs' -Count 2; $sessions.Count");
        Assert.Null(opened.Thrown);
        Assert.Equal(2, opened.Single);
    }

    public Task DisposeAsync()
    {
        _shell?.Run("Remove-PSSession $sessions");
        return Task.CompletedTask;
    }

    public void Dispose() => _shell?.Dispose();
}

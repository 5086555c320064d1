namespace DagShell.Tests.Hosting;

/// <summary>Tests that have a session each.</summary>
public abstract class ShellTests : IDisposable
{
    private protected ShellSession Shell { get; } = new();

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a script that must not end with an error of its own; errors of nodes are no such.</summary>
    private protected ShellResult Run(string script, params (string Name, object? Value)[] variables)
    {
        ShellResult result = Shell.Run(script, variables);
        Assert.Null(result.Thrown);
        return result;
    }

    protected virtual void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            Shell.Dispose();
        }
    }
}

namespace DagShell.Tests.Hosting;

/// <summary>
/// A gate that nodes wait at and a test opens, or the other way round. Waiting at it is a .NET call that nothing interrupts.
/// </summary>
public sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _event = new();

    public bool IsOpen => _event.IsSet;

    public void Open() => _event.Set();

    /// <summary>Waits until it is open.</summary>
    /// <exception cref="TimeoutException">It was not opened in any reasonable time: something hangs.</exception>
    public void Pass()
    {
        if (!_event.Wait(Patience.Limit))
        {
            throw new TimeoutException("The gate was never opened.");
        }
    }

    public void Dispose() => _event.Dispose();
}

namespace DagShell.Capture;

/// <summary>
/// Lets one module be imported at a time in the whole process: modules are written for one session, and may open files or set what belongs
/// to the process while they load.
/// </summary>
/// <remarks>Safe for any thread. An import that is stopped, and may never come back, does not keep others waiting.</remarks>
internal static class ImportGate
{
    private static readonly SemaphoreSlim Gate = new(1);

    /// <summary>Waits for the turn of the calling thread, which ends when the result is disposed of or the import is stopped.</summary>
    /// <exception cref="OperationCanceledException">It was stopped while it waited.</exception>
    public static IDisposable Enter(CancellationToken stop)
    {
        Gate.Wait(stop);
        return new Turn(stop);
    }

    private sealed class Turn : IDisposable
    {
        private readonly CancellationTokenRegistration _stop;
        private int _isOver;

        public Turn(CancellationToken stop) => _stop = stop.UnsafeRegister(static turn => ((Turn)turn!).End(), this);

        public void Dispose()
        {
            _stop.Dispose();
            End();
        }

        private void End()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                Gate.Release();
            }
        }
    }
}

using System.Runtime.InteropServices;

namespace DagShell.Host.Hosting;

/// <summary>
/// Ctrl+C and SIGTERM. The first one asks the run to stop and gives it a while; a second one does not wait.
/// Signals come on threads of the runtime.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>The prompt is to be back within 3 s, whatever a node is doing; the rest of them is for leaving.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2.6);

    private readonly TimeProvider _clock;
    private readonly Action<int> _leave;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _graceOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _registrations = [];
    private ITimer? _timer;
    private int _signals;

    /// <param name="clock">The clock.</param>
    /// <param name="leave">Ends the process at once, with an exit code.</param>
    public Interruption(TimeProvider clock, Action<int> leave)
    {
        _clock = clock;
        _leave = leave;
    }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Done when the run has had its time to stop.</summary>
    public Task GraceOver => _graceOver.Task;

    /// <summary>The exit code that the first signal calls for.</summary>
    public int? ExitCode { get; private set; }

    public void Listen()
    {
        Register(PosixSignal.SIGINT, Hosting.ExitCode.Interrupted);
        Register(PosixSignal.SIGTERM, Hosting.ExitCode.Terminated);
    }

    public void Signal(int exitCode)
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            _leave(exitCode);
            return;
        }

        ExitCode = exitCode;
        _timer = _clock.CreateTimer(_ => _graceOver.TrySetResult(), null, Grace, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _timer?.Dispose();
        _stop.Dispose();
    }

    private void Register(PosixSignal signal, int exitCode) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Signal(exitCode);
        }));
}

using System.Collections.Concurrent;
using DagShell.Engine.Running;
using DagShell.Runspaces;

namespace DagShell.Runs;

/// <summary>
/// Carries what happens in a run, from whichever thread it happens on, to the one thread that may write to the caller's
/// pipeline. Never blocks a node.
/// </summary>
internal sealed class RunEventQueue : IRunObserver, INodeStreamSink, IDisposable
{
    private readonly ConcurrentQueue<object> _events = new();
    private readonly ManualResetEventSlim _signal = new(initialState: false, spinCount: 0);
    private readonly bool _wantsSteps;
    private volatile bool _isClosed;

    /// <summary>Makes a queue.</summary>
    /// <param name="wantsSteps">Whether anybody looks at the start of attempts and at waits; if not they are not carried.</param>
    public RunEventQueue(bool wantsSteps) => _wantsSteps = wantsSteps;

    /// <inheritdoc/>
    public void AttemptStarted(NodeAttempt attempt)
    {
        if (_wantsSteps)
        {
            Add(attempt);
        }
    }

    /// <inheritdoc/>
    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
        if (_wantsSteps)
        {
            Add(new NodeWait(node, failure, delay));
        }
    }

    /// <inheritdoc/>
    public void NodeFinished(NodeResult result) => Add(result);

    /// <inheritdoc/>
    public void Write(NodeAttempt attempt, object record) => Add(new StreamRecord(attempt, record));

    /// <summary>Warns of a node.</summary>
    public void Warn(int node, string message) => Add(new NodeWarning(node, message));

    /// <summary>Has the reader of the events run an attempt.</summary>
    public void Queue(NodeAttempt attempt) => Add(new QueuedAttempt(attempt));

    /// <summary>Takes the next event, if there is one.</summary>
    public bool TryTake(out object? next) => _events.TryDequeue(out next);

    /// <summary>Waits until there may be an event, but no longer than the given time (negative: without end).</summary>
    public void Wait(TimeSpan time)
    {
        _signal.Wait(time);
        _signal.Reset();
    }

    /// <summary>Ends a wait.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Drops what comes later: a node that was given up may go on writing for as long as it likes.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _events.Clear();
        _signal.Dispose();
    }

    private void Add(object item)
    {
        if (_isClosed)
        {
            return;
        }

        _events.Enqueue(item);
        if (!_signal.IsSet)
        {
            _signal.Set();
        }
    }
}

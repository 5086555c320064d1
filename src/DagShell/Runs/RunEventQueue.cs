using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using DagShell.Engine.Running;
using DagShell.Runspaces;

namespace DagShell.Runs;

/// <summary>
/// Carries what happens in a run, from whichever thread it happens on, to the one thread that may write to the caller's
/// pipeline. Never blocks a node.
/// </summary>
internal sealed class RunEventQueue : IRunObserver, INodeStreamSink, IDisposable
{
    /// <summary>How long events gather when they come fast: shorter than anybody could notice.</summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentQueue<RunEvent> _events = new();
    private readonly ManualResetEventSlim _signal = new(initialState: false, spinCount: 0);
    private readonly ManualResetEventSlim _urgent = new(initialState: false, spinCount: 0);
    private readonly bool _wantsSteps;
    private long _lastWait = Stopwatch.GetTimestamp();
    private volatile bool _isClosed;

    /// <summary>Makes a queue.</summary>
    /// <param name="wantsSteps">Whether anybody looks at the start of attempts; if not they are not carried.</param>
    public RunEventQueue(bool wantsSteps) => _wantsSteps = wantsSteps;

    /// <inheritdoc/>
    public void AttemptStarted(NodeAttempt attempt)
    {
        if (_wantsSteps)
        {
            Add(new RunEvent.AttemptBegun(attempt));
        }
    }

    /// <inheritdoc/>
    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
        Add(new RunEvent.WaitBegun(node, failure, delay));
    }

    /// <inheritdoc/>
    public void ItemsKnown(int node, NodeItems items)
    {
        if (_wantsSteps && items.RestoredCount > 0)
        {
            Add(new RunEvent.ItemsRestored(node, items));
        }
    }

    /// <inheritdoc/>
    public void NodeFinished(NodeResult result) => Add(new RunEvent.NodeEnded(result));

    /// <inheritdoc/>
    public void FallbackDecided(int node, int? standIn) => Add(new RunEvent.FallbackDecided(node, standIn));

    /// <inheritdoc/>
    public void Write(NodeAttempt attempt, object record) => Add(new RunEvent.RecordWritten(attempt, record));

    /// <summary>Warns of a node.</summary>
    public void Warn(int node, string message) => Add(new RunEvent.WarningGiven(node, message));

    /// <summary>Takes the next event, if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out RunEvent? next) => _events.TryDequeue(out next);

    /// <summary>
    /// Waits until there may be an event, but no longer than the given time (negative: without end). To wake the
    /// reader for each of a thousand nodes would cost more than most nodes take; so events that come soon after the last wait gather
    /// first.
    /// </summary>
    public void Wait(TimeSpan time)
    {
        if (Stopwatch.GetElapsedTime(_lastWait) < 2 * GatherTime)
        {
            _urgent.Wait(GatherTime);
        }

        _signal.Wait(time);
        _urgent.Reset();
        _signal.Reset();
        _lastWait = Stopwatch.GetTimestamp();
    }

    /// <summary>Ends a wait at once.</summary>
    public void Wake()
    {
        _urgent.Set();
        _signal.Set();
    }

    /// <summary>Drops what comes later: a node that was given up may go on writing for as long as it likes.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _events.Clear();
        _signal.Dispose();
        _urgent.Dispose();
    }

    private void Add(RunEvent item)
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

using System.Diagnostics;
using System.Globalization;
using DagShell.Engine.Running;

namespace DagShell.Runspaces;

/// <summary>
/// Runs attempts on worker threads, each of which owns a runspace. Workers are made as there is work for them, a few at a
/// time, because opening a runspace takes a processor for some milliseconds and an open one may take the work meanwhile.
/// </summary>
/// <remarks>
/// The lock guards the collections and, of each worker, its state and the attempt it has: what threads share of workers. It is
/// held for a moment, never while a worker opens, runs or closes anything. As long as attempts are pending, some worker is opening
/// or running that will take them. An attempt's slot is free before its worker is, so the next attempt may wait until the worker has
/// cleaned up.
/// </remarks>
internal sealed class WorkerPool : IScriptRunner, IWorkerOwner
{
    /// <summary>
    /// How long the end of a run waits for runspaces to close. With the engine's grace period it is less than the 3 s that a stop may
    /// take.
    /// </summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromMilliseconds(500);

    private readonly object _lock = new();
    private readonly SessionTemplate _template;
    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly CultureInfo _culture = CultureInfo.CurrentCulture;
    private readonly CultureInfo _uiCulture = CultureInfo.CurrentUICulture;
    private readonly int _limit;

    /// <summary>Attempts that no worker has taken yet.</summary>
    private readonly Queue<NodeAttempt> _pending = new();

    /// <summary>Workers that sleep, the one that ran last on top.</summary>
    private readonly Stack<Worker> _idle = new();

    /// <summary>All workers whose thread has not ended.</summary>
    private readonly List<Worker> _workers = [];
    private readonly CancellationTokenSource _endOfSessions = new();
    private bool _isEnding;

    /// <summary>Makes a pool, still without workers. Its workers have the culture of the calling thread.</summary>
    /// <param name="limit">How many attempts run at once at most.</param>
    /// <param name="template">Opens runspaces.</param>
    /// <param name="context">The run.</param>
    /// <param name="sink">Takes what nodes write to the streams other than output.</param>
    public WorkerPool(int limit, SessionTemplate template, RunContext context, INodeStreamSink sink)
    {
        _limit = limit;
        _template = template;
        _context = context;
        _sink = sink;
    }

    /// <inheritdoc/>
    public void Start(NodeAttempt attempt)
    {
        // The worker that has just ended an attempt goes on with what that made ready: no change of threads in a chain.
        if (Worker.OfThisThread is { } current && current.BelongsTo(this) && current.TryKeep(attempt))
        {
            return;
        }

        Worker? added;
        lock (_lock)
        {
            if (_idle.TryPop(out Worker? idle))
            {
                idle.Lifecycle.MoveTo(WorkerState.Running);
                idle.Attempt = attempt;
                idle.Wake();
                return;
            }

            _pending.Enqueue(attempt);
            added = AddWorkerIfNeeded();
        }

        Launch(added);
    }

    /// <inheritdoc/>
    public void Abandon(NodeAttempt attempt)
    {
        Worker? added;
        lock (_lock)
        {
            // An attempt that no worker has taken yet is passed over by the one that takes it.
            if (_workers.Find(worker => worker.Attempt == attempt) is not { } stuck)
            {
                return;
            }

            stuck.Lifecycle.MoveTo(WorkerState.Abandoned);
            stuck.BeginClose();
            added = AddWorkerIfNeeded();
        }

        Launch(added);
    }

    /// <summary>
    /// Ends the workers, and waits for a moment until their runspaces are closed. To be called when no attempt is under way.
    /// </summary>
    public void Dispose()
    {
        List<Worker> workers;
        lock (_lock)
        {
            _isEnding = true;
            workers = _workers.FindAll(static worker => worker.Lifecycle.State != WorkerState.Abandoned);
            while (_idle.TryPop(out Worker? idle))
            {
                idle.Wake();
            }
        }

        // Idle workers close in a few milliseconds. One that hangs in code of a module that is being removed is left alone.
        long start = Stopwatch.GetTimestamp();
        foreach (Worker worker in workers)
        {
            TimeSpan left = CloseTime - Stopwatch.GetElapsedTime(start);
            bool hasEnded = worker.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            while (EndsSessions && !hasEnded && !_endOfSessions.IsCancellationRequested)
            {
                hasEnded = worker.Join(CloseTime / 10);
            }

            _ = hasEnded || worker.Join(EndsSessions ? CloseTime : TimeSpan.Zero);
        }
    }

    /// <inheritdoc/>
    public CancellationToken EndOfSessions => _endOfSessions.Token;

    /// <inheritdoc/>
    public bool EndsSessions => _context.Scripts?.Finalization is not null;

    /// <inheritdoc/>
    public void LimitEndOfSessions(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            _endOfSessions.CancelAfter(time);
        }
        else
        {
            _endOfSessions.Cancel();
        }
    }

    /// <inheritdoc/>
    public bool Take(Worker worker, NodeAttempt? kept)
    {
        Worker? added = null;
        bool sleeps = false;
        lock (_lock)
        {
            bool isOpening = worker.Lifecycle.State == WorkerState.Opening;
            NodeAttempt? next = kept ?? (_pending.TryDequeue(out NodeAttempt? pending) ? pending : null);
            worker.Attempt = next;
            if (next is null && !_isEnding)
            {
                sleeps = true;
                worker.Lifecycle.MoveTo(WorkerState.Idle);
                _idle.Push(worker);
            }
            else if (next is not null && isOpening)
            {
                worker.Lifecycle.MoveTo(WorkerState.Running);
            }

            if (isOpening)
            {
                // It was this one's turn to open; is there still work for another?
                added = AddWorkerIfNeeded();
            }
        }

        Launch(added);
        if (sleeps)
        {
            worker.Sleep();
        }

        return worker.Attempt is not null;
    }

    /// <inheritdoc/>
    public bool Release(Worker worker)
    {
        lock (_lock)
        {
            worker.Attempt = null;
            return worker.Lifecycle.State == WorkerState.Running;
        }
    }

    /// <inheritdoc/>
    public void Close(Worker worker, NodeAttempt? kept, string? problem = null)
    {
        List<NodeAttempt> failed = [];
        Worker? added = null;
        lock (_lock)
        {
            Return(worker.Attempt);
            Return(kept);
            worker.Attempt = null;
            worker.Lifecycle.MoveTo(WorkerState.Closing);
            if (problem is null)
            {
                added = AddWorkerIfNeeded();
            }
            else if (!_workers.Exists(static other => other.Lifecycle.HoldsPlace))
            {
                // Nobody is left to run them. As long as there are others, the run goes on with the runspaces that it has.
                failed.AddRange(_pending);
                _pending.Clear();
            }
        }

        Launch(added);
        foreach (NodeAttempt attempt in failed)
        {
            attempt.Complete(AttemptOutcome.Failed(new NodeFailure(
                FailureKind.Error, Messages.RunspaceNotOpened(attempt.Node.Name, problem!))));
        }
    }

    /// <inheritdoc/>
    public void Remove(Worker worker)
    {
        lock (_lock)
        {
            _workers.Remove(worker);
        }
    }

    /// <summary>Queues an attempt that a worker was given and has not begun.</summary>
    private void Return(NodeAttempt? attempt)
    {
        if (attempt is { IsCompleted: false })
        {
            _pending.Enqueue(attempt);
        }
    }

    private Worker? AddWorkerIfNeeded()
    {
        if (_pending.Count == 0 || _isEnding || _workers.Count(static worker => worker.Lifecycle.HoldsPlace) >= _limit)
        {
            return null;
        }

        int opening = _workers.Count(static worker => worker.Lifecycle.State == WorkerState.Opening);
        if (opening >= Math.Min(Environment.ProcessorCount, _pending.Count))
        {
            return null;
        }

        var worker = new Worker(this, _template, _context, _sink, _culture, _uiCulture);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Starts the thread of a worker that was added. Never called under the lock.</summary>
    private void Launch(Worker? added)
    {
        try
        {
            added?.Start();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // The system has no more threads to give.
            Close(added!, kept: null, exception.Message);
            added!.Dispose();
            Remove(added);
        }
    }
}

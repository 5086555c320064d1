using System.Diagnostics;
using DagShell.Engine.Running;

namespace DagShell.Runspaces;

/// <summary>
/// Runs attempts on worker threads, each of which owns a runspace. Workers are made as there is work for them, a few at a
/// time, because opening a runspace takes a processor for some milliseconds and an open one may take the work meanwhile.
/// </summary>
/// <remarks>
/// The lock guards the collections and counts; it is held for a moment, never while a worker opens, runs or closes anything.
/// There are never more workers than may run at once, but for those that are closing a runspace, however long that takes, and
/// those that were given up. The slot of an attempt is free before its worker is: the next one waits until that has cleaned up.
/// </remarks>
internal sealed class WorkerPool : IScriptRunner
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(1);

    private readonly object _lock = new();
    private readonly SessionTemplate _template;
    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly Queue<NodeAttempt> _pending = new();
    private readonly Stack<Worker> _idle = new();
    private readonly List<Worker> _workers = [];
    private readonly int _limit;
    private int _opening;
    private int _closing;
    private bool _isClosed;

    /// <summary>Makes a pool, still without workers.</summary>
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

        Worker? worker;
        lock (_lock)
        {
            if (_idle.TryPop(out worker))
            {
                worker.Assign(attempt);
                return;
            }

            _pending.Enqueue(attempt);
            worker = NewWorkerIfNeeded();
        }

        worker?.Start();
    }

    /// <inheritdoc/>
    public void Abandon(NodeAttempt attempt)
    {
        Worker? stuck;
        lock (_lock)
        {
            // An attempt that no worker has begun yet is passed over by the one that takes it.
            stuck = _workers.Find(worker => worker.Current == attempt);
            if (stuck is not null)
            {
                stuck.IsAbandoned = true;
                _workers.Remove(stuck);
            }
        }

        stuck?.BeginClose();
    }

    /// <summary>Ends the workers, and waits for a moment until their runspaces are closed. To be called when no attempt is under way.</summary>
    public void Dispose()
    {
        List<Worker> workers;
        lock (_lock)
        {
            _isClosed = true;
            workers = [.. _workers];
            while (_idle.TryPop(out Worker? worker))
            {
                worker.Assign(null);
            }
        }

        // Idle workers close in a few milliseconds. One that hangs in code of a module that is being removed is left alone.
        long start = Stopwatch.GetTimestamp();
        foreach (Worker worker in workers)
        {
            TimeSpan left = CloseTime - Stopwatch.GetElapsedTime(start);
            worker.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    /// <summary>Gives a worker its next attempt, and lets it sleep until there is one.</summary>
    /// <returns>The attempt; null if the worker is to end.</returns>
    internal NodeAttempt? Take(Worker worker)
    {
        lock (_lock)
        {
            if (_pending.TryDequeue(out NodeAttempt? attempt) || _isClosed)
            {
                return attempt;
            }

            _idle.Push(worker);
        }

        return worker.AwaitAssignment();
    }

    /// <summary>A worker has opened its first runspace, or failed to: the next one may try if there still is work for it.</summary>
    internal void OnOpened()
    {
        Worker? worker;
        lock (_lock)
        {
            _opening--;
            worker = NewWorkerIfNeeded();
        }

        worker?.Start();
    }

    /// <summary>A worker is about to close its runspace, which may take a while: another may take its place meanwhile.</summary>
    internal void OnClosing()
    {
        Worker? worker;
        lock (_lock)
        {
            _closing++;
            worker = NewWorkerIfNeeded();
        }

        worker?.Start();
    }

    /// <summary>The worker is done with that.</summary>
    internal void OnClosed()
    {
        lock (_lock)
        {
            _closing--;
        }
    }

    private Worker? NewWorkerIfNeeded()
    {
        if (_isClosed
            || _workers.Count - _closing >= _limit
            || _opening >= Math.Min(Environment.ProcessorCount, _pending.Count))
        {
            return null;
        }

        _opening++;
        var worker = new Worker(this, _template, _context, _sink);
        _workers.Add(worker);
        return worker;
    }
}

using System.Collections.Concurrent;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Benchmarks.Engine;

/// <summary>
/// Completes attempts as soon as it gets them, on threads of its own. A thread goes on with what its own completion made
/// ready, as the workers of the module do; what is more than one is for the others.
/// </summary>
internal sealed class NoOpRunner : INodeRunner, IDisposable
{
    private static readonly AttemptOutcome Done = AttemptOutcome.Succeeded(null);

    [ThreadStatic]
    private static Worker? t_worker;

    /// <summary>What the items of nodes are that have some.</summary>
    public object?[] Items { get; init; } = [];

    /// <summary>Gives the dag that a node stands for which is known at its turn.</summary>
    public Func<Node, DagGraph> DagOf { get; init; } = static _ => throw new InvalidOperationException("There is no such node.");

    private readonly ConcurrentQueue<NodeAttempt> _queue = new();
    private readonly SemaphoreSlim _queued = new(0);
    private readonly Thread[] _threads;

    public NoOpRunner(int workers)
    {
        _threads = [.. Enumerable.Range(0, workers).Select(_ => new Thread(Work) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    public void Start(NodeAttempt attempt)
    {
        if (t_worker is { Next: null } worker && worker.Runner == this)
        {
            worker.Next = attempt;
        }
        else
        {
            _queue.Enqueue(attempt);
            _queued.Release();
        }
    }

    public void Abandon(NodeAttempt attempt)
    {
    }

    public void Dispose()
    {
        _queued.Release(_threads.Length);
        Array.ForEach(_threads, thread => thread.Join());
        _queued.Dispose();
    }

    private void Work()
    {
        Worker worker = t_worker = new Worker(this);
        while (true)
        {
            _queued.Wait();
            if (!_queue.TryDequeue(out worker.Next))
            {
                return;
            }

            while (worker.Next is { } attempt)
            {
                worker.Next = null;
                attempt.Complete(attempt.AsksForItems ? AttemptOutcome.Mapped(Items)
                    : attempt.AsksForDag ? AttemptOutcome.Expanded(new Expansion(DagOf(attempt.Node)))
                    : Done);
            }
        }
    }

    private sealed class Worker(NoOpRunner runner)
    {
        public NodeAttempt? Next;

        public NoOpRunner Runner => runner;
    }
}

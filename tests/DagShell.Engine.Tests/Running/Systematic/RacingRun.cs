using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;
using DagShell.Engine.Tests.Running.Model;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DagShell.Engine.Tests.Running.Systematic;

/// <summary>A run each of whose attempts is a task of its own, for Coyote to interleave.</summary>
internal sealed class RacingRun : INodeRunner
{
    private static readonly Dictionary<string, int> Pools = new() { ["pool"] = 1 };

    private readonly RunLog _log;
    private readonly int _throttleLimit;

    public RacingRun(
        Node[] nodes, int throttleLimit = 2, bool failFast = false, double? timeout = null, PlaceGroup? places = null)
    {
        _throttleLimit = throttleLimit;
        Graph = Harness.Nodes.Nested(nodes, Pools);
        _log = new RunLog(Graph, Clock);
        RunOptions options = new()
        {
            ThrottleLimit = throttleLimit,
            FailFast = failFast,
            Timeout = timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            TimeProvider = Clock,
            Places = places,
        };
        Scheduler = new Scheduler(DagPlan.Create(Graph), this, options, _log);
    }

    public FakeTimeProvider Clock { get; } = new();

    public DagGraph Graph { get; }

    public Scheduler Scheduler { get; }

    /// <summary>What an attempt does; <see langword="null"/> if it goes on until it is asked to stop.</summary>
    public Func<NodeAttempt, AttemptOutcome?> Work { get; init; } = _ => AttemptOutcome.Succeeded(null);

    public IReadOnlyList<NodeResult> Results => [.. _log.Events.Select(e => e.Result).OfType<NodeResult>()];

    public NodeState StateOf(string node) => Assert.Single(Results, result => result.Node.Name == node).State;

    /// <summary>Starts the run, lets others interfere, and waits for the end, which must come.</summary>
    public async Task GoAsync(params Action[] interferences)
    {
        Task[] tasks = [.. interferences.Prepend(Scheduler.Start).Select(action => Task.Run(action))];
        await Task.WhenAll(tasks);
        await Scheduler.Completion;
        RunInvariants.Check(Scheduler.Graph, _throttleLimit, Scheduler, _log);
        CheckThatWhatWasGrantedRan();
    }

    /// <summary>Lets so many seconds pass, one by one.</summary>
    public void Pass(int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public void Start(NodeAttempt attempt)
    {
        _log.Started(attempt);
        Task.Run(() =>
        {
            if (Work(attempt) is { } outcome)
            {
                End(attempt, outcome);
            }
            else
            {
                attempt.StopToken.UnsafeRegister(_ => End(attempt, AttemptOutcome.Stopped), null);
            }
        });
    }

    public void Abandon(NodeAttempt attempt) => _log.Abandoned(attempt);

    private void End(NodeAttempt attempt, AttemptOutcome outcome)
    {
        _log.Ended(attempt);
        attempt.Complete(outcome);
    }

    /// <summary>
    /// What had its slot when the run was cut short, and was not stopped, was let finish: it is cancelled only if it had come
    /// to wait, or to poll on.
    /// </summary>
    private void CheckThatWhatWasGrantedRan()
    {
        IReadOnlyList<RunEvent> events = _log.Events;
        foreach (RunEvent granted in events.Where(e => e.Kind == RunEventKind.Granted && !e.Attempt!.StopToken.IsCancellationRequested))
        {
            Assert.Contains(events, e => e.Kind == RunEventKind.Started && e.Attempt == granted.Attempt);
            RunEvent next = events.SkipWhile(e => e != granted).Skip(1)
                .First(e => e.Node == granted.Node
                    && e.Kind is RunEventKind.Granted or RunEventKind.Waiting or RunEventKind.Finished or RunEventKind.ItemFinished);
            bool wasCancelled = next.Result
                    is { State: NodeState.Cancelled, Node: { PreconditionTimeout: null, IsDag: false }, Items: null }
                || next.Item is { State: NodeState.Cancelled };
            Assert.False(wasCancelled, $"'{granted.Node}' was cancelled while it ran.");
        }
    }
}

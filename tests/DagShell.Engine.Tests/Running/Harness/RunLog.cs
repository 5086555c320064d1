using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Engine.Tests.Running.Harness;

/// <summary>Writes down what the observer and the runner of a run are told, in one order. Safe for several threads.</summary>
internal sealed class RunLog : IRunObserver
{
    private DagGraph _graph;
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _start;
    private readonly List<RunEvent> _events = [];
    private readonly List<(NodeAttempt Attempt, AttemptOutcome Outcome, bool WasAwaited)> _reports = [];

    public RunLog(DagGraph graph, TimeProvider clock)
    {
        _graph = graph;
        _clock = clock;
        _start = clock.GetUtcNow();
    }

    /// <summary>Called for every event, under the scheduler's lock if it comes from there.</summary>
    public Action<RunEvent>? OnEvent { get; set; }

    public IReadOnlyList<RunEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>What the runner reported, and whether anybody still waited for it.</summary>
    public IReadOnlyList<(NodeAttempt Attempt, AttemptOutcome Outcome, bool WasAwaited)> Reports
    {
        get
        {
            lock (_events)
            {
                return [.. _reports];
            }
        }
    }

    public void NodesAdded(int dag, DagGraph graph, int first)
    {
        _graph = graph;
        Add(new RunEvent(RunEventKind.NodesAdded, graph[dag].Name, Now));
    }

    public void AttemptStarted(NodeAttempt attempt) => Add(RunEventKind.Granted, attempt);

    public void AttemptLost(NodeAttempt attempt) => Add(new RunEvent(RunEventKind.Lost, attempt.Name, Now));

    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay) =>
        Add(new RunEvent(RunEventKind.Waiting, _graph[node].Name, Now) { Failure = failure, Delay = delay });

    public void ItemWaiting(int node, int item, NodeFailure failure, TimeSpan delay) => Add(
        new RunEvent(RunEventKind.Waiting, NodeItems.NameOf(_graph[node].Name, item), Now) { Failure = failure, Delay = delay });

    public void ItemFinished(int node, NodeItems items, int item) =>
        Add(new RunEvent(RunEventKind.ItemFinished, NodeItems.NameOf(_graph[node].Name, item), Now) { Item = items[item] });

    public void NodeFinished(NodeResult result) => Add(new RunEvent(RunEventKind.Finished, result.Node.Name, Now) { Result = result });

    public void Started(NodeAttempt attempt) => Add(RunEventKind.Started, attempt);

    public void AskedToStop(NodeAttempt attempt) => Add(RunEventKind.AskedToStop, attempt);

    public void Ended(NodeAttempt attempt) => Add(RunEventKind.Ended, attempt);

    public void Abandoned(NodeAttempt attempt) => Add(RunEventKind.Abandoned, attempt);

    public void Reported(NodeAttempt attempt, AttemptOutcome outcome, bool wasAwaited)
    {
        lock (_events)
        {
            _reports.Add((attempt, outcome, wasAwaited));
        }
    }

    private TimeSpan Now => _clock.GetUtcNow() - _start;

    private void Add(RunEventKind kind, NodeAttempt attempt) =>
        Add(new RunEvent(kind, attempt.Name, Now) { Attempt = attempt });

    private void Add(RunEvent happened)
    {
        lock (_events)
        {
            _events.Add(happened);
        }

        OnEvent?.Invoke(happened);
    }
}

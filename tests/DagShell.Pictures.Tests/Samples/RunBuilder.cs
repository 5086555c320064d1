using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Pictures.Tests.Samples;

/// <summary>Puts runs together that never were: times are seconds from a start that is always the same.</summary>
public sealed class RunBuilder
{
    private readonly List<Node> _nodes = [];
    private readonly List<NodeHistory> _histories = [];
    private readonly List<NodeEnding> _endings = [];
    private double _end;

    public static DateTimeOffset Start { get; } = new(2026, 11, 26, 2, 0, 0, TimeSpan.FromHours(1));

    public int Count => _nodes.Count;

    public RunStatus Status { get; set; } = RunStatus.Failed;

    public int ThrottleLimit { get; set; } = 4;

    public string? Name { get; set; } = "Nightly";

    /// <summary>How many days after <see cref="Start"/> it was; times of nodes are moved along.</summary>
    public int Day { get; set; }

    public IReadOnlyList<EarlierRun> EarlierRuns { get; set; } = [];

    public string? ResumeCommand { get; set; }

    /// <summary>A node that succeeded.</summary>
    public RunBuilder Good(string name, double start, double length, params string[] dependsOn) =>
        Add(new Node(name) { DependsOn = dependsOn }, NodeState.Succeeded, start, start + length,
            [Attempt(1, start, length, AttemptOutcomeKind.Succeeded)], default);

    /// <summary>A node that failed.</summary>
    public RunBuilder Bad(string name, double start, double length, NodeEnding ending, params string[] dependsOn) =>
        Add(new Node(name) { DependsOn = dependsOn }, NodeState.Failed, start, start + length,
            [Attempt(1, start, length, AttemptOutcomeKind.Failed, ending.Message)], ending);

    /// <summary>A node that was skipped because a dependency failed.</summary>
    public RunBuilder Skipped(string name, string dependency, params string[] others) => Add(
        new Node(name) { DependsOn = [dependency, .. others] }, NodeState.Skipped, null, _end, [],
        new NodeEnding($"dependency '{dependency}' failed", null, null));

    /// <summary>A node of any kind.</summary>
    public RunBuilder Add(
        Node node, NodeState state, double? start, double? end, IReadOnlyList<AttemptRecord> attempts, NodeEnding ending,
        IReadOnlyList<WaitRecord>? waits = null, RunOrigin? origin = null, ItemCounts? items = null,
        IEnumerable<ItemAttempt>? itemAttempts = null)
    {
        _nodes.Add(node);
        _histories.Add(new NodeHistory(state, At(start), At(end), attempts)
        {
            ReadyTime = At(start),
            Waits = waits ?? [],
            Origin = origin,
            Items = items,
            ItemAttempts = itemAttempts ?? [],
        });
        _endings.Add(ending);
        _end = Math.Max(_end, end ?? start ?? 0);
        return this;
    }

    public static AttemptRecord Attempt(
        int number, double start, double? length, AttemptOutcomeKind? outcome, string? message = null, int slot = 0) => new(
            number, slot, At(start)!.Value, At(start + length), outcome,
            outcome == AttemptOutcomeKind.Failed ? FailureKind.Error : null, message);

    public static WaitRecord Wait(NodeWaitKind kind, double start, double length) => new(kind, At(start)!.Value, At(start + length));

    public RunSnapshot Build() => new(
        new RunHistory
        {
            Graph = DagGraph.Create(_nodes, [], new Dictionary<string, int>()),
            ThrottleLimit = ThrottleLimit,
            Status = Status,
            StartTime = Start.AddDays(Day),
            EndTime = Start.AddDays(Day).AddSeconds(_end),
            Nodes = [.. _histories.Select(Moved)],
        },
        _endings)
    {
        Id = Guid.Parse("11111111-2222-3333-4444-555555555555"),
        Name = Name,
        EarlierRuns = EarlierRuns,
        ResumeCommand = ResumeCommand,
    };

    private NodeHistory Moved(NodeHistory node) => Day == 0 ? node : node with
    {
        StartTime = node.StartTime?.AddDays(Day),
        EndTime = node.EndTime?.AddDays(Day),
        ReadyTime = node.ReadyTime?.AddDays(Day),
        Attempts = [.. node.Attempts.Select(attempt => attempt with
        {
            StartTime = attempt.StartTime.AddDays(Day),
            EndTime = attempt.EndTime?.AddDays(Day),
        })],
    };

    private static DateTimeOffset? At(double? second) => second is { } known ? Start.AddSeconds(known) : null;
}

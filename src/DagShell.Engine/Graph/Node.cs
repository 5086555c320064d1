
namespace DagShell.Engine.Graph;

/// <summary>
/// One node of a dag: its name, what it depends on and the rules it runs under. What it does is not the engine's
/// business: <see cref="Work"/>, or a derived class, carries that to the <see cref="Running.INodeRunner"/>.
/// </summary>
/// <remarks>Not changed once a graph has been built from it; safe to read from any thread then.</remarks>
public class Node
{
    private const long NoTime = long.MinValue;

    // As ticks: there may be very many nodes, and most have none of these.
    private readonly long _timeout = NoTime;
    private readonly long _preconditionTimeout = NoTime;
    private readonly long _preconditionInterval = NoTime;
    private readonly long _estimatedDuration = NoTime;
    private string? _pool;
    private int _priority;
    private bool _opensAtOnce;
    private bool _expandsAtTurn;

    /// <summary>Makes a node.</summary>
    /// <param name="name">Its name: not empty, and without control characters; compared case-insensitively.</param>
    /// <exception cref="ArgumentException">The name is empty or has a control character.</exception>
    public Node(string name)
    {
        if (!IsValidName(name))
        {
            throw new ArgumentException("A node's name must not be empty and must have no control characters.", nameof(name));
        }

        Name = name;
    }

    /// <summary>The node's name, as it was written; inside of a dag that is a node of another, with that node's name before it.</summary>
    public string Name { get; private set; }

    /// <summary>What the nodes of its own dag call it.</summary>
    public string LocalName { get => field ?? Name; private set; }

    /// <summary>
    /// Whether the node stands for a dag. Then its attempt does no more than ask its condition and preconditions. If they hold the nodes of
    /// that dag may start, and the node ends when the last of them has.
    /// </summary>
    public bool IsDag { get; init; }

    /// <summary>
    /// Whether it stands for the dag of one item of the node around it, which is mapped and stands for all of them. Its name, such as
    /// <c>#2</c>, is written right behind that node's.
    /// </summary>
    public bool IsItem { get; init; }

    /// <summary>What that item is; the engine only hands it on.</summary>
    public object? ItemValue { get; init; }

    /// <summary>Of a node that stands for a dag, whether it has nothing to ask before, and so makes no attempt.</summary>
    public bool OpensAtOnce { get => _opensAtOnce; init => _opensAtOnce = value; }

    /// <summary>
    /// Of a node that stands for a dag, whether that is known only when its turn has come. Then its attempt is the question for it, and
    /// ends with <see cref="Running.AttemptOutcome.Expanded"/>.
    /// </summary>
    public bool ExpandsAtTurn { get => _expandsAtTurn; init => _expandsAtTurn = value; }

    /// <summary>What the node is for, in the user's words; the engine only hands it on.</summary>
    public string? Description { get; init; }

    /// <summary>The names of the nodes that must be in a final state before this one starts, in the order they were given.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Which final states of its dependencies let the node run.</summary>
    public TriggerRule TriggerRule { get; init; } = TriggerRule.AllSucceeded;

    /// <summary>
    /// The names of the nodes that this one cleans up after: it runs once they, and all that depends on them, are in a final state,
    /// whichever, if one of them had started. <see cref="TriggerRule"/> does not count then.
    /// </summary>
    public IReadOnlyList<string> CleanUpOf { get; init; } = [];

    /// <summary>
    /// The name of the node that this one stands for if that fails and this one succeeds; <see langword="null"/> for none. It runs only
    /// then.
    /// </summary>
    public string? FallbackFor { get; init; }

    /// <summary>
    /// Whether the node's work is done for each of many items. Then its own attempt, a question for them, ends with
    /// <see cref="Running.AttemptOutcome.Mapped"/>; its rules hold for that and for the attempts of each item. One that stands for a dag
    /// as well has a dag for each item inside, <see cref="IsItem"/>.
    /// </summary>
    public bool IsMapped { get; init; }

    /// <summary>How failed attempts are repeated; <see langword="null"/> for one attempt only.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>
    /// Whether the runner decides, failure by failure, if and when the node is tried again. Of a timeout, which ended the attempt before
    /// its runner could say so, it is asked by an attempt that is an <see cref="Running.NodeAttempt.IsInquiry">inquiry</see>.
    /// </summary>
    public virtual bool DecidesOnRetry { get; init; }

    /// <summary>How long one attempt may take, its preconditions included; <see langword="null"/> for no limit.</summary>
    public TimeSpan? Timeout { get => TimeOf(_timeout); init => _timeout = value?.Ticks ?? NoTime; }

    /// <summary>How long a precondition that does not hold is polled; <see langword="null"/> to ask it once.</summary>
    public TimeSpan? PreconditionTimeout { get => TimeOf(_preconditionTimeout); init => _preconditionTimeout = value?.Ticks ?? NoTime; }

    /// <summary>
    /// How long it waits between two polls, more than zero; <see langword="null"/> for <see cref="Running.RunTimes.PollInterval"/>.
    /// </summary>
    public TimeSpan? PreconditionInterval { get => TimeOf(_preconditionInterval); init => _preconditionInterval = value?.Ticks ?? NoTime; }

    /// <summary>Whether the dependents and the run go on, if this node fails, as if it had not.</summary>
    public bool ContinueOnError { get; init; }

    /// <summary>The pool whose limit the node's attempts count against; <see langword="null"/> for none.</summary>
    public string? Pool { get => _pool; init => _pool = value; }

    /// <summary>Of several ready nodes the one with the highest priority starts first, before any other consideration.</summary>
    public int Priority { get => _priority; init => _priority = value; }

    /// <summary>How long the node is expected to run; <see langword="null"/> counts as one unit, a second.</summary>
    public TimeSpan? EstimatedDuration { get => TimeOf(_estimatedDuration); init => _estimatedDuration = value?.Ticks ?? NoTime; }

    /// <summary>What the node does, as its runner knows it; the engine only hands it on.</summary>
    public object? Work { get; set; }

    /// <summary>
    /// The same node with another name, inside of a dag that is a node of another. Where it says nothing of its pool or its priority, it
    /// has that node's.
    /// </summary>
    /// <param name="outer">That node.</param>
    /// <returns>A copy, which the nodes of its dag know by the name that it has now.</returns>
    public Node InsideOf(Node outer)
    {
        ArgumentNullException.ThrowIfNull(outer);
        var copy = (Node)MemberwiseClone();
        copy.LocalName = LocalName;
        copy.Name = IsItem ? outer.Name + LocalName : NameInside(outer.Name, LocalName);
        copy._pool ??= outer._pool;
        copy._priority = _priority == 0 ? outer._priority : _priority;
        return copy;
    }

    /// <summary>The same node, where the dag that it stands for turns out to be known only when its turn has come.</summary>
    /// <returns>A copy, for which <see cref="ExpandsAtTurn"/> holds.</returns>
    public Node ExpandingAtTurn()
    {
        var copy = (Node)MemberwiseClone();
        copy._expandsAtTurn = true;
        copy._opensAtOnce = false;
        return copy;
    }

    /// <summary>The name of a node inside of a dag that is a node of another.</summary>
    /// <param name="outer">The name of that node.</param>
    /// <param name="name">What the nodes of its dag call it.</param>
    /// <returns>Such as <c>Deploy/Build</c>.</returns>
    public static string NameInside(string outer, string name) => $"{outer}/{name}";

    /// <summary>The names that nodes have which a node is inside of, as its own name says.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The innermost first: of <c>A#2/B/C</c> these are <c>A#2/B</c>, <c>A#2</c> and <c>A</c>.</returns>
    public static IEnumerable<string> NamesAround(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (int end = name.LastIndexOfAny(['/', '#']); end > 0; end = name.LastIndexOfAny(['/', '#'], end - 1))
        {
            yield return name[..end];
        }
    }

    /// <summary>Whether a string can be a node's name.</summary>
    /// <param name="name">The string.</param>
    /// <returns><see langword="true"/> if it is not empty and has no control character.</returns>
    public static bool IsValidName(string? name) => !string.IsNullOrEmpty(name) && !name.Any(char.IsControl);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static TimeSpan? TimeOf(long ticks) => ticks == NoTime ? null : new TimeSpan(ticks);
}

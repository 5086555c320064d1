using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using DagShell.Capture;
using DagShell.Checkpoints;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Logs;
using DagShell.Scripts;
using DagShell.Secrets;

namespace DagShell.Runspaces;

/// <summary>What every node of a run may see of it.</summary>
/// <param name="RunId">The run's id.</param>
/// <param name="Parameters">The values of -Parameter, by name, case-insensitively.</param>
/// <param name="UseNewRunspace">Whether every attempt gets a runspace that nothing ran in before.</param>
/// <param name="Secrets">Takes secrets out of what is said of nodes.</param>
/// <param name="Log">Keeps what nodes say.</param>
/// <param name="Needs">What scripts need of the caller's session; those that need nothing and leave nothing are not in it.</param>
internal sealed record RunContext(
    Guid RunId, IDictionary Parameters, bool UseNewRunspace, SecretMask Secrets, RunLog Log,
    IReadOnlyDictionary<ScriptKey, ScriptNeeds> Needs)
{
    private readonly ConcurrentDictionary<ScriptKey, ScriptNeeds> _late = new();

    /// <summary>Whether there are any of those. Scripts are asked about often, and a dictionary locks all of itself to say so.</summary>
    private volatile bool _hasLate;

    /// <summary>What is run once in each session; null for nothing.</summary>
    public SessionScripts? Scripts { get; init; }

    /// <summary>Nodes that are run whatever their files say.</summary>
    public IReadOnlySet<string> MustRun { get; init; } = new HashSet<string>();

    /// <summary>Whether a node that was not known before the run is run whatever its files say; null where nobody keeps a record.</summary>
    public Func<string, bool>? IsOtherThanMade { get; init; }

    /// <summary>Whether a node is run whatever its files say: by its own name, or by that of a node that it is inside of.</summary>
    public bool MustRunNode(string name) =>
        (MustRun.Count > 0 && (MustRun.Contains(name) || Node.NamesAround(name).Any(MustRun.Contains)))
        || IsOtherThanMade?.Invoke(name) == true;

    /// <summary>Finds out which of a node's items are done already, and says what each is; null where nobody keeps a record.</summary>
    public Func<NodeAttempt, object?[], Func<object?, string?>, AttemptOutcome>? MapItems { get; init; }

    /// <summary>What an attempt comes to that was to find out what its node is to be done for.</summary>
    /// <exception cref="OperationCanceledException">The attempt was stopped.</exception>
    public AttemptOutcome Map(NodeAttempt attempt, object?[] items) =>
        MapItems?.Invoke(attempt, items, DescribeItem) ?? AttemptOutcome.Mapped(items, describe: DescribeItem);

    /// <summary>Finds out what is done already of a dag that came at its node's turn; null where nobody keeps a record.</summary>
    public Func<NodeAttempt, DagGraph, CalledCommands, Expansion>? Expand { get; init; }

    /// <summary>The pools that have rates.</summary>
    public IReadOnlySet<string> RatedPools { get; init; } = new HashSet<string>();

    /// <summary>Whether nodes of a pool, or of none, run in sessions.</summary>
    public Func<string?, bool> RunInSessions { get; init; } = static _ => false;

    /// <summary>Whether what scripts need is brought to them.</summary>
    public bool SuppliesNeeds { get; init; } = true;

    /// <summary>Whether any script needs anything.</summary>
    public bool HasNeeds => Needs.Count > 0 || _hasLate;

    /// <summary>Notes what scripts need of nodes that came at the turn of the one that stands for them.</summary>
    public void AddNeeds(IReadOnlyDictionary<ScriptKey, ScriptNeeds> needs)
    {
        foreach (var (script, needed) in needs)
        {
            _late.TryAdd(script, needed);
        }

        _hasLate = !_late.IsEmpty;
    }

    /// <summary>What a script needs, as <see cref="Needs"/> or as it was noted later.</summary>
    public ScriptNeeds? NeedsOf(ScriptKey script) =>
        Needs.GetValueOrDefault(script) ?? (_hasLate ? _late.GetValueOrDefault(script) : null);

    /// <summary>What a script of a node needs; null if it needs nothing and leaves nothing.</summary>
    public ScriptNeeds? NeedsOf(ScriptBlock script, DagNode node) =>
        HasNeeds ? NeedsOf(ScriptKey.Of(script, node.Surroundings)) : null;

    private string? DescribeItem(object? item) => ItemText.Of(item, text => Secrets.Of(text));
}

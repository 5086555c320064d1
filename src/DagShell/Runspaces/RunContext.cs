using System.Collections;
using System.Management.Automation;
using DagShell.Capture;
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
    /// <summary>What is run once in each session; null for nothing.</summary>
    public SessionScripts? Scripts { get; init; }

    /// <summary>Nodes that are run whatever their files say.</summary>
    public IReadOnlySet<string> MustRun { get; init; } = new HashSet<string>();

    /// <summary>Finds out which of a node's items are done already, and says what each is; null where nobody keeps a record.</summary>
    public Func<NodeAttempt, object?[], Func<object?, string?>, AttemptOutcome>? MapItems { get; init; }

    /// <summary>What an attempt comes to that was to find out what its node is to be done for.</summary>
    /// <exception cref="OperationCanceledException">The attempt was stopped.</exception>
    public AttemptOutcome Map(NodeAttempt attempt, object?[] items) =>
        MapItems?.Invoke(attempt, items, DescribeItem) ?? AttemptOutcome.Mapped(items, describe: DescribeItem);

    /// <summary>What a script of a node needs; null if it needs nothing and leaves nothing.</summary>
    public ScriptNeeds? NeedsOf(ScriptBlock script, DagNode node) =>
        Needs.Count == 0 ? null : Needs.GetValueOrDefault(ScriptKey.Of(script, node.Surroundings));

    private string? DescribeItem(object? item) => ItemText.Of(item, text => Secrets.Of(text));
}

using System.Collections;
using System.Management.Automation;

namespace DagShell;

/// <summary>What a node's script sees of itself, as <c>$DagNode</c>.</summary>
public sealed class DagNodeInfo
{
    private readonly Func<IDictionary> _findDependencies;
    private IDictionary? _dependencies;

    internal DagNodeInfo(string name, int attempt, Guid runId, ErrorRecord? lastError, Func<IDictionary> findDependencies)
    {
        _findDependencies = findDependencies;
        Name = name;
        Attempt = attempt;
        RunId = runId;
        LastError = lastError;
    }

    /// <summary>The node's name.</summary>
    public string Name { get; }

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt { get; }

    /// <summary>The id of the run.</summary>
    public Guid RunId { get; }

    /// <summary>The machine that the node runs on; null for the one that the run was started on.</summary>
    public string? ComputerName { get; }

    /// <summary>What the attempt before this one failed with; null in the first one.</summary>
    public ErrorRecord? LastError { get; }

    /// <summary>The item that the script is run for; null of a node without -ForEach.</summary>
    public object? Item { get; internal init; }

    /// <summary>Which item it is, from 0; null of a node without -ForEach.</summary>
    public int? ItemIndex { get; internal init; }

    /// <summary>How the nodes ended that this one came after, by name: each a <see cref="DagNodeDependency"/>.</summary>
    public IDictionary Dependencies => _dependencies ??= _findDependencies();

    /// <inheritdoc/>
    public override string ToString() => Name;
}

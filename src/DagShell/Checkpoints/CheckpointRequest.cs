using System.Collections;
using DagShell.Engine.Graph;

namespace DagShell.Checkpoints;

/// <summary>What a run wants of a journal.</summary>
/// <param name="Path">The journal's file.</param>
/// <param name="DagName">The dag's name, if it has one.</param>
/// <param name="Dag">The whole dag.</param>
/// <param name="Graph">What of it is to be run.</param>
/// <param name="Parameters">The values of -Parameter, by name, case-insensitively.</param>
/// <param name="Commands">What the nodes' scripts call.</param>
/// <param name="Resumes">Whether an unfinished run is to be resumed.</param>
/// <param name="Again">
/// Nodes of the dag that are to run again, with all that depends on them; a run that is finished is resumed too.
/// </param>
/// <param name="StartsOver">Whether an earlier run is not to be resumed, even if it is unfinished.</param>
/// <param name="Stop">Cancelled when the command is stopped.</param>
internal sealed record CheckpointRequest(
    string Path,
    string? DagName,
    DagGraph Dag,
    DagGraph Graph,
    IDictionary Parameters,
    CalledCommands Commands,
    bool Resumes,
    IReadOnlySet<int> Again,
    bool StartsOver,
    CancellationToken Stop)
{
    /// <summary>Why a node is to be run by its files, though it is done; null if it need not.</summary>
    public Func<Node, string?> WhyStale { get; init; } = static _ => null;
}

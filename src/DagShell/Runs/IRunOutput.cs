using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Hosts;

namespace DagShell.Runs;

/// <summary>Where a run writes to: the pipeline of Invoke-Dag, or a job.</summary>
/// <remarks>Called on one thread, the one of the <see cref="DagInvocation"/>. What belongs to a node comes with that node.</remarks>
internal interface IRunOutput
{
    /// <summary>Whether it takes something after a stop too; the pipeline of a cmdlet does not.</summary>
    bool TakesMoreAfterStop { get; }

    /// <summary>Says something past the pipeline, after a stop.</summary>
    void WriteLineAfterStop(string line);

    /// <summary>A node is in a final state.</summary>
    void WriteResult(DagNodeResult result);

    /// <summary>A node takes a slot for the first time, or again.</summary>
    void WriteStarted(DagNode node);

    /// <summary>An error of a node, or with null of the run.</summary>
    void WriteError(DagNode? node, ErrorRecord error);

    /// <summary>A node has failed.</summary>
    /// <param name="node">The node.</param>
    /// <param name="error">The error.</param>
    /// <param name="place">The user's line, which the console is to show.</param>
    void WriteFailure(DagNode node, ErrorRecord error, IScriptExtent place);

    /// <summary>A warning about a node, or with null about the run.</summary>
    void WriteWarning(DagNode? node, string message);

    /// <summary>A verbose message about a node, or with null about the run.</summary>
    void WriteVerbose(DagNode? node, string message);

    /// <summary>A warning, verbose, debug or information record of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="record">The record.</param>
    /// <param name="isShown">Whether the node's own preferences let it be seen, so that the caller's must not hide it.</param>
    void WriteRecord(DagNode node, object record, bool isShown);

    /// <summary>Asks what a node asks, or refuses to.</summary>
    void Ask(DagNode node, NodePrompt prompt);

    /// <summary>Lines for whoever looks on, about the run as a whole; none of it is an error.</summary>
    void WriteLines(IReadOnlyList<string> lines);

    /// <summary>How many lines of progress are in sight.</summary>
    int ProgressLines { get; }

    /// <summary>Progress of the run as a whole and of its nodes.</summary>
    void WriteProgress(ProgressRecord record);
}

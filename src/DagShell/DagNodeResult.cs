using System.Management.Automation;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>How a node of a run ended, as Invoke-Dag gives it out.</summary>
public sealed class DagNodeResult
{
    private readonly NodeResult _result;
    private ErrorRecord? _error;
    private DagNodeItem[]? _items;

    internal DagNodeResult(NodeResult result, DagRun run)
    {
        _result = result;
        Run = run;
    }

    /// <summary>The node's name.</summary>
    public string Name => _result.Node.Name;

    /// <summary>Succeeded, Failed, Skipped or Cancelled.</summary>
    public NodeState Status => _result.State;

    /// <summary>What its script gave out; empty unless it succeeded, or skipped itself.</summary>
    public object[] Output => NodeOutput.ObjectsOf(_result.Output)!;

    /// <summary>What its last attempt failed with, with the user's own position; null if it did not fail.</summary>
    public ErrorRecord? Error
    {
        get
        {
            if (Status is NodeState.Succeeded or NodeState.Skipped || Failure is null)
            {
                return null;
            }

            return _error ??= FailureRecord.Of(Failure);
        }
    }

    /// <summary>
    /// How each item ended, or with -Dag the dag that it had, of a node with -ForEach that was asked for them; else empty. Of a node that
    /// is restored an item that a script block gave is null if the journal could not keep it.
    /// </summary>
    public DagNodeItem[] Items => _items ??= DagNodeItem.Of(Name, _result.Items, Run.WithoutSecrets);

    /// <summary>
    /// What it said: the last 200 lines, or 64 KiB, of each attempt. Of all nodes together 64 MiB are kept, those of failed nodes longest.
    /// </summary>
    public DagLogLine[] Log => Run.LogOf(Index);

    /// <summary>Attempts in which the script was started; of a node with -ForEach those to ask for its items.</summary>
    public int Attempts => _result.Attempts;

    /// <summary>How often a precondition was asked and did not hold.</summary>
    public int Polls => _result.Polls;

    /// <summary>When it was ready to run, local time: from then on it waited. Null if it never was.</summary>
    public DateTime? ReadyTime => _result.ReadyTime?.LocalDateTime;

    /// <summary>What it waited for, when and how long: a slot, its pool, a retry, a precondition.</summary>
    public NodeWait[] Waits => [.. _result.Waits.Select(wait =>
        new NodeWait(wait.Kind, wait.StartTime.LocalDateTime, (wait.EndTime ?? _result.EndTime) - wait.StartTime))];

    /// <summary>How long it had its slot and waited for a runspace to be opened.</summary>
    public TimeSpan RunspaceWait => _result.StartUpTime;

    /// <summary>The pool that it took its place in; null if it is in none.</summary>
    public string? Pool => _result.Node.Pool;

    /// <summary>When the script of its first attempt started, local time; null if none did.</summary>
    public DateTime? StartTime => _result.StartTime?.LocalDateTime;

    /// <summary>When it reached its final state, local time.</summary>
    public DateTime EndTime => _result.EndTime.LocalDateTime;

    /// <summary>From the start of the first attempt to the end, waits included; zero if no attempt started.</summary>
    public TimeSpan Duration => _result.StartTime is { } start ? _result.EndTime - start : TimeSpan.Zero;

    /// <summary>The machine that its last attempt ran on; null for this one.</summary>
    public string? ComputerName => _result.Host;

    /// <summary>Why it was skipped; null if it was not.</summary>
    public string? SkipReason => _result.SkipCause == SkipCause.None
        ? null
        : Messages.SkipReason(_result.SkipCause, _result.SkippedBy?.Name, _result.SkipReason);

    /// <summary>Why it was cancelled: fail-fast after which node, the run's timeout, a stop; null if it was not.</summary>
    public string? CancelReason =>
        Status == NodeState.Cancelled
            ? Messages.CancelReason(_result.CancelCause, _result.CancelledBy?.Name, _result.StoppedAt)
            : null;

    /// <summary>The name of the fallback that stands for it, if it failed and one does.</summary>
    public string? Fallback { get; internal set; }

    /// <summary>Whether it succeeded in an earlier run, whose journal was resumed, and was not run again.</summary>
    public bool FromCheckpoint => _result.FromCheckpoint;

    /// <summary>
    /// Whether it succeeded without being run, because its output files are there and none is older than any input; of a node with
    /// -ForEach, whether all its items did.
    /// </summary>
    public bool UpToDate => _result.IsUpToDate;

    /// <summary>That earlier run; null if it was run in this one.</summary>
    public RunOrigin? Origin => _result.Origin;

    /// <summary>The run.</summary>
    public DagRun Run { get; }

    /// <summary>Its duration as tables show it; empty if no attempt started.</summary>
    [Hidden]
    public string DurationText => StartTime is null ? string.Empty : DagShell.DurationText.Of(Duration);

    /// <summary>What became of it, in a line, as tables show it: its error, why it did not run, or what it gave out.</summary>
    [Hidden]
    public string Summary =>
        ResultSummary.Of(
            Fallback, Error is null ? SkipReason ?? CancelReason : Failure!.Message, Output, FromCheckpoint, UpToDate, Run.WithoutSecrets);

    /// <summary>Whether it failed, and neither may nor has a fallback that stands for it.</summary>
    internal bool FailsRun => Status == NodeState.Failed && Fallback is null && !IsTolerated;

    /// <summary>
    /// Whether its failure does no harm by itself, by its own -ContinueOnError or that of what it is the fallback for, or because that of a
    /// node whose dag it is in does none.
    /// </summary>
    internal bool IsTolerated => Run.Graph.IsOverlooked(Index);

    internal int Index => _result.Index;

    internal NodeFailure? Failure => _result.Failure;

    internal DagNode Node => DagNode.Of(_result.Node);

    /// <summary>Its items, if they were work of this run by themselves: those that are dags are nodes.</summary>
    private NodeItems? ItemsOfWork => _result.Node.IsDag || FromCheckpoint ? null : _result.Items;

    /// <summary>How the node came to its end, attempt by attempt.</summary>
    internal NodeHistory ToHistory() => new(_result.State, _result.StartTime, _result.EndTime, _result.History)
    {
        ReadyTime = _result.ReadyTime,
        Waits = _result.Waits,
        Items = ItemsOfWork?.Counts,
        WorkOfItems = ItemsOfWork?.Work ?? TimeSpan.Zero,
        ItemAttempts = ItemsOfWork?.Attempts() ?? [],
        Origin = _result.Origin,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Status}";
}

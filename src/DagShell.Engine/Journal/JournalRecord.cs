using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>One record of a journal. What its kind has no use for is <see langword="null"/>.</summary>
public sealed record JournalRecord
{
    /// <summary>What it tells.</summary>
    public required JournalRecordKind Kind { get; init; }

    /// <summary>When that happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The node's name; <see langword="null"/> for the end of the run.</summary>
    public string? Node { get; init; }

    /// <summary>Which item of the node it is about, from 0; <see langword="null"/> if it is about the node itself.</summary>
    public int? Item { get; init; }

    /// <summary>How many items the node has.</summary>
    public int? Count { get; init; }

    /// <summary>Stands for the item's value: in a later run the same value is the same item.</summary>
    public string? Value { get; init; }

    /// <summary>Which attempt started, from 1.</summary>
    public int? Attempt { get; init; }

    /// <summary>Which slot it took, from 0.</summary>
    public int? Slot { get; init; }

    /// <summary>The machine that the attempt ran on; <see langword="null"/> for the run's own.</summary>
    public string? Host { get; init; }

    /// <summary>When the node was first ready.</summary>
    public DateTimeOffset? ReadyTime { get; init; }

    /// <summary>Since when it waited for its slot or its pool; <see langword="null"/> if it did not, or is polled.</summary>
    public DateTimeOffset? WaitedFrom { get; init; }

    /// <summary>When there was no place in its pool; <see langword="null"/> if there was one.</summary>
    public DateTimeOffset? ParkedTime { get; init; }

    /// <summary>When there was one again.</summary>
    public DateTimeOffset? UnparkedTime { get; init; }

    /// <summary>When the first attempt of a node that has ended took its slot; <see langword="null"/> if none did.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>In how many attempts the work of a node that has ended was started.</summary>
    public int? Attempts { get; init; }

    /// <summary>
    /// What a node that succeeded gave back; <see langword="null"/> if that is not written, and the node has to run again on resume. Where
    /// it is told how many items there are, what they are; <see langword="null"/> if that is known without, or cannot be written.
    /// </summary>
    public string? Output { get; init; }

    /// <summary>
    /// The same as pages show it, without secrets; <see langword="null"/> if that is not written, or the node gave nothing back.
    /// </summary>
    public string? ShownOutput { get; init; }

    /// <summary>Why the node, or its attempt, failed.</summary>
    public FailureKind? FailureKind { get; init; }

    /// <summary>What it failed with.</summary>
    public string? Message { get; init; }

    /// <summary>Where it failed, if that is known.</summary>
    public string? Position { get; init; }

    /// <summary>The line of the user's script there; <see langword="null"/> if it is not known.</summary>
    public string? SourceLine { get; init; }

    /// <summary>How the script came there; <see langword="null"/> if that is not known.</summary>
    public string? Stack { get; init; }

    /// <summary>How long the node waits for its next attempt.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Why the node was skipped.</summary>
    public SkipCause? SkipCause { get; init; }

    /// <summary>The node that decided that it was skipped, where one did.</summary>
    public string? SkippedBy { get; init; }

    /// <summary>Why the node skipped itself, in the user's words.</summary>
    public string? SkipReason { get; init; }

    /// <summary>Why the node was cancelled.</summary>
    public CancelCause? CancelCause { get; init; }

    /// <summary>The node whose failure made the run fail fast, when it was cancelled for that.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>Where the node was when it was stopped, for messages.</summary>
    public string? StoppedAt { get; init; }

    /// <summary>How the run ended.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>What an attempt that failed had written, in that order.</summary>
    public IReadOnlyList<JournalLogLine> Log { get; init; } = [];

    /// <summary>The nodes that are known now: those of the dag that the node is made of.</summary>
    public IReadOnlyList<JournalNode> Nodes { get; init; } = [];
}

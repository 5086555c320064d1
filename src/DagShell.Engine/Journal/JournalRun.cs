using System.Collections.ObjectModel;

namespace DagShell.Engine.Journal;

/// <summary>One run in a journal: the first, or one that resumed it.</summary>
/// <param name="Header">What the run began with.</param>
/// <param name="Records">What happened, in that order.</param>
public sealed record JournalRun(JournalHeader Header, IReadOnlyList<JournalRecord> Records)
{
    /// <summary>What nodes are told to come from that were done in it.</summary>
    public RunOrigin Origin { get; } = new(Header.RunId, Header.StartTime.LocalDateTime);

    /// <summary>
    /// What nodes that were done before gave back then, by name, as pages show it; without those of which it is not known.
    /// </summary>
    public IReadOnlyDictionary<string, string> RestoredOutputs { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What is told of it where a later run goes on with it.</summary>
    public EarlierRun AsEarlier => new(Header.RunId, Header.StartTime.LocalDateTime, End?.Status ?? RunStatus.Interrupted);

    /// <summary>The record of its end; <see langword="null"/> if it goes on, or was killed.</summary>
    public JournalRecord? End => Records.Count > 0 && Records[^1].Kind == JournalRecordKind.Ended ? Records[^1] : null;
}

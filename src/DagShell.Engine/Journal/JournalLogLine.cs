namespace DagShell.Engine.Journal;

/// <summary>A line that an attempt wrote which then failed.</summary>
/// <param name="Time">When.</param>
/// <param name="Stream">To which stream: its name.</param>
/// <param name="Text">What.</param>
public sealed record JournalLogLine(DateTimeOffset Time, string Stream, string Text);

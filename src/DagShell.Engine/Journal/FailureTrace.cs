namespace DagShell.Engine.Journal;

/// <summary>What helps to find where a node failed, beside the file and the line.</summary>
/// <param name="SourceLine">The line of the user's script; <see langword="null"/> if it is not known.</param>
/// <param name="Stack">How the script came there; <see langword="null"/> if that is not known.</param>
public readonly record struct FailureTrace(string? SourceLine, string? Stack);

namespace DagShell.Engine.Analysis;

/// <summary>What is to be said of how a node ended or stands, beside its state.</summary>
/// <param name="Message">What it failed with, or why it did not run.</param>
/// <param name="Position">Where in the user's files it failed.</param>
/// <param name="Stack">How its script came there.</param>
/// <param name="CancelReason">Why it was cancelled, if it was.</param>
public readonly record struct NodeEnding(string? Message, string? Position, string? Stack, string? CancelReason = null);

namespace DagShell.Engine.Analysis;

/// <summary>What is to be said of how a node ended or stands, beside its state.</summary>
/// <param name="Message">What it failed with, or why it did not run.</param>
/// <param name="Position">Where in the user's files it failed.</param>
/// <param name="Stack">How its script came there.</param>
/// <param name="CancelReason">Why it was cancelled, if it was.</param>
public readonly record struct NodeEnding(string? Message, string? Position, string? Stack, string? CancelReason = null)
{
    /// <summary>The line of the user's script at that place; <see langword="null"/> if it is not known.</summary>
    public string? SourceLine { get; init; }

    /// <summary>The last lines that its attempts said; <see langword="null"/> if none are known.</summary>
    public IReadOnlyList<string>? Log { get; init; }

    /// <summary>The text of its script; <see langword="null"/> if it is not known.</summary>
    public string? Script { get; init; }

    /// <summary>What it gave out, as text; <see langword="null"/> if that is not known, or nothing.</summary>
    public string? Output { get; init; }

    /// <summary>Of a node with items the first of those that failed; <see langword="null"/> if none did.</summary>
    public IReadOnlyList<ItemEnding>? FailedItems { get; init; }

    /// <summary>Whether it was done in an earlier run, and not run in this one.</summary>
    public bool IsRestored { get; init; }
}

using DagShell.Results;

namespace DagShell.Checkpoints;

/// <summary>
/// What nodes gave out, as pages show it, for a journal: without secrets, which nobody knows any more when a page is made of it, and no
/// more than a page has room for.
/// </summary>
/// <param name="withoutSecrets">Takes secrets out of a text.</param>
internal sealed class ShownOutputs(Func<string?, string?> withoutSecrets)
{
    /// <summary>Characters of all of them; what does not fit any more is left out.</summary>
    private const long MostText = 4_000_000;

    private long _left = MostText;

    /// <summary>The text of an output, as the engine hands it on; null if there is nothing to show, or no more room.</summary>
    public string? Of(object? output)
    {
        string? text = Interlocked.Read(ref _left) > 0 ? OutputSummary.Of(NodeOutput.ObjectsOf(output), withoutSecrets) : null;
        return text is not null && Interlocked.Add(ref _left, -text.Length) >= 0 ? text : null;
    }
}

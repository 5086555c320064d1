namespace DagShell.Scripts;

/// <summary>How many items a node may have: what gives more has most likely no end.</summary>
internal static class ItemLimit
{
    /// <summary>The most items.</summary>
    public const int Most = 1_000_000;
}

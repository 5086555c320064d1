namespace DagShell;

/// <summary>One edge of a dag: <paramref name="To"/> depends on <paramref name="From"/>.</summary>
/// <param name="From">The name of the dependency (upstream).</param>
/// <param name="To">The name of the dependent (downstream).</param>
public readonly record struct Edge(string From, string To)
{
    /// <summary>The edge as it is written in messages and help.</summary>
    /// <returns><c>From → To</c>.</returns>
    public override string ToString() => $"{From} → {To}";
}

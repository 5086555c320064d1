namespace DagShell;

/// <summary>One thing that is wrong with a graph.</summary>
/// <param name="Kind">What kind of problem it is.</param>
/// <param name="Nodes">
/// The names of the nodes concerned, as they were written. For a <see cref="GraphProblemKind.Cycle"/> its path, each
/// node the dependency of the next and the last one that of the first; for an
/// <see cref="GraphProblemKind.UnknownDependency"/> the name that is not there comes last. May be empty.
/// </param>
/// <param name="Message">What is wrong, and with which node: one line. How what is missing can be given is for the caller to say.</param>
public sealed record GraphProblem(GraphProblemKind Kind, IReadOnlyList<string> Nodes, string Message)
{
    /// <summary>The names of the nodes concerned; see the parameter. An array, which PowerShell can index.</summary>
    public IReadOnlyList<string> Nodes { get; } = Nodes.ToArray();

    /// <summary>The pool that has no limit, of an <see cref="GraphProblemKind.UnknownPool"/>.</summary>
    public string? Pool { get; init; }

    /// <summary>The message.</summary>
    /// <returns>The message.</returns>
    public override string ToString() => Message;
}

using System.Globalization;

namespace DagShell;

/// <summary>A graph is not a valid dag. The message lists every problem, one a line.</summary>
public sealed class InvalidDagException : Exception
{
    /// <summary>Makes the exception from what was found.</summary>
    /// <param name="problems">Every problem of the graph.</param>
    public InvalidDagException(IReadOnlyList<GraphProblem> problems)
        : base(Describe(problems))
    {
        // An array: PowerShell cannot index what the compiler makes of [..] for an interface.
        Problems = problems.ToArray();
    }

    /// <summary>Every problem of the graph.</summary>
    public IReadOnlyList<GraphProblem> Problems { get; }

    private static string Describe(IReadOnlyList<GraphProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        string first = string.Create(
            CultureInfo.InvariantCulture, $"The dag has {problems.Count:N0} {(problems.Count == 1 ? "problem" : "problems")}:");
        return string.Join('\n', problems.Select(problem => problem.Message).Prepend(first));
    }
}

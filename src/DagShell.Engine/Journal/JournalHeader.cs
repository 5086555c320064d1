namespace DagShell.Engine.Journal;

/// <summary>
/// What a journal says of a run at its beginning. One line, however many nodes there are, so that a journal whose process was
/// killed has all of it or nothing.
/// </summary>
public sealed record JournalHeader
{
    /// <summary>The run's id.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The dag's name, if it has one.</summary>
    public string? DagName { get; init; }

    /// <summary>What the dag is for, in the user's words.</summary>
    public string? Description { get; init; }

    /// <summary>How many attempts of each pool run at once.</summary>
    public IReadOnlyDictionary<string, int> PoolLimits { get; init; } = new Dictionary<string, int>();

    /// <summary>When the run started.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>The name of the machine that it runs on.</summary>
    public string? Host { get; init; }

    /// <summary>The process that it runs in there.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The most attempts that run at once.</summary>
    public required int ThrottleLimit { get; init; }

    /// <summary>Whether the run goes on with the one before it in the journal, instead of starting over.</summary>
    public bool IsResumed { get; init; }

    /// <summary>The line that goes on with the run, as its user would write it; <see langword="null"/> if that is not known.</summary>
    public string? ResumeCommand { get; init; }

    /// <summary>
    /// Goes into what definitions say of secrets, so that these cannot be looked up in a table of guesses. The same for all runs that
    /// resume one another; <see langword="null"/> if there are no secrets in any.
    /// </summary>
    public string? Salt { get; init; }

    /// <summary>
    /// The dag's nodes, in the order of definition; those that are no part of the run are <see cref="JournalNode.IsOutside"/>.
    /// </summary>
    public required IReadOnlyList<JournalNode> Nodes { get; init; }
}

namespace DagShell.Engine.Analysis;

/// <summary>A run at a moment, as pictures and reports see it; what it says does not change while one is made.</summary>
public sealed class RunSnapshot
{
    /// <summary>Makes a snapshot.</summary>
    /// <param name="history">How the run went, or stands.</param>
    /// <param name="endings">What is to be said of each node, by its index.</param>
    public RunSnapshot(RunHistory history, IReadOnlyList<NodeEnding> endings)
    {
        Figures = RunFigures.Of(history);
        Endings = endings;
    }

    /// <summary>The run's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The dag's name, if it has one.</summary>
    public string? Name { get; init; }

    /// <summary>What the dag is for.</summary>
    public string? Description { get; init; }

    /// <summary>The runs that this one goes on with, the newest first.</summary>
    public IReadOnlyList<EarlierRun> EarlierRuns { get; init; } = [];

    /// <summary>The command that goes on with the run; <see langword="null"/> if nothing can.</summary>
    public string? ResumeCommand { get; init; }

    /// <summary>Whether <see cref="NodeEnding.Log"/> lacks what attempts said that succeeded, which a journal does not keep.</summary>
    public bool LacksLogsOfSuccesses { get; init; }

    /// <summary>The run in figures.</summary>
    public RunFigures Figures { get; }

    /// <summary>How the run went.</summary>
    public RunHistory History => Figures.Run;

    /// <summary>What is to be said of how each node ended or stands, by its index.</summary>
    public IReadOnlyList<NodeEnding> Endings { get; }
}

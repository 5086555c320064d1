namespace DagShell;

/// <summary>A run that a later one goes on with.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StartTime">When it started, local time.</param>
/// <param name="Status">How it ended; <see cref="RunStatus.Interrupted"/> if its journal does not say.</param>
public sealed record EarlierRun(Guid Id, DateTime StartTime, RunStatus Status);

namespace DagShell.Engine.Running;

/// <summary>What an attempt waited for before it was granted its slot.</summary>
/// <param name="ReadyTime">When its node was first ready.</param>
/// <param name="WaitedFrom">Since when it waited for a slot or its pool; <see langword="null"/> if it did not.</param>
/// <param name="ParkedTime">When there was no place in its pool; <see langword="null"/> if there was one.</param>
/// <param name="UnparkedTime">When there was one again.</param>
internal readonly record struct AttemptTurn(
    DateTimeOffset? ReadyTime, DateTimeOffset? WaitedFrom, DateTimeOffset? ParkedTime, DateTimeOffset? UnparkedTime);

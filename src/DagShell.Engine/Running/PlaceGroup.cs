namespace DagShell.Engine.Running;

/// <summary>
/// Places to run besides this process, such as sessions on other machines. Each is a slot that the throttle limit does not count, and
/// they come and go while the run goes on: the runner says so.
/// </summary>
public sealed class PlaceGroup
{
    /// <summary>Makes a group, which has no place yet.</summary>
    /// <param name="limit">The most places that it has at a time, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less.</exception>
    public PlaceGroup(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Limit = limit;
    }

    /// <summary>The most places that it has at a time.</summary>
    public int Limit { get; }

    /// <summary>
    /// Called when ready nodes find no free place: how many they are, the scheduler tells. On any thread, and
    /// never while the engine holds its lock.
    /// </summary>
    public Action? PlaceWanted { get; init; }
}

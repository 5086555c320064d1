using DagShell.Engine.Running;

namespace DagShell.Sessions;

/// <summary>The places of a run, other than this process.</summary>
/// <param name="Usual">Where nodes run whose pool has no places of its own; null for this process.</param>
/// <param name="ByPool">Where the nodes of pools run.</param>
internal sealed record SessionTable(SessionPlaces? Usual, IReadOnlyDictionary<string, SessionPlaces> ByPool)
{
    /// <summary>Tells the engine of them.</summary>
    public RunOptions AddTo(RunOptions options) => options with
    {
        Places = Usual?.Group,
        PoolPlaces = ByPool.ToDictionary(pool => pool.Key, pool => pool.Value.Group, StringComparer.OrdinalIgnoreCase),
    };
}

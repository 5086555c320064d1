namespace DagShell.Engine.Running;

/// <summary>How a plan is to be run.</summary>
public sealed record RunOptions
{
    /// <summary>The run's id, for its spans; a new one if none is given.</summary>
    public Guid RunId { get; init; } = Guid.NewGuid();

    /// <summary>The dag's name, for its spans, if it has one.</summary>
    public string? DagName { get; init; }

    /// <summary>The most attempts that run at once, 1 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public int ThrottleLimit
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 5;

    /// <summary>
    /// Where nodes run, other than those of <see cref="PoolPlaces"/>; <see langword="null"/> for this process, under the throttle limit.
    /// </summary>
    public PlaceGroup? Places { get; init; }

    /// <summary>For pools, by name, where their nodes run.</summary>
    public IReadOnlyDictionary<string, PlaceGroup> PoolPlaces { get; init; } = new Dictionary<string, PlaceGroup>();

    /// <summary>For pools, by name, how many of their attempts may start in a time; each rate holds by itself.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PoolRate>> PoolRates
    {
        get;
        init => field = new Dictionary<string, IReadOnlyList<PoolRate>>(value, StringComparer.OrdinalIgnoreCase);
    } = new Dictionary<string, IReadOnlyList<PoolRate>>();

    /// <summary>How many attempts may run at once at most: under the throttle limit, and in the places.</summary>
    public int Width
    {
        get
        {
            long width = PoolPlaces.Values.Append(Places).OfType<PlaceGroup>().Distinct().Sum(group => (long)group.Limit);
            return (int)Math.Min(int.MaxValue, width + (Places is null ? ThrottleLimit : 0));
        }
    }

    /// <summary>Whether nothing but clean-up starts any more once a node has finally failed.</summary>
    public bool FailFast { get; init; }

    /// <summary>How long the run may take until it is cut short; <see langword="null"/> for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// How long clean-up may take after the run's timeout or a stop, zero for none; <see langword="null"/> for
    /// <see cref="RunTimes.CleanUpAfterTimeout"/> and <see cref="RunTimes.CleanUpAfterStop"/>.
    /// </summary>
    public TimeSpan? CleanUpTimeout { get; init; }

    /// <summary>The clock of every delay, timeout and time stamp.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Random numbers from 0 to 1, for the jitter of retry delays; <see langword="null"/> for the usual source.</summary>
    public Func<double>? Randomizer { get; init; }

    /// <summary>
    /// Keeps a record of the run: a node that succeeded is done, and its dependents start, only when its record is kept.
    /// <see langword="null"/> for none.
    /// </summary>
    public IRunJournal? Journal { get; init; }

    /// <summary>
    /// Nodes that succeeded in an earlier run and are not run again, by index, with what they gave back, those with items
    /// <see cref="RestoredItems"/>. All that such a node depends on must be among them.
    /// </summary>
    public IReadOnlyDictionary<int, object?> Restored { get; init; } = new Dictionary<int, object?>();

    /// <summary>The run that each of them, and of <see cref="RestoredFailures"/>, comes from, by index.</summary>
    public IReadOnlyDictionary<int, RunOrigin> Origins { get; init; } = new Dictionary<int, RunOrigin>();

    /// <summary>
    /// Nodes that failed in an earlier run, by index, and are not run again because a fallback that is restored stands for them.
    /// </summary>
    public IReadOnlySet<int> RestoredFailures { get; init; } = new HashSet<int>();
}

using DagShell.Engine.Graph;

namespace DagShell.Engine.Planning;

/// <summary>
/// Looks for an order of start that ends sooner than the one by remaining path, for a throttle limit and known durations.
/// </summary>
/// <remarks>
/// <para>
/// Orders are played through in virtual time: the one by remaining path, first come first served, and a few by shuffled
/// remaining paths. Each is made better by playing it backward and forward again: a node's place in the backward run says
/// how long it can be put off when there are only so many slots, where its remaining path says so for as many as one
/// likes. (Project scheduling knows this as forward-backward improvement.)
/// </para>
/// <para>
/// Of the best orders the one is taken that is good with durations a little off, too. The order by remaining path stays
/// where no other one is shorter by more than a trifle. Chance is the same every time, so a graph always gets the same order.
/// </para>
/// </remarks>
internal sealed class StartOrderSearch
{
    private const int Seed = 1;

    // One part in so many is not worth an order that nobody would expect.
    private const int Trifle = 2_000;

    // How much an estimate is off, at most, in the runs that tell which order stands that best.
    private const double Error = 0.5;

    private static readonly double[] ShuffleStrengths = [0.05, 0.2, 0.5, 1];

    private readonly DagGraph _graph;
    private readonly long[] _ticks;
    private readonly long _goodEnough;
    private readonly SimulatedRun _forward;
    private readonly SearchEffort _effort;
    private readonly bool _hasPriorities;
    private readonly int[] _reversed;
    private readonly Random _random = new(Seed);
    private readonly List<Candidate> _candidates = [];
    private readonly Lazy<SimulatedRun> _backward;
    private long _shortest = long.MaxValue;

    private StartOrderSearch(DagGraph graph, long[] ticks, long lowerBound, int throttleLimit)
    {
        _graph = graph;
        _ticks = ticks;
        _goodEnough = lowerBound < long.MaxValue / 2 ? lowerBound + (lowerBound / Trifle) : lowerBound;
        _forward = new SimulatedRun(graph, throttleLimit, isBackward: false);
        _backward = new Lazy<SimulatedRun>(() => new SimulatedRun(graph, throttleLimit, isBackward: true));
        _effort = SearchEffort.For(graph);
        _hasPriorities = StartOrder.HasPriorities(graph);
        _reversed = new int[graph.Count];
    }

    /// <summary>Finds the order.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="ticks">How long each node takes.</param>
    /// <param name="remainingTicks">The remaining path of each node.</param>
    /// <param name="byRemainingPath">The order by priority and remaining path.</param>
    /// <param name="throttleLimit">How many nodes run at once at most.</param>
    /// <returns>All nodes, the one first that starts before all others when it is ready.</returns>
    public static int[] Find(DagGraph graph, long[] ticks, long[] remainingTicks, int[] byRemainingPath, int throttleLimit)
    {
        StartOrderSearch search = new(graph, ticks, LowerBound.Of(graph, ticks, remainingTicks.Max(), throttleLimit), throttleLimit);
        return search.Find(remainingTicks, byRemainingPath);
    }

    private int[] Find(long[] remainingTicks, int[] byRemainingPath)
    {
        long usual = Improve(byRemainingPath);
        if (usual <= _goodEnough)
        {
            return byRemainingPath;
        }

        long firstCome = _forward.Play(_ticks, order: null);
        Improve(WithinPriorities(_forward.StartOrder));
        for (int i = 0; i < _effort.Shuffles && _shortest > _goodEnough; i++)
        {
            Improve(Shuffle(remainingTicks, ShuffleStrengths[i % ShuffleStrengths.Length]));
        }

        return _shortest >= usual - (usual / Trifle) ? byRemainingPath : MostRobust(Math.Max(_shortest, Math.Min(usual, firstCome)));
    }

    /// <summary>Plays an order, and what comes of it by playing it backward and forward again.</summary>
    /// <returns>The makespan of the order as it was given.</returns>
    private long Improve(int[] order)
    {
        long given = Try(order);
        for (int i = 0; i < _effort.Improvements && _shortest > _goodEnough; i++)
        {
            Reverse(_forward.EndOrder, _reversed);
            _backward.Value.Play(_ticks, _reversed);
            Reverse(_backward.Value.EndOrder, _reversed);
            Try(WithinPriorities(_reversed));
        }

        return given;
    }

    private long Try(int[] order)
    {
        long makespan = _forward.Play(_ticks, order);
        _candidates.Add(new Candidate(order, makespan));
        _shortest = Math.Min(_shortest, makespan);
        return makespan;
    }

    private int[] Shuffle(long[] remainingTicks, double strength) =>
        StartOrder.Sort(_graph, Array.ConvertAll(remainingTicks, ticks => Scale(ticks, strength)));

    /// <summary>Of the shortest orders the one with the least makespan over durations as estimated and such as are a little off.</summary>
    private int[] MostRobust(long limit)
    {
        // The usual order, found first, is among them if it can be. The sort is stable: of orders as long the plainer come first.
        List<Candidate> finalists =
        [
            .. _candidates.Take(1).Where(candidate => candidate.Makespan <= limit),
            .. _candidates.Skip(1).Where(candidate => candidate.Makespan <= limit).OrderBy(candidate => candidate.Makespan)
                .Take(_effort.Finalists),
        ];
        double[] scores = [.. finalists.Select(candidate => (double)candidate.Makespan * _effort.Scenarios)];
        for (int scenario = 0; scenario < _effort.Scenarios; scenario++)
        {
            long[] ticks = Array.ConvertAll(_ticks, estimate => Scale(estimate, Error));
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] += _forward.Play(ticks, finalists[i].Order);
            }
        }

        return finalists[Array.IndexOf(scores, scores.Min())].Order;
    }

    private long Scale(long ticks, double strength)
    {
        double scaled = ticks * (1 + (strength * ((2 * _random.NextDouble()) - 1)));
        return scaled >= long.MaxValue ? long.MaxValue : (long)scaled;
    }

    /// <summary>A copy of an order, in which priority goes first.</summary>
    private int[] WithinPriorities(int[] order)
    {
        if (!_hasPriorities)
        {
            return [.. order];
        }

        long[] keys = new long[order.Length];
        for (int place = 0; place < order.Length; place++)
        {
            keys[order[place]] = order.Length - place;
        }

        return StartOrder.Sort(_graph, keys);
    }

    private static void Reverse(int[] source, int[] target)
    {
        source.CopyTo(target, 0);
        Array.Reverse(target);
    }

    private readonly record struct Candidate(int[] Order, long Makespan);
}

using System.Diagnostics;
using System.Globalization;
using DagShell.Benchmarks.Harness;
using DagShell.Engine.Graph;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;

namespace DagShell.Benchmarks.Engine;

/// <summary>
/// The engine's share where nodes run in places besides this process: a thousand sessions that answer at once, and, in virtual time, a
/// million nodes on ten thousand places of which a tenth is lost on the way.
/// </summary>
internal static class PlacesSuite
{
    private const int Sessions = 1_000;
    private const int Places = 10_000;

    public static void Run(BenchmarkOptions options)
    {
        int rounds = options.IsQuick ? 3 : 9;
        int nodes = options.IsQuick ? 50_000 : 200_000;
        DagPlan plan = Plan(nodes);
        Rounds measured = Rounds.Measure(rounds, warmUps: 1,
        [
            new Contender("sessions", () => RunOnSessions(plan, Sessions) / nodes),
            new Contender("here", () => RunHere(plan) / nodes),
        ]);
        Table table = new("trivial nodes, µs a node", "median", "lowest", "limit");
        table.Add(
            $"{nodes:N0} on {Sessions:N0} sessions that answer at once", Figures.Short(measured.Median("sessions")),
            Figures.Short(measured.Lowest("sessions")), "50");
        table.Add(
            "the same on 8 workers of this process", Figures.Short(measured.Median("here")), Figures.Short(measured.Lowest("here")),
            string.Empty);
        table.Print();

        int many = options.IsQuick ? 100_000 : 1_000_000;
        DagPlan large = Plan(many);
        long start = Stopwatch.GetTimestamp();
        (double makespan, double ideal, int lost) = VirtualPlaces.Run(large, Places);
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"In virtual time {many:N0} nodes of 30 to 90 s on {Places:N0} places, {lost:N0} of them lost on the way: {makespan:N0} s, "
                + $"ideal {ideal:N0} s; "
                + $"played through in {took:0.0} s, {took * 1e6 / many:0.00} µs a node."));
    }

    private static DagPlan Plan(int count) =>
        DagPlan.Create(DagGraph.Create(LayeredGraph.Create(count, seed: 0), [], new Dictionary<string, int>()));

    private static double RunHere(DagPlan plan)
    {
        using NoOpRunner runner = new(8);
        return Time(new Scheduler(plan, runner, new RunOptions { ThrottleLimit = 8 }), static _ => { });
    }

    private static double RunOnSessions(DagPlan plan, int sessions)
    {
        PlaceGroup group = new(sessions);
        Scheduler scheduler = new(plan, new AnsweringRunner(), new RunOptions { ThrottleLimit = 1, Places = group });
        return Time(scheduler, scheduler => scheduler.AddPlaces(group, sessions));
    }

    private static double Time(Scheduler scheduler, Action<Scheduler> begin)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        begin(scheduler);
        scheduler.Start();
        scheduler.Completion.Wait();
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return scheduler.Completion.Result == RunStatus.Succeeded ? time : throw new InvalidOperationException("The run failed.");
    }

    /// <summary>Answers each attempt on a thread of the pool, as sessions do.</summary>
    private sealed class AnsweringRunner : INodeRunner
    {
        public void Start(NodeAttempt attempt) => ThreadPool.UnsafeQueueUserWorkItem(
            static attempt => attempt.Complete(AttemptOutcome.Succeeded(null)), attempt, preferLocal: false);

        public void Abandon(NodeAttempt attempt)
        {
        }
    }

    /// <summary>Places in virtual time: an attempt takes as long as its node is said to, and nothing else takes any.</summary>
    private sealed class VirtualPlaces : INodeRunner
    {
        private readonly PriorityQueue<(NodeAttempt Attempt, bool IsLost), double> _running = new();
        private readonly Random _random = new(7);
        private readonly double[] _durations;
        private double _now;
        private double _timeOfLost;
        private int _toLose;

        private VirtualPlaces(int nodes, int toLose)
        {
            _durations = new double[nodes];
            for (int node = 0; node < nodes; node++)
            {
                _durations[node] = 30 + (60 * _random.NextDouble());
            }

            _toLose = toLose;
        }

        public static (double Makespan, double Ideal, int Lost) Run(DagPlan plan, int places)
        {
            int lost = places / 10;
            VirtualPlaces run = new(plan.Graph.Count, lost);
            PlaceGroup group = new(places);
            Scheduler scheduler = new(plan, run, new RunOptions { ThrottleLimit = 1, Places = group });
            scheduler.AddPlaces(group, places);
            scheduler.Start();
            while (run._running.TryDequeue(out var next, out double end))
            {
                run._now = end;
                if (next.IsLost)
                {
                    run._timeOfLost += end;
                    scheduler.LosePlace(group);
                    next.Attempt.Complete(AttemptOutcome.Lost);
                }
                else
                {
                    next.Attempt.Complete(AttemptOutcome.Succeeded(null));
                }
            }

            return scheduler.Counts.Succeeded == plan.Graph.Count
                ? (run._now, run.Ideal(plan.Graph, places, lost - run._toLose), lost - run._toLose)
                : throw new InvalidOperationException("The run did not succeed.");
        }

        public void Start(NodeAttempt attempt)
        {
            double duration = _durations[attempt.Index];
            bool isLost = _toLose > 0 && _random.Next(20) == 0;
            _toLose -= isLost ? 1 : 0;
            _running.Enqueue((attempt, isLost), _now + (isLost ? duration / 2 : duration));
        }

        public void Abandon(NodeAttempt attempt)
        {
        }

        /// <summary>
        /// What no schedule can be shorter than: the longest path, and the work shared by all places, of which those that are lost take
        /// part for as long as they are there.
        /// </summary>
        private double Ideal(DagGraph graph, int places, int lost)
        {
            double[] ends = new double[graph.Count];
            foreach (int node in graph.TopologicalOrder)
            {
                foreach (int dependency in graph.Upstream(node))
                {
                    ends[node] = Math.Max(ends[node], ends[dependency]);
                }

                ends[node] += _durations[node];
            }

            return Math.Max(ends.Max(), (_durations.Sum() - _timeOfLost) / (places - lost));
        }
    }
}

using DagShell.Engine.Running;

namespace DagShell.Engine.Tests.Running.Harness;

/// <summary>Does what scripts say: the first start of a node is its first step, and so on; the last step is repeated.</summary>
internal sealed class FakeRunner : INodeRunner
{
    private readonly TimeProvider _clock;
    private readonly RunLog _log;
    private readonly Dictionary<(int Node, int Item), IReadOnlyList<Step>> _scripts = [];
    private readonly Dictionary<string, IReadOnlyList<Step>> _scriptsByName = [];
    private readonly Dictionary<(int Node, int Item), int> _starts = [];
    private readonly Dictionary<NodeAttempt, Action<AttemptOutcome>> _running = [];

    public FakeRunner(TimeProvider clock, RunLog log)
    {
        _clock = clock;
        _log = log;
    }

    /// <summary>Called at the beginning of every start.</summary>
    public Action<NodeAttempt>? OnStart { get; set; }

    /// <summary>Called when an attempt is given up.</summary>
    public Action<NodeAttempt>? OnAbandon { get; set; }

    /// <summary>How long it takes to begin.</summary>
    public TimeSpan StartUpTime { get; set; }

    /// <summary>What nodes do that have no script.</summary>
    public Step DefaultStep { get; set; } = Step.Succeed();

    /// <summary>Sets what a node does, or one of its items; what has no script of its own does the default.</summary>
    public void Script(int node, IReadOnlyList<Step> steps, int item = -1) => _scripts.Add((node, item), steps);

    /// <summary>Sets what a node does that is not known yet.</summary>
    public void Script(string node, IReadOnlyList<Step> steps) => _scriptsByName.Add(node, steps);

    public void Start(NodeAttempt attempt)
    {
        _log.Started(attempt);
        OnStart?.Invoke(attempt);
        if (StartUpTime == TimeSpan.Zero)
        {
            attempt.Begin();
        }
        else
        {
            After(StartUpTime, attempt.Begin);
        }

        Step step = NextStep((attempt.Index, attempt.Item), attempt.Node.Name);
        if (step.Throws is { } exception)
        {
            _log.Ended(attempt);
            throw exception;
        }

        int ended = 0;
        if (step.Duration == TimeSpan.Zero)
        {
            End(step.Outcome);
            return;
        }

        lock (_running)
        {
            _running.Add(attempt, End);
        }

        After(step.Duration, () => End(step.Outcome));
        attempt.StopToken.UnsafeRegister(_ => Stop(), null);

        void Stop()
        {
            _log.AskedToStop(attempt);
            if (step.StopsAfter == TimeSpan.Zero)
            {
                End(AttemptOutcome.Stopped);
            }
            else if (step.StopsAfter is { } delay)
            {
                After(delay, () => End(AttemptOutcome.Stopped));
            }
        }

        // The log comes first: what counts is that the work has ended, and completing the attempt starts the next one.
        void End(AttemptOutcome outcome)
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
            {
                lock (_running)
                {
                    _running.Remove(attempt);
                }

                _log.Ended(attempt);
                _log.Reported(attempt, outcome, attempt.Complete(outcome));
            }
        }
    }

    /// <summary>The attempts under way.</summary>
    public IReadOnlyList<NodeAttempt> Running
    {
        get
        {
            lock (_running)
            {
                return [.. _running.Keys];
            }
        }
    }

    /// <summary>Has an attempt that is under way end at once.</summary>
    public void End(NodeAttempt attempt, AttemptOutcome outcome) => _running[attempt](outcome);

    public void Abandon(NodeAttempt attempt)
    {
        _log.Abandoned(attempt);
        OnAbandon?.Invoke(attempt);
    }

    private void After(TimeSpan delay, Action action) =>
        _clock.CreateTimer(static state => ((Action)state!)(), action, delay, Timeout.InfiniteTimeSpan);

    private Step NextStep((int Node, int Item) work, string name)
    {
        lock (_starts)
        {
            int start = _starts.GetValueOrDefault(work);
            _starts[work] = start + 1;
            return _scripts.TryGetValue(work, out IReadOnlyList<Step>? steps) || _scriptsByName.TryGetValue(name, out steps)
                ? steps[Math.Min(start, steps.Count - 1)] : DefaultStep;
        }
    }
}

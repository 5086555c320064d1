using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Engine.Tests.Running.Harness;

namespace DagShell.Engine.Tests.Running.Model;

/// <summary>
/// What section 3 of the design says a run must do, in the plainest way: one thing happens after the other, and after each
/// all nodes are looked at anew. Slow, and shares nothing with the engine but the nodes and their dependencies.
/// </summary>
internal sealed class ReferenceRun
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Scenario _scenario;
    private readonly DagGraph _graph;
    private readonly ReferenceNode[][] _awaited;
    private readonly List<ReferenceNode> _order = [];
    private readonly TimeSpan[] _remainingPath;
    private TimeSpan _now;
    private TimeSpan? _timeout;
    private TimeSpan? _stopAt;
    private bool _onlyCleanUpStarts;
    private bool _nothingStarts;
    private bool _wasStopped;
    private bool _isStopped;
    private TimeSpan? _cleanUpEnd;

    private ReferenceRun(Scenario scenario)
    {
        _scenario = scenario;
        _graph = scenario.Graph;
        _timeout = scenario.Timeout;
        _stopAt = scenario.StopAt;
        Nodes = [.. Enumerable.Range(0, _graph.Count).Select(i => new ReferenceNode { Index = i, Node = _graph[i] })];
        ReferenceRelations relations = new(scenario.Whole);
        _awaited = [.. Nodes.Select(node => relations.AwaitedBy(node.Node.Name).Select(Find).OfType<ReferenceNode>().ToArray())];
        HashSet<int> ordered = [];
        foreach (ReferenceNode node in Nodes)
        {
            AddInOrder(node, ordered);
        }

        _remainingPath = new TimeSpan[_graph.Count];
        foreach (ReferenceNode node in Enumerable.Reverse(_order))
        {
            TimeSpan own = node.Node.EstimatedDuration ?? TimeSpan.FromSeconds(1);
            _remainingPath[node.Index] += node.Node.FallbackFor is null ? own : TimeSpan.Zero;
            foreach (ReferenceNode before in _awaited[node.Index])
            {
                _remainingPath[before.Index] = Later(_remainingPath[before.Index], _remainingPath[node.Index]);
            }
        }
    }

    public IReadOnlyList<ReferenceNode> Nodes { get; }

    /// <summary>The nodes, and the items of those that have been asked for them.</summary>
    private IEnumerable<ReferenceNode> Work => Nodes.SelectMany(node => (node.Items ?? []).Prepend(node));

    /// <summary>Whether two things happened at the same moment, so that their order, and what follows from it, is open.</summary>
    public bool IsAmbiguous { get; private set; }

    public RunStatus Status =>
        _isStopped ? RunStatus.Cancelled
        : Nodes.Any(node => IsDecided(node) && Failed(node)) ? RunStatus.Failed
        : _wasStopped ? RunStatus.Cancelled
        : RunStatus.Succeeded;

    public static ReferenceRun Of(Scenario scenario)
    {
        ReferenceRun run = new(scenario);
        run.SettlePending();
        run.StartReady();
        while (run.Nodes.Any(node => !node.IsFinal))
        {
            run.GoToNextEvent();
            run.SettlePending();
            run.StrikeIfFailed();
            run.StartReady();
        }

        return run;
    }

    /// <summary>Each node after all that it waits for.</summary>
    private void AddInOrder(ReferenceNode node, HashSet<int> seen)
    {
        if (seen.Add(node.Index))
        {
            foreach (ReferenceNode before in _awaited[node.Index])
            {
                AddInOrder(before, seen);
            }

            _order.Add(node);
        }
    }

    private void GoToNextEvent()
    {
        List<(TimeSpan Time, Action Happens, bool IsGivingUp)> events = [];
        if (_timeout is { } timeout)
        {
            events.Add((timeout, TimeOut, false));
        }

        if (_stopAt is { } stopAt)
        {
            events.Add((stopAt, Stop, false));
        }

        if (_cleanUpEnd is { } end)
        {
            events.Add((end, EndCleanUp, false));
        }

        foreach (ReferenceNode node in Work)
        {
            if (node.State == NodeState.Waiting)
            {
                events.Add((node.WaitsUntil, () => node.State = NodeState.Ready, false));
            }
            else if (node.HasSlot)
            {
                events.Add((node.AttemptStart + node.Step!.Duration, () => End(node, node.Step.Outcome), false));
                if (node.AskedToStopAt is not { } asked)
                {
                    if (node.Node.Timeout is { } limit)
                    {
                        events.Add((node.AttemptStart + limit, () => node.AskedToStopAt = _now, false));
                    }

                    continue;
                }

                events.Add((asked + Grace, () => EndStopped(node, wasGivenUp: true), true));
                if (node.Step.StopsAfter is { } stopsAfter)
                {
                    events.Add((asked + stopsAfter, () => EndStopped(node, wasGivenUp: false), false));
                }
            }
        }

        _now = events.Min(e => e.Time);
        var now = events.Where(e => e.Time == _now).ToList();

        // When nothing starts any more it makes no difference in which order attempts are given up.
        IsAmbiguous |= now.Count > 1 && !(_nothingStarts && now.All(e => e.IsGivingUp));
        now[0].Happens();
    }

    private void TimeOut()
    {
        _timeout = null;

        // A run that was stopped has no time left to run out of.
        if (!_wasStopped)
        {
            CutShort(TimeSpan.FromMinutes(5));
        }
    }

    private void Stop()
    {
        _stopAt = null;
        _isStopped = true;
        CutShort(TimeSpan.FromSeconds(10));
    }

    private void CutShort(TimeSpan cleanUpTime)
    {
        _wasStopped = true;
        cleanUpTime = _scenario.CleanUpTimeout ?? cleanUpTime;
        _cleanUpEnd = Earlier(_cleanUpEnd, _now + cleanUpTime);
        _onlyCleanUpStarts = true;
        AskToStop(node => !IsCleanUp(node));
        CancelWhatMayNotStart();
        if (cleanUpTime == TimeSpan.Zero)
        {
            EndCleanUp();
        }
    }

    private void EndCleanUp()
    {
        _cleanUpEnd = null;
        _nothingStarts = true;
        AskToStop(_ => true);
        CancelWhatMayNotStart();
    }

    private void AskToStop(Func<ReferenceNode, bool> which)
    {
        foreach (ReferenceNode node in Work.Where(node => node.HasSlot && which(node)))
        {
            node.AskedToStopAt ??= _now;
            node.IsStoppedByRun = true;
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private TimeSpan? Earlier(TimeSpan? one, TimeSpan other) => _nothingStarts ? null : one < other ? one : other;

    /// <summary>The attempt stopped when asked, or was given up.</summary>
    private void EndStopped(ReferenceNode node, bool wasGivenUp)
    {
        node.Attempts++;
        if (node.IsStoppedByRun)
        {
            Finish(node, NodeState.Cancelled);
        }
        else
        {
            RetryOrFail(node, canRetry: !wasGivenUp);
        }
    }

    /// <summary>The attempt ended by itself.</summary>
    private void End(ReferenceNode node, AttemptOutcome outcome)
    {
        if (outcome.Failure is { Kind: FailureKind.PreconditionNotMet })
        {
            PollOrFail(node);
            return;
        }

        node.Attempts += outcome.Kind == AttemptOutcomeKind.ConditionFalse ? 0 : 1;
        if (outcome.Items is { } values)
        {
            BeginItems(node, values.Count);
            return;
        }

        if (outcome.Failure is { } failure)
        {
            RetryOrFail(node, failure.CanRetry);
        }
        else
        {
            Finish(node, outcome.Kind == AttemptOutcomeKind.Succeeded ? NodeState.Succeeded : NodeState.Skipped);
        }
    }

    private void PollOrFail(ReferenceNode node)
    {
        TimeSpan left = node.Node.PreconditionTimeout is { } limit ? node.FirstPoll!.Value + limit - _now : TimeSpan.Zero;
        if (left <= TimeSpan.Zero)
        {
            Finish(node, NodeState.Failed);
        }
        else if (!MayStart(node))
        {
            Finish(node, NodeState.Cancelled);
        }
        else
        {
            // Timers count whole milliseconds.
            TimeSpan wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            Wait(node, wait < PollInterval ? wait : PollInterval);
        }
    }

    private void RetryOrFail(ReferenceNode node, bool canRetry)
    {
        if (!canRetry || node.Retries >= (node.Node.Retry?.Count ?? 0) || !MayStart(node))
        {
            Finish(node, NodeState.Failed);
            return;
        }

        RetryPolicy policy = node.Node.Retry!;
        TimeSpan delay = policy.Delay * (policy.Backoff switch
        {
            RetryBackoff.Linear => node.Retries + 1,
            RetryBackoff.Exponential => 1 << node.Retries,
            _ => 1,
        });
        node.Retries++;
        node.FirstPoll = null;
        Wait(node, delay > policy.MaxDelay ? policy.MaxDelay.Value : delay);
    }

    private void Wait(ReferenceNode node, TimeSpan delay)
    {
        node.State = delay == TimeSpan.Zero ? NodeState.Ready : NodeState.Waiting;
        node.WaitsUntil = _now + delay;
    }

    private void Finish(ReferenceNode node, NodeState state)
    {
        node.State = state;
        node.EndTime = _now;
        if (node.Parent is { } parent)
        {
            EndIfDone(parent);
        }

        StrikeIfFailed();
    }

    private void BeginItems(ReferenceNode node, int count)
    {
        node.Step = null;
        node.Items = [.. Enumerable.Range(0, count).Select(item => new ReferenceNode
        {
            Index = node.Index, Node = node.Node, Parent = node, Item = item, State = NodeState.Ready,
        })];
        CancelWhatMayNotStart();
        EndIfDone(node);
    }

    /// <summary>A mapped node ends when its last item has.</summary>
    private void EndIfDone(ReferenceNode node)
    {
        if (node is { State: NodeState.Running, Items: { } items } && items.All(item => item.IsFinal))
        {
            Finish(node, items.Any(item => item.State == NodeState.Failed) ? NodeState.Failed
                : items.Any(item => item.State == NodeState.Cancelled) ? NodeState.Cancelled : NodeState.Succeeded);
        }
    }

    /// <summary>An item that has failed will fail its node, unless a fallback may stand for that.</summary>
    private bool IsDoomed(ReferenceNode node) =>
        node.Items?.Any(item => item.State == NodeState.Failed) == true && !MayFail(node) && Fallback(node) is null;

    /// <summary>Fail-fast strikes when it is clear that a node has failed, and that no fallback stands for it.</summary>
    private void StrikeIfFailed()
    {
        if (_scenario.FailFast && !_onlyCleanUpStarts)
        {
            SettlePending();
            if (Nodes.Any(node => (IsDecided(node) && Failed(node)) || IsDoomed(node)))
            {
                _onlyCleanUpStarts = true;
                CancelWhatMayNotStart();
            }
        }
    }

    private void CancelWhatMayNotStart()
    {
        foreach (ReferenceNode node in Work.Where(node => !node.IsFinal && node.State != NodeState.Running && !MayStart(node)).ToList())
        {
            node.State = NodeState.Cancelled;
            node.EndTime = _now;
        }

        foreach (ReferenceNode node in Nodes)
        {
            EndIfDone(node);
        }
    }

    private bool MayStart(ReferenceNode node) => !_nothingStarts && (!_onlyCleanUpStarts || IsCleanUp(node));

    // Clean-up: by its rule, of others, or all it comes after is.
    private bool IsCleanUp(ReferenceNode node)
    {
        ReferenceNode[] before = [.. Dependencies(node), .. Primary(node) is { } primary ? [primary] : Array.Empty<ReferenceNode>()];
        return node.Node.TriggerRule is TriggerRule.AllDone or TriggerRule.AnyFailed
            || node.Node.CleanUpOf.Count > 0
            || (before.Length > 0 && before.All(IsCleanUp));
    }

    private ReferenceNode[] Dependencies(ReferenceNode node) =>
        [.. _graph.Upstream(node.Index).ToArray().Select(dependency => Nodes[dependency])];

    /// <summary>The node of a name; null where it is not in this part of the dag.</summary>
    private ReferenceNode? Find(string name) =>
        Nodes.SingleOrDefault(node => node.Node.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a node is the fallback for.</summary>
    private ReferenceNode? Primary(ReferenceNode node) => node.Node.FallbackFor is { } name ? Find(name) : null;

    private IEnumerable<ReferenceNode> SetUps(ReferenceNode cleanUp) => cleanUp.Node.CleanUpOf.Select(Find).OfType<ReferenceNode>();

    private ReferenceNode? Fallback(ReferenceNode node) =>
        Nodes.SingleOrDefault(other => node.Node.Name.Equals(other.Node.FallbackFor, StringComparison.OrdinalIgnoreCase));

    private bool MayFail(ReferenceNode node) => node.Node.ContinueOnError || (Primary(node) is { } primary && MayFail(primary));

    /// <summary>Whether it is clear how the node, with its fallbacks, ended.</summary>
    private bool IsDecided(ReferenceNode node) =>
        node.IsFinal && (node.State != NodeState.Failed || Fallback(node) is not { } fallback || IsDecided(fallback));

    /// <summary>Whether the node, or a fallback for it, succeeded.</summary>
    private bool IsWell(ReferenceNode node) =>
        node.State == NodeState.Succeeded || (node.State == NodeState.Failed && Fallback(node) is { } fallback && IsWell(fallback));

    private bool Failed(ReferenceNode node) => node.State == NodeState.Failed && !IsWell(node) && !MayFail(node);

    private bool CountsAsSucceeded(ReferenceNode node) => IsWell(node) || (node.State == NodeState.Failed && MayFail(node));

    private bool CountsAsFailed(ReferenceNode node) => Failed(node)
        || (node.State == NodeState.Skipped && node.IsSkippedByFailure)
        || (node.State == NodeState.Cancelled && node.StartTime is not null && !MayFail(node));

    /// <summary>Whether a node's work has been started, or that of a fallback for it: then there is something to clean up.</summary>
    private bool HasBegun(ReferenceNode node) =>
        (node.Node.IsMapped ? node.Items?.Any(item => item.Attempts > 0) == true : node.Attempts > 0)
        || (Fallback(node) is { } fallback && HasBegun(fallback));

    /// <summary>Makes pending nodes ready, or skips them, until there is nothing to change.</summary>
    private void SettlePending()
    {
        bool hasChanged = true;
        while (hasChanged)
        {
            hasChanged = false;
            foreach (ReferenceNode node in _order.Where(node => node.State == NodeState.Pending))
            {
                node.State = Judge(node);
                node.EndTime = _now;
                hasChanged |= node.State != NodeState.Pending;
            }
        }
    }

    private NodeState Judge(ReferenceNode node)
    {
        bool isCleanUp = node.Node.CleanUpOf.Count > 0;
        bool allFinal = _awaited[node.Index].All(other => other.IsFinal)
            && Dependencies(node).All(other => IsDecided(other) || SetUps(node).Contains(other));
        if (Primary(node) is { IsFinal: true } primary)
        {
            if (primary.State != NodeState.Failed)
            {
                node.IsSkippedByFailure = CountsAsFailed(primary);
                return NodeState.Skipped;
            }
        }

        if (isCleanUp)
        {
            bool hasSetUp = SetUps(node).Any(HasBegun);
            return !allFinal ? NodeState.Pending : hasSetUp ? NodeState.Ready : NodeState.Skipped;
        }

        ReferenceNode[] dependencies = Dependencies(node);
        if (dependencies.Length == 0)
        {
            return allFinal ? NodeState.Ready : NodeState.Pending;
        }

        bool anyGood = dependencies.Any(dependency => IsDecided(dependency) && CountsAsSucceeded(dependency));
        bool anyFailed = dependencies.Any(dependency => IsDecided(dependency) && CountsAsFailed(dependency));
        bool cannotHold = node.Node.TriggerRule switch
        {
            TriggerRule.AllSucceeded => dependencies.Any(dependency => IsDecided(dependency) && !CountsAsSucceeded(dependency)),
            TriggerRule.NoneFailed => anyFailed,
            TriggerRule.NoneFailedAnySucceeded => anyFailed || (allFinal && !anyGood),
            TriggerRule.AnySucceeded => allFinal && !anyGood,
            TriggerRule.AnyFailed => allFinal && !anyFailed,
            _ => false,
        };
        node.IsSkippedByFailure = cannotHold && anyFailed;
        return cannotHold ? NodeState.Skipped : allFinal ? NodeState.Ready : NodeState.Pending;
    }

    private void StartReady()
    {
        while (Work.Count(node => node.HasSlot) < _scenario.ThrottleLimit && BestReady() is { } next)
        {
            IReadOnlyList<Step> steps =
                next.Parent is null ? _scenario.Scripts[next.Index] : _scenario.ItemScripts[next.Index][next.Item];
            next.State = NodeState.Running;
            next.Step = steps[Math.Min(next.Starts++, steps.Count - 1)];
            next.AttemptStart = _now;
            next.StartTime ??= _now;
            next.FirstPoll ??= _now;
            next.AskedToStopAt = null;
            next.IsStoppedByRun = false;
        }
    }

    private ReferenceNode? BestReady() => Work
        .Where(node => node.State == NodeState.Ready && PoolHasRoom(node.Node.Pool))
        .OrderByDescending(node => node.Node.Priority)
        .ThenByDescending(node => _remainingPath[node.Index])
        .ThenBy(node => node.Index)
        .ThenBy(node => node.Item)
        .FirstOrDefault();

    private bool PoolHasRoom(string? pool) =>
        pool is null
        || Work.Count(node => node.HasSlot && string.Equals(node.Node.Pool, pool, StringComparison.OrdinalIgnoreCase))
            < _graph.PoolLimits.First(limit => string.Equals(limit.Key, pool, StringComparison.OrdinalIgnoreCase)).Value;
}

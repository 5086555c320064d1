using System.Runtime.InteropServices;

namespace DagShell.Engine.Running;

/// <summary>
/// The attempts of one node that ended. A node with neither retry nor timeout nor polls has one, whose times and outcome
/// are the node's own: only its slot is noted, and no list is made.
/// </summary>
/// <remarks>Belongs to <see cref="RunState"/>; handed on when the node is in its final state and does not change any more.</remarks>
internal struct AttemptLog
{
    /// <summary>How many are kept: the first ones and the last. A precondition may be polled for days.</summary>
    public const int Limit = 256;

    /// <summary>What few nodes have; null of those with one attempt, which began at once and on the run's own machine.</summary>
    private Details? _details;
    private int _slot;
    private bool _isUpToDate;
    private bool _hasOnly;

    /// <summary>The machine that the last one ran on; null for the run's own.</summary>
    public readonly string? Host => _details?.Host;

    /// <summary>Whether there was none that ended.</summary>
    public readonly bool IsEmpty => !_hasOnly && Records is null;

    /// <summary>Those that are not the only one the node will have.</summary>
    private readonly List<AttemptRecord>? Records => _details?.Records;

    /// <summary>Notes the only attempt that the node will have.</summary>
    public void SetOnly(int slot, TimeSpan startUpTime, string? host, bool isUpToDate)
    {
        _hasOnly = true;
        _isUpToDate = isUpToDate;
        _slot = slot;
        if (host is not null || startUpTime != TimeSpan.Zero)
        {
            _details = new Details { StartUpTime = startUpTime, Host = host };
        }
    }

    /// <summary>How long all attempts together held their slots before their work began.</summary>
    public readonly TimeSpan StartUpTime
    {
        get
        {
            TimeSpan time = StartUpTimeOfOnly;
            foreach (AttemptRecord attempt in CollectionsMarshal.AsSpan(Records))
            {
                time += attempt.StartUpTime;
            }

            return time;
        }
    }

    private readonly TimeSpan StartUpTimeOfOnly => _details?.StartUpTime ?? TimeSpan.Zero;

    /// <summary>Notes one of perhaps several.</summary>
    public void Add(AttemptRecord record)
    {
        Details details = _details ??= new Details();
        details.Host = record.Host;
        details.Records ??= new List<AttemptRecord>(1);
        if (details.Records.Count == Limit)
        {
            details.Records[^1] = record;
        }
        else
        {
            details.Records.Add(record);
        }
    }

    /// <summary>Whether the last one was none, because what it was to make is there already.</summary>
    public readonly bool IsUpToDate => _isUpToDate || Records is [.., { Outcome: AttemptOutcomeKind.UpToDate }];

    /// <summary>When the last one that was added began.</summary>
    public readonly DateTimeOffset? LastStart => Records is [.., var last] ? last.StartTime : null;

    /// <summary>Sets what the last attempt came to, where that is not what its runner reported: a timeout stopped it.</summary>
    public readonly void Amend(NodeFailure failure)
    {
        if (Records is [.., { Outcome: not AttemptOutcomeKind.Failed } last])
        {
            Records[^1] = last with { Outcome = AttemptOutcomeKind.Failed, FailureKind = failure.Kind, Message = failure.Message };
        }
    }

    /// <summary>Has the last one end at a time at the latest, if it had begun by then.</summary>
    public readonly void EndBy(DateTimeOffset time)
    {
        if (Records is [.., var last] && last.EndTime > time && last.StartTime <= time)
        {
            Records[^1] = last with { EndTime = time };
        }
    }

    /// <summary>Sets what the last poll came to, where another one follows.</summary>
    public readonly void AmendPoll(NodeFailure failure)
    {
        if (Records is [.., { IsPoll: true } last])
        {
            Records[^1] = last with { Message = failure.MessageOfPoll };
        }
    }

    /// <summary>The attempts of a node in its final state.</summary>
    public readonly IReadOnlyList<AttemptRecord> Of(
        NodeState state, bool hasRun, NodeFailure? failure, DateTimeOffset? startTime, DateTimeOffset endTime)
    {
        if (Records is { } records)
        {
            return records;
        }

        if (!_hasOnly || startTime is not { } start)
        {
            return [];
        }

        AttemptOutcomeKind outcome = state switch
        {
            NodeState.Succeeded => _isUpToDate ? AttemptOutcomeKind.UpToDate : AttemptOutcomeKind.Succeeded,
            NodeState.Failed => AttemptOutcomeKind.Failed,
            NodeState.Skipped => hasRun ? AttemptOutcomeKind.Skipped : AttemptOutcomeKind.ConditionFalse,
            _ => AttemptOutcomeKind.Stopped,
        };
        return
        [
            new AttemptRecord(1, _slot, start, endTime, outcome, failure?.Kind, failure?.Message)
            {
                StartUpTime = StartUpTimeOfOnly,
                Host = Host,
            },
        ];
    }

    /// <summary>The attempts of a node that is not at its end, with the one under way.</summary>
    public readonly IReadOnlyList<AttemptRecord> With(AttemptRecord? running)
    {
        ReadOnlySpan<AttemptRecord> ended = CollectionsMarshal.AsSpan(Records);
        return running is { } goesOn ? [.. ended, goesOn] : [.. ended];
    }

    private sealed class Details
    {
        public List<AttemptRecord>? Records { get; set; }

        public string? Host { get; set; }

        /// <summary>How long the only attempt held its slot before its work began.</summary>
        public TimeSpan StartUpTime { get; init; }
    }
}

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

    private List<AttemptRecord>? _records;
    private int _slot;
    private bool _isUpToDate;
    private TimeSpan _startUpTime;

    /// <summary>The machine that the last one ran on; null for the run's own.</summary>
    public string? Host { get; private set; }

    /// <summary>Notes the only attempt that the node will have.</summary>
    public void SetOnly(int slot, TimeSpan startUpTime, string? host, bool isUpToDate)
    {
        _isUpToDate = isUpToDate;
        _slot = slot;
        _startUpTime = startUpTime;
        Host = host;
    }

    /// <summary>How long all attempts together held their slots before their work began.</summary>
    public readonly TimeSpan StartUpTime
    {
        get
        {
            TimeSpan time = _startUpTime;
            foreach (AttemptRecord attempt in CollectionsMarshal.AsSpan(_records))
            {
                time += attempt.StartUpTime;
            }

            return time;
        }
    }

    /// <summary>Notes one of perhaps several.</summary>
    public void Add(AttemptRecord record)
    {
        Host = record.Host;
        _records ??= new List<AttemptRecord>(1);
        if (_records.Count == Limit)
        {
            _records[^1] = record;
        }
        else
        {
            _records.Add(record);
        }
    }

    /// <summary>Whether the last one was none, because what it was to make is there already.</summary>
    public readonly bool IsUpToDate => _isUpToDate || _records is [.., { Outcome: AttemptOutcomeKind.UpToDate }];

    /// <summary>When the last one that was added began.</summary>
    public readonly DateTimeOffset? LastStart => _records is [.., var last] ? last.StartTime : null;

    /// <summary>Sets what the last attempt came to, where that is not what its runner reported: a timeout stopped it.</summary>
    public readonly void Amend(NodeFailure failure)
    {
        if (_records is [.., { Outcome: not AttemptOutcomeKind.Failed } last])
        {
            _records[^1] = last with { Outcome = AttemptOutcomeKind.Failed, FailureKind = failure.Kind, Message = failure.Message };
        }
    }

    /// <summary>Sets what the last poll came to, where another one follows.</summary>
    public readonly void AmendPoll(NodeFailure failure)
    {
        if (_records is [.., { IsPoll: true } last])
        {
            _records[^1] = last with { Message = failure.MessageOfPoll };
        }
    }

    /// <summary>The attempts of a node in its final state.</summary>
    public readonly IReadOnlyList<AttemptRecord> Of(
        NodeState state, bool hasRun, NodeFailure? failure, DateTimeOffset? startTime, DateTimeOffset endTime)
    {
        if (_records is not null)
        {
            return _records;
        }

        if (startTime is not { } start)
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
                StartUpTime = _startUpTime,
                Host = Host,
            },
        ];
    }

    /// <summary>The attempts of a node that is not at its end, with the one under way.</summary>
    public readonly IReadOnlyList<AttemptRecord> With(AttemptRecord? running)
    {
        ReadOnlySpan<AttemptRecord> ended = CollectionsMarshal.AsSpan(_records);
        return running is { } goesOn ? [.. ended, goesOn] : [.. ended];
    }
}

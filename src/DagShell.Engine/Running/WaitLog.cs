namespace DagShell.Engine.Running;

/// <summary>
/// What one node waited for, until it began and between its attempts. Most nodes wait once, for their slot: no list is made for that.
/// </summary>
/// <remarks>
/// Belongs to <see cref="RunState"/>, as <see cref="AttemptLog"/> does. From the first poll of a precondition that did not hold to the
/// attempt that ran, all is one wait, those for slots between the polls included.
/// </remarks>
internal struct WaitLog
{
    /// <summary>What few nodes have; null of the others.</summary>
    private Further? _further;
    private Phase _phase;

    /// <summary>When what the node waits for now began to be missing. UTC ticks.</summary>
    private long _since;

    /// <summary>When the slot was there; 0 while it is not.</summary>
    private long _granted;
    private long _ready;

    private enum Phase : byte
    {
        None,
        ForSlot,
        ForRetry,
        Polling,
    }

    /// <summary>When the pool first was full, and when it last had room; 0 for never.</summary>
    private readonly long Parked => _further?.Parked ?? 0;

    private readonly long Unparked => _further?.Unparked ?? 0;

    /// <summary>When the node was first ready; <see langword="null"/> if it never was.</summary>
    public readonly DateTimeOffset? ReadyTime => RunTimes.OfTicks(_ready);

    /// <summary>Since when a precondition has been polled that did not hold; <see langword="null"/> if none is.</summary>
    public readonly DateTimeOffset? PolledFrom => _phase == Phase.Polling ? RunTimes.OfTicks(_since) : null;

    /// <summary>
    /// What came before the slot that it has got: since when it waited, if it did and is not polled, and from when to when its pool was
    /// full.
    /// </summary>
    public readonly AttemptTurn Turn => TurnUntil(_granted);

    /// <summary>The same of a node that ended while it waited for its slot, or that needed none.</summary>
    /// <param name="end">When it ended.</param>
    public readonly AttemptTurn TurnUntil(DateTimeOffset end) => TurnUntil(_granted == 0 ? end.UtcTicks : _granted);

    private readonly AttemptTurn TurnUntil(long end) => _phase == Phase.ForSlot
        ? new AttemptTurn(_ready, end - _since >= RunTimes.ShortestWait.Ticks ? _since : 0, Parked, Unparked)
        : new AttemptTurn(_ready, 0, 0, 0);

    /// <summary>Nothing but a slot, and a place in its pool, is missing.</summary>
    /// <param name="now">The time.</param>
    /// <param name="first">When that was so for the first time, if it was earlier.</param>
    public void BecomeReady(DateTimeOffset now, DateTimeOffset? first = null)
    {
        _ready = _ready == 0 ? (first ?? now).UtcTicks : _ready;
        if (_phase == Phase.Polling)
        {
            return;
        }

        End(now.UtcTicks);
        _phase = Phase.ForSlot;
        _since = now.UtcTicks;
        _granted = 0;
        if (_further is not null)
        {
            _further.Parked = _further.Unparked = 0;
        }
    }

    /// <summary>There is a slot, and no place in the pool.</summary>
    /// <param name="now">The time.</param>
    /// <param name="fullTime">
    /// When there last was no slot, in ticks: if that was before the node was ready, it did not wait for one.
    /// </param>
    public void Park(DateTimeOffset now, long fullTime)
    {
        Further further = _further ??= new Further();
        _since = further.Parked == 0 && fullTime < _since ? now.UtcTicks : _since;
        further.Parked = further.Parked == 0 ? now.UtcTicks : further.Parked;
        further.Unparked = 0;
    }

    /// <summary>There is a place in the pool.</summary>
    public void Unpark(DateTimeOffset now) => (_further ??= new Further()).Unparked = now.UtcTicks;

    /// <summary>The node has its slot.</summary>
    /// <param name="now">The time.</param>
    /// <param name="fullTime">When there last was no slot, in ticks.</param>
    public void Grant(DateTimeOffset now, long fullTime)
    {
        _granted = now.UtcTicks;
        if (_phase != Phase.ForSlot)
        {
            return;
        }

        if (Parked == 0)
        {
            _since = fullTime < _since ? _granted : _since;
        }
        else
        {
            _further!.Unparked = fullTime < Unparked ? _granted : Unparked;
        }
    }

    /// <summary>The node waits for its next attempt.</summary>
    public void WaitForRetry(DateTimeOffset now)
    {
        End(now.UtcTicks);
        _phase = Phase.ForRetry;
        _since = now.UtcTicks;
    }

    /// <summary>The node waits for the next poll of a precondition.</summary>
    /// <param name="pollStart">When the last one began.</param>
    public void WaitForPoll(DateTimeOffset pollStart)
    {
        if (_phase != Phase.Polling)
        {
            End(pollStart.UtcTicks);
            _phase = Phase.Polling;
            _since = pollStart.UtcTicks;
        }
    }

    /// <summary>An attempt ended in which the preconditions held.</summary>
    /// <param name="start">When it had got its slot.</param>
    public void EndPolling(DateTimeOffset start)
    {
        if (_phase == Phase.Polling)
        {
            End(start.UtcTicks);
            _phase = Phase.None;
        }
    }

    /// <summary>The waits, in their order.</summary>
    /// <param name="end">When a node in its final state ended; <see langword="null"/> for one that goes on.</param>
    /// <param name="runsSince">When the attempt that is under way got its slot; <see langword="null"/> if none is.</param>
    public readonly IReadOnlyList<WaitRecord> Of(DateTimeOffset? end, DateTimeOffset? runsSince = null)
    {
        if (_phase == Phase.None)
        {
            return _further is null ? [] : [.. _further.Ended];
        }

        WaitLog log = this;
        log._further = _further is null
            ? null
            : new Further { Ended = [.. _further.Ended], Parked = _further.Parked, Unparked = _further.Unparked };
        if ((end ?? runsSince) is { } over)
        {
            log.End(over.UtcTicks);
        }
        else
        {
            log.Show();
        }

        return log._further?.Ended ?? [];
    }

    /// <summary>Adds what is being waited for, which is over.</summary>
    private void End(long ticks)
    {
        switch (_phase)
        {
            case Phase.ForSlot:
                long granted = _granted == 0 ? ticks : _granted;
                long parked = Parked == 0 ? granted : Parked;
                long unparked = Unparked == 0 ? granted : Unparked;
                Add(NodeWaitKind.Slot, _since, parked);
                Add(NodeWaitKind.Pool, parked, unparked);
                Add(NodeWaitKind.Slot, unparked, granted);
                break;
            case Phase.ForRetry:
                Add(NodeWaitKind.Retry, _since, ticks);
                break;
            case Phase.Polling:
                Add(NodeWaitKind.Precondition, _since, ticks);
                break;
        }
    }

    /// <summary>Adds what is being waited for, which is not over.</summary>
    private void Show()
    {
        switch (_phase)
        {
            case Phase.ForSlot when _granted != 0:
                End(_granted);
                break;
            case Phase.ForSlot:
                bool isParked = Parked != 0 && Unparked == 0;
                Add(NodeWaitKind.Slot, _since, Parked == 0 ? _since : Parked);
                Add(NodeWaitKind.Pool, Parked, isParked ? Parked : Unparked);
                AddOpen(isParked ? NodeWaitKind.Pool : NodeWaitKind.Slot, isParked ? Parked : Math.Max(_since, Unparked));
                break;
            case Phase.ForRetry:
                AddOpen(NodeWaitKind.Retry, _since);
                break;
            case Phase.Polling:
                AddOpen(NodeWaitKind.Precondition, _since);
                break;
        }
    }

    private void Add(NodeWaitKind kind, long start, long end)
    {
        if (end - start >= RunTimes.ShortestWait.Ticks)
        {
            Add(new WaitRecord(kind, RunTimes.OfTicks(start)!.Value, RunTimes.OfTicks(end)));
        }
    }

    private void AddOpen(NodeWaitKind kind, long start) => Add(new WaitRecord(kind, RunTimes.OfTicks(start)!.Value, null));

    /// <summary>Keeps the first ones and the last: a node may be tried a million times.</summary>
    private void Add(WaitRecord wait)
    {
        List<WaitRecord> ended = (_further ??= new Further()).Ended;
        if (ended.Count == AttemptLog.Limit)
        {
            ended[^1] = wait;
        }
        else
        {
            ended.Add(wait);
        }
    }

    private sealed class Further
    {
        public List<WaitRecord> Ended { get; init; } = [];

        public long Parked { get; set; }

        public long Unparked { get; set; }
    }
}

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Engine.Running;

namespace DagShell.Sessions;

/// <summary>
/// The sessions of a pool, or of all nodes: hands each attempt one that is idle, opens further ones as there is work for them, and lets go
/// of those that were lost or have nothing to do.
/// </summary>
/// <remarks>
/// The engine counts the places; which session an attempt gets is decided here. One lock, of this object's own, guards the lists; nothing
/// is called while it is held. What is lost is said to the engine before it is said how the attempt ended.
/// </remarks>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "EndAsync does it.")]
internal sealed class SessionPlaces
{
    /// <summary>A session that was opened here and has had nothing to do for so long is given back.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(15);

    /// <summary>How long the end of a run waits until sessions are closed, or left as they were found.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(1);

    /// <summary>So many sessions in a row that were lost before anything had ended in them are a sign that none will do.</summary>
    private const int MostFruitless = 3;

    private readonly object _lock = new();
    private readonly string _pool;
    private readonly SessionOpener? _opener;
    private readonly Func<PSSession, bool, RemoteSession> _makePlace;
    private readonly Action<NodeAttempt, object> _tell;
    private readonly List<RemoteSession> _sessions = [];

    /// <summary>The ends of sessions that were let go before the run's: it waits for them.</summary>
    private readonly List<Task> _ends = [];
    private readonly Stack<RemoteSession> _idle = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Timer? _idleTimer;
    private Scheduler? _scheduler;
    private int _opening;
    private int _fruitless;
    private bool _isClosed;
    private string? _cause;

    /// <summary>
    /// What the script block writes that opens sessions, other than errors, and what is to be warned of them; told with the next node.
    /// </summary>
    private readonly Queue<object> _said = new();

    /// <summary>The warnings among it: each is told once, however many sessions are opened.</summary>
    private readonly HashSet<string> _warned = [];
    private bool _hasAskedForWarning;

    /// <summary>Makes the places of a pool.</summary>
    /// <param name="pool">The pool's name; empty for all nodes.</param>
    /// <param name="limit">The most sessions at a time.</param>
    /// <param name="sessions">Those that are there.</param>
    /// <param name="opener">Opens further ones; null if none are to be opened.</param>
    /// <param name="makePlace">Makes a place of a session, that is closed or not when it is of no more use.</param>
    /// <param name="tell">Takes what is said with an attempt.</param>
    public SessionPlaces(
        string pool,
        int limit,
        IReadOnlyList<PSSession> sessions,
        SessionOpener? opener,
        Func<PSSession, bool, RemoteSession> makePlace,
        Action<NodeAttempt, object> tell)
    {
        _tell = tell;
        _pool = pool;
        _opener = opener;
        _makePlace = makePlace;
        Group = new PlaceGroup(limit) { PlaceWanted = opener is null ? null : OpenAsWanted };
        _sessions.AddRange(sessions.Select(session => makePlace(session, false)));
        _idleTimer = opener is null ? null : new Timer(static places => ((SessionPlaces)places!).GiveBackIdle(), this, IdleTime, IdleTime);
    }

    /// <summary>The places, as the engine knows them.</summary>
    public PlaceGroup Group { get; }

    /// <summary>Prepares the sessions that are there; each is a place as soon as it is ready.</summary>
    public void Begin(Scheduler scheduler)
    {
        _scheduler = scheduler;
        RemoteSession[] sessions = [.. _sessions];
        foreach (RemoteSession session in sessions)
        {
            _ = PrepareAsync(session);
        }
    }

    /// <summary>Starts an attempt in an idle session, on a thread of the pool: what it needs is made a text of there.</summary>
    public void Start(NodeAttempt attempt)
    {
        RemoteSession? session = null;
        object[] said = [];
        bool isClosed;
        lock (_lock)
        {
            isClosed = _isClosed && _sessions.Count == 0;
            if (!isClosed && _idle.TryPop(out RemoteSession? idle))
            {
                session = idle;
                session.Attempt = attempt;
            }

            if (isClosed || session is not null)
            {
                said = [.. _said];
                _said.Clear();
            }
        }

        foreach (object record in said)
        {
            _tell(attempt, record);
        }

        if (isClosed)
        {
            attempt.Complete(AttemptOutcome.Failed(new NodeFailure(
                FailureKind.NoSession, SessionMessages.NoSession(attempt.Node.Name, _pool, _cause), canRetry: false)));
        }
        else if (session is null)
        {
            // It broke a moment ago, and the engine is just being told.
            attempt.Complete(AttemptOutcome.Lost);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static work => work.Session.Begin(work.Attempt, (outcome, mayHaveBegun) =>
                    work.Places.OnEnded(work.Session, work.Attempt, outcome, mayHaveBegun)),
                (Places: this, Session: session, Attempt: attempt),
                preferLocal: false);
        }
    }

    /// <summary>Gives up the session of an attempt that could not be stopped.</summary>
    public void Abandon(NodeAttempt attempt)
    {
        RemoteSession? session;
        lock (_lock)
        {
            session = _sessions.Find(session => session.Attempt == attempt);
        }

        if (session is not null)
        {
            LetGo(session, SessionMessages.GivenUp, attempt);
        }
    }

    /// <summary>Ends it: closes the sessions that were opened here, and leaves those of the caller's as they were found.</summary>
    /// <returns>Completed when that is done.</returns>
    public Task EndAsync()
    {
        RemoteSession[] sessions;
        Task[] before;
        lock (_lock)
        {
            _isClosed = true;
            sessions = [.. _sessions];
            before = [.. _ends];
            _sessions.Clear();
            _idle.Clear();
        }

        _idleTimer?.Dispose();
        _ = _end.CancelAsync();
        var ends = Task.WhenAll([.. sessions.Select(EndAsync), .. before]);
        _ = ends.ContinueWith(_ => _opener?.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return ends;
    }

    private static Task EndAsync(RemoteSession session)
    {
        session.Unwatch();
        return session.EndAsync();
    }

    /// <summary>How long it makes sense to wait for the end.</summary>
    public static TimeSpan LongestEnd => CloseTime;

    private async Task PrepareAsync(RemoteSession session)
    {
        session.HasMore = () => _scheduler!.HasNodesWithoutPlace(Group);
        session.Watch(state => OnStateChanged(session, state));
        try
        {
            await session.PrepareAsync().ConfigureAwait(false);
            bool isWanted;
            lock (_lock)
            {
                session.IdleSince = Stopwatch.GetTimestamp();
                isWanted = !_isClosed && _sessions.Contains(session);
                if (isWanted)
                {
                    _idle.Push(session);
                }
            }

            if (isWanted)
            {
                AddPlace(session);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LetGo(session, exception.Message);
        }
    }

    /// <summary>Tells the engine of a place; it may have broken just now, and whoever let go of it did not know of this yet.</summary>
    private void AddPlace(RemoteSession session)
    {
        _scheduler!.AddPlaces(Group, 1);
        bool isGone;
        lock (_lock)
        {
            session.IsPlace = true;
            isGone = !_sessions.Contains(session);
        }

        if (isGone)
        {
            _scheduler.LosePlace(Group);
        }
    }

    private void OnStateChanged(RemoteSession session, RunspaceStateInfo state)
    {
        if (state.State is RunspaceState.Broken or RunspaceState.Closed or RunspaceState.Closing or RunspaceState.Disconnected)
        {
            bool isIdle;
            lock (_lock)
            {
                isIdle = session.Attempt is null;
            }

            if (isIdle)
            {
                // Who runs an attempt is told of that by the end of it.
                LetGo(session, state.Reason?.Message);
            }
        }
    }

    private void OnEnded(RemoteSession session, NodeAttempt attempt, AttemptOutcome? outcome, bool mayHaveBegun)
    {
        bool isLost = outcome is null;
        outcome ??= mayHaveBegun
            ? AttemptOutcome.Failed(new NodeFailure(
                FailureKind.SessionLost, SessionMessages.SessionLost(attempt.Node.Name, session.Host, session.Loss)))
            : AttemptOutcome.Lost;
        bool wasFruitless;
        lock (_lock)
        {
            // What was an attempt is never without end; what was none may be.
            session.HasServed |= !isLost || mayHaveBegun;
            wasFruitless = _fruitless >= MostFruitless;
            _fruitless = session.HasServed ? 0 : _fruitless;
            if (!isLost)
            {
                session.Attempt = null;
                session.IdleSince = Stopwatch.GetTimestamp();
                if (!session.IsSpoilt && _sessions.Contains(session))
                {
                    _idle.Push(session);
                }
            }
        }

        // It may have broken since it said how the attempt ended.
        if (isLost || session.IsSpoilt || !session.IsOpen)
        {
            LetGo(session, isLost ? session.Loss : outcome.Failure?.Message ?? session.Loss);
        }
        else if (wasFruitless)
        {
            OpenAsWanted();
        }

        attempt.Complete(outcome);
    }

    /// <summary>Lets go of a session that is of no more use, and opens another if there is work for it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cause">What is said of it.</param>
    /// <param name="attempt">Only if this still goes on in it; null whatever does.</param>
    private void LetGo(RemoteSession session, string? cause, NodeAttempt? attempt = null)
    {
        bool isLast;
        bool isPlace;
        lock (_lock)
        {
            if ((attempt is not null && session.Attempt != attempt) || !_sessions.Remove(session))
            {
                return;
            }

            isPlace = session.IsPlace;
            RemoveIdle(session);
            _cause = cause ?? _cause;
            _fruitless += session.HasServed ? 0 : 1;
            isLast = _sessions.Count + _opening == 0 && (_opener is null || _fruitless >= MostFruitless);
            _isClosed |= isLast;
        }

        if (isPlace)
        {
            _scheduler!.LosePlace(Group);
        }

        if (session.Attempt is not null)
        {
            // What goes on in it is given up, or lost.
            _ = session.CloseAsync();
        }
        else if (session.IsOwn)
        {
            End(session);
        }

        if (isLast)
        {
            _scheduler!.EndPlaces(Group);
        }
        else if (_opener is not null)
        {
            OpenAsWanted();
        }
    }

    private void RemoveIdle(RemoteSession session)
    {
        if (_idle.Contains(session))
        {
            RemoteSession[] others = [.. _idle.Where(other => other != session).Reverse()];
            _idle.Clear();
            foreach (RemoteSession other in others)
            {
                _idle.Push(other);
            }
        }
    }

    /// <summary>Opens as many sessions as there are nodes that wait for one, up to the limit.</summary>
    private void OpenAsWanted()
    {
        if (_scheduler is null)
        {
            return;
        }

        int wanted = _scheduler.NodesWithoutPlace(Group);
        int missing;
        lock (_lock)
        {
            int preparing = _sessions.Count(static session => !session.IsPlace);
            missing = _isClosed || _fruitless >= MostFruitless
                ? 0
                : Math.Min(wanted - _opening - preparing, Group.Limit - _sessions.Count - _opening);
            _opening += Math.Max(0, missing);
        }

        for (int i = 0; i < missing; i++)
        {
            _ = OpenAsync();
        }
    }

    private async Task OpenAsync()
    {
        IReadOnlyList<PSSession> opened = [];
        string? problem = null;
        try
        {
            opened = await _opener!.OpenAsync(Note, _end.Token).ConfigureAwait(false);
            WarnOf(opened);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            problem = exception.Message;
        }

        List<RemoteSession> added = [];
        List<PSSession> unwanted = [];
        bool isLast;
        lock (_lock)
        {
            _opening--;
            foreach (PSSession session in opened)
            {
                bool isKnown = _sessions.Exists(place => place.Session.Runspace == session.Runspace);
                if (!isKnown && !_isClosed && _sessions.Count + _opening < Group.Limit)
                {
                    RemoteSession place = _makePlace(session, _opener!.HasOpened(session));
                    added.Add(place);
                    _sessions.Add(place);
                }
                else if (!isKnown && _opener!.HasOpened(session))
                {
                    unwanted.Add(session);
                }
            }

            _cause = problem ?? _cause;
            isLast = problem is not null && !_isClosed && _sessions.Count + _opening == 0;
            _isClosed |= isLast;
        }

        unwanted.ForEach(session => _ = _makePlace(session, true).CloseAsync());
        foreach (RemoteSession session in added)
        {
            await PrepareAsync(session).ConfigureAwait(false);
        }

        if (isLast)
        {
            _scheduler!.EndPlaces(Group);
        }
    }

    private void WarnOf(IReadOnlyList<PSSession> opened)
    {
        lock (_lock)
        {
            if (_hasAskedForWarning)
            {
                return;
            }

            _hasAskedForWarning = true;
        }

        if (KeepAlive.HostsWithout(opened) is { Length: > 0 } hosts)
        {
            Note(new WarningRecord(SessionMessages.MayFallSilent(hosts)));
        }
    }

    private void Note(object record)
    {
        lock (_lock)
        {
            if (record is not WarningRecord warning || _warned.Add(warning.Message))
            {
                _said.Enqueue(record);
            }
        }
    }

    /// <summary>Gives sessions back that have had nothing to do for a while.</summary>
    private void GiveBackIdle()
    {
        while (_scheduler is not null)
        {
            RemoteSession? longest;
            lock (_lock)
            {
                longest = _isClosed ? null : _idle.LastOrDefault(
                    session => session.IsOwn && Stopwatch.GetElapsedTime(session.IdleSince) >= IdleTime);
            }

            // The engine takes the place first, so that it hands nothing to it.
            if (longest is null || !_scheduler.TryTakePlace(Group))
            {
                return;
            }

            lock (_lock)
            {
                // The one that is idle longest may be at work again.
                longest = _idle.TryPop(out RemoteSession? taken) && _sessions.Remove(taken) ? taken : null;
            }

            if (longest is null)
            {
                // It broke just now, and the engine is to be told of that as well.
                _scheduler.AddPlaces(Group, 1);
                return;
            }

            longest.Unwatch();
            End(longest);
        }
    }

    /// <summary>Ends a session before the run ends.</summary>
    private void End(RemoteSession session)
    {
        Task end = session.EndAsync();
        lock (_lock)
        {
            _ends.RemoveAll(static before => before.IsCompleted);
            _ends.Add(end);
        }
    }
}

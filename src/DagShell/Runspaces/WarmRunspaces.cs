using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace DagShell.Runspaces;

/// <summary>
/// Open runspaces that earlier runs of a session have left as clean as new ones, for its next runs: opening one takes longer than most
/// short runs.
/// </summary>
/// <remarks>
/// Belongs to the session whose runs they were, and closes with it. Its lock is held for a moment, never while a runspace opens or closes.
/// A runspace belongs to the store from <see cref="TryKeep"/> to <see cref="Take"/>, and nothing runs in it meanwhile.
/// </remarks>
internal sealed class WarmRunspaces : IDisposable
{
    /// <summary>How many are kept at most, a session.</summary>
    public const int Most = 32;

    /// <summary>How long one is kept that no run asks for.</summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(60);

    private static readonly ConditionalWeakTable<Runspace, WarmRunspaces> OfSessions = [];

    private readonly object _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <summary>The one that was kept last is at the end.</summary>
    private readonly List<(Runspace Runspace, IRunspaceKind Kind, long Since)> _kept = [];
    private bool _isClosed;

    /// <summary>Makes a store that is empty.</summary>
    /// <param name="time">Tells how long each is kept.</param>
    public WarmRunspaces(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => CloseIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The store of the session that the calling thread runs in; null where it runs in none, or the session is closing.</summary>
    public static WarmRunspaces? OfCurrentSession()
    {
        if (Runspace.DefaultRunspace is not { RunspaceStateInfo.State: RunspaceState.Opened } session)
        {
            return null;
        }

        return OfSessions.GetValue(session, static session =>
        {
            WarmRunspaces made = new(TimeProvider.System);
            session.StateChanged += (_, change) =>
            {
                if (change.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
                {
                    made.Dispose();
                }
            };
            return made;
        });
    }

    /// <summary>Closes those that the calling thread's session keeps. It may keep others later.</summary>
    public static void CloseOfCurrentSession()
    {
        if (Runspace.DefaultRunspace is { } session && OfSessions.TryGetValue(session, out WarmRunspaces? store))
        {
            store.Clear();
        }
    }

    /// <summary>Hands out a runspace that was opened for runs of the same kind; null if there is none.</summary>
    /// <param name="kind">What it must have been opened for.</param>
    public Runspace? Take(IRunspaceKind kind)
    {
        lock (_lock)
        {
            int found = _kept.FindLastIndex(kept => kept.Kind.IsLike(kind));
            if (found < 0)
            {
                return null;
            }

            Runspace runspace = _kept[found].Runspace;
            _kept.RemoveAt(found);
            return runspace;
        }
    }

    /// <summary>Keeps a runspace in which nothing runs and that is as it was when it had been opened.</summary>
    /// <param name="runspace">The runspace.</param>
    /// <param name="kind">What it was opened for.</param>
    /// <returns>Whether it is kept; if not, it is the caller's to close.</returns>
    public bool TryKeep(Runspace runspace, IRunspaceKind kind)
    {
        lock (_lock)
        {
            if (_isClosed || _kept.Count >= Most)
            {
                return false;
            }

            _kept.Add((runspace, kind, _time.GetTimestamp()));
            if (_kept.Count == 1)
            {
                _timer.Change(LongestIdle, Timeout.InfiniteTimeSpan);
            }

            return true;
        }
    }

    /// <summary>Closes all, and keeps none any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        Clear();
        _timer.Dispose();
    }

    private void Clear() => Close(static _ => true);

    private void CloseIdle()
    {
        Close(kept => _time.GetElapsedTime(kept) >= LongestIdle);
        lock (_lock)
        {
            if (_kept.Count > 0)
            {
                // The first has waited longest.
                TimeSpan left = LongestIdle - _time.GetElapsedTime(_kept[0].Since);
                _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Close(Predicate<long> isDue)
    {
        List<Runspace> closing;
        lock (_lock)
        {
            closing = _kept.FindAll(kept => isDue(kept.Since)).ConvertAll(static kept => kept.Runspace);
            _kept.RemoveAll(kept => closing.Contains(kept.Runspace));
        }

        closing.ForEach(RunspaceClosing.Quietly);
    }
}

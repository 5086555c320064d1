using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace DagShell.Runspaces;

/// <summary>
/// Open runspaces that the runs of a session have left as clean as new ones, for its next runs: opening one takes longer than most short
/// runs. Nothing runs in them. They close with the session.
/// </summary>
internal static class WarmRunspaces
{
    private static readonly ConditionalWeakTable<Runspace, WarmStore<NodeRunspace>> OfSessions = [];

    /// <summary>Those of the session that the calling thread runs in; null where it runs in none, or the session is closing.</summary>
    public static WarmStore<NodeRunspace>? OfCurrentSession() =>
        Runspace.DefaultRunspace is { RunspaceStateInfo.State: RunspaceState.Opened } session
            ? OfSessions.GetValue(session, NewStore)
            : null;

    /// <summary>Closes those that the calling thread's session keeps. It may keep others later.</summary>
    public static void CloseOfCurrentSession()
    {
        if (Runspace.DefaultRunspace is { } session && OfSessions.TryGetValue(session, out WarmStore<NodeRunspace>? store))
        {
            store.Clear();
        }
    }

    private static WarmStore<NodeRunspace> NewStore(Runspace session)
    {
        WarmStore<NodeRunspace> store = new(TimeProvider.System);
        session.StateChanged += (_, change) =>
        {
            if (change.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
            {
                store.Dispose();
            }
        };
        return store;
    }
}

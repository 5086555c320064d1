using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace DagShell.Sessions;

/// <summary>
/// What the process of a session knows the driver by. A session keeps it from run to run, so that the driver's text is the same: then
/// PowerShell has compiled it already over there.
/// </summary>
internal sealed class DriverKey
{
    private static readonly ConditionalWeakTable<Runspace, DriverKey> Known = [];

    private readonly string _key = NewKey();
    private int _isTaken;

    /// <summary>The key of a session; one of its own for a second run at the same time.</summary>
    public static string Take(Runspace session)
    {
        DriverKey key = Known.GetOrCreateValue(session);
        return Interlocked.Exchange(ref key._isTaken, 1) == 0 ? key._key : NewKey();
    }

    /// <summary>Gives it back, once the session has been left as it was found.</summary>
    public static void Return(Runspace session, string taken)
    {
        if (Known.TryGetValue(session, out DriverKey? key) && key._key == taken)
        {
            Volatile.Write(ref key._isTaken, 0);
        }
    }

    private static string NewKey() => "DagShell " + Guid.NewGuid().ToString("N");
}

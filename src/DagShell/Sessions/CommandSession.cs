using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Reflection;
using DagShell.Loading;

namespace DagShell.Sessions;

/// <summary>
/// Sessions over the standard input and output of a command. What opens them needs newer API of PowerShell's than the module is compiled
/// against, so it is loaded only here, and called by its name.
/// </summary>
internal static class CommandSession
{
    /// <summary>PowerShell 7.6, the first that it works with, runs on this .NET.</summary>
    private const int LeastFramework = 10;

    private static readonly Lazy<Type> Sessions =
        new(() => DependencyContext.LoadTransports().GetType("DagShell.Transports.CommandSessions")!);

    private static readonly Lazy<OpenSession> OpenOf = new(() => Method<OpenSession>("OpenAsync"));

    private static readonly Lazy<Func<Runspace, PSCmdlet, PSSession>> SessionOf =
        new(() => Method<Func<Runspace, PSCmdlet, PSSession>>("ToSession"));

    private delegate Task<Runspace> OpenSession(
        PSHost host, string filePath, string[] arguments, string folder, TimeSpan connectingTimeout, CancellationToken stop);

    /// <summary>Whether this PowerShell is new enough.</summary>
    public static bool IsSupported => Environment.Version.Major >= LeastFramework;

    /// <summary>Opens a session.</summary>
    /// <exception cref="RuntimeException">It could not be opened.</exception>
    public static Task<Runspace> OpenAsync(
        PSHost host, string filePath, string[] arguments, string folder, TimeSpan connectingTimeout, CancellationToken stop) =>
        OpenOf.Value(host, filePath, arguments, folder, connectingTimeout, stop);

    /// <summary>Makes of an open runspace what PowerShell's own commands take.</summary>
    public static PSSession ToSession(Runspace runspace, PSCmdlet cmdlet) => SessionOf.Value(runspace, cmdlet);

    private static T Method<T>(string name)
        where T : Delegate => Sessions.Value.GetMethod(name, BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<T>();
}

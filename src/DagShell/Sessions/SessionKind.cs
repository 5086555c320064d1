using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DagShell.Sessions;

/// <summary>What is known of how a session is carried.</summary>
internal static class SessionKind
{
    /// <summary>Whether it is one of New-DagSession's, which knows its command and not its host.</summary>
    public static bool IsOverCommand(PSSession session) => PSObject.AsPSObject(session).Properties["Transport"]?.Value is "Command";
}

using System.Collections;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>
/// The script that notices in a session with which code a script file ended that a node called last. It is sent as a script of the first
/// node there that may call one; sessions without such nodes do not get it.
/// </summary>
internal static class ExitDriver
{
    private static readonly Lazy<string> Text = new(static () => DriverText.Read("ExitDriver.ps1"));

    /// <summary>What it is known by among the scripts that a session was sent.</summary>
    public static object Key => Text;

    /// <summary>What is sent of it.</summary>
    public static Hashtable Script() => ScriptPieces.OfText(Text.Value);
}

using System.Collections;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>
/// The script that says in a session where a node's script is as its time runs out. It is sent as a script of the first node there that has
/// a timeout; sessions without such nodes do not get it.
/// </summary>
internal static class PositionDriver
{
    private static readonly Lazy<string> Text = new(static () => DriverText.Read("PositionDriver.ps1"));

    /// <summary>What it is known by among the scripts that a session was sent.</summary>
    public static object Key => Text;

    /// <summary>What is sent of it.</summary>
    public static Hashtable Script() => ScriptPieces.OfText(Text.Value);
}

using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using DagShell.Engine.Running;
using DagShell.Scripts;
using DagShell.Secrets;

namespace DagShell.Runspaces;

/// <summary>Finds where a node's script is at the moment when it is asked to stop.</summary>
internal static class StopPosition
{
    /// <summary>Characters of the statement that is told.</summary>
    private const int LongestStatement = 60;

    /// <summary>Notes it for an attempt. Called on the thread that asks, while the script goes on.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="runspace">The runspace in which it runs.</param>
    /// <param name="secrets">Takes out of the statement what nobody may see.</param>
    public static void Note(NodeAttempt attempt, Runspace? runspace, SecretMask secrets)
    {
        try
        {
            IScriptExtent[] places = runspace?.Debugger is { } debugger
                ? [.. debugger.GetCallStack().Select(frame => frame.Position).Where(place => place is { StartLineNumber: > 0 })]
                : [];
            NodeScript[] scripts = [.. DagNode.Of(attempt.Node).Scripts().Select(script => NodeScript.Of(script.Script))];
            if (Array.Find(places, place => Array.Exists(scripts, script => script.Has(place))) is { } own)
            {
                string position = Messages.Position(own.File, own.StartLineNumber);
                string inner = places[0].File is { } file && file != own.File
                    ? Messages.Position(file, places[0].StartLineNumber)
                    : string.Empty;
                Note(attempt, position, own.Text, inner, secrets);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The stack changes while it is looked at. Then it is not known where the script was, and nothing is said.
        }
    }

    /// <summary>Notes for an attempt where it was.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="position">A file and a line of the node's script.</param>
    /// <param name="statement">What stands there.</param>
    /// <param name="inner">Where that had led to, if it was in another file; else empty.</param>
    /// <param name="secrets">Takes out of the statement what nobody may see.</param>
    public static void Note(NodeAttempt attempt, string position, string statement, string inner, SecretMask secrets) =>
        attempt.NoteStop(position, Messages.StoppedAt(position, FirstLine(secrets.Of(statement)), inner));

    private static string FirstLine(string statement)
    {
        string line = statement.Split('\n')[0].Trim();
        return line.Length <= LongestStatement ? line : string.Concat(line.AsSpan(0, LongestStatement), "…");
    }
}

using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>
/// The functions and aliases that a node's author sees where the node is made. A dag file's own functions are gone when the
/// file has ended, long before its nodes run; so they are noted while they are there.
/// </summary>
internal static class SurroundingCommands
{
    /// <summary>Notes what scripts call, and what that calls in turn.</summary>
    /// <returns>The functions and aliases by name; null if there are none.</returns>
    public static IReadOnlyDictionary<string, CommandInfo>? Of(IEnumerable<ScriptBlock> scripts, CommandInvocationIntrinsics invoke)
    {
        Dictionary<string, CommandInfo>? found = null;
        var open = new Stack<string>(scripts.SelectMany(script => NodeScript.Of(script).Commands).Select(use => use.Name));
        while (open.TryPop(out string? name))
        {
            if (found?.ContainsKey(name) == true)
            {
                continue;
            }

            switch (invoke.GetCommands(name, CommandTypes.Function | CommandTypes.Filter | CommandTypes.Alias, nameIsPattern: false).FirstOrDefault())
            {
                case AliasInfo alias when !alias.Options.HasFlag(ScopedItemOptions.AllScope):
                    Note(alias);
                    open.Push(alias.Definition);
                    break;
                case FunctionInfo function:
                    Note(function);
                    foreach (CommandUse use in NodeScript.Of(function.ScriptBlock).Commands)
                    {
                        open.Push(use.Name);
                    }

                    break;
            }

            void Note(CommandInfo command)
            {
                found ??= new Dictionary<string, CommandInfo>(StringComparer.OrdinalIgnoreCase);
                found[name] = command;
            }
        }

        return found;
    }
}

using System.Management.Automation;
using System.Runtime.CompilerServices;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>
/// The functions and aliases that a node's author sees where the node is made. A dag file's own functions are gone when the
/// file has ended, long before its nodes run; so they are noted while they are there.
/// </summary>
/// <remarks>Immutable. Nodes that a loop makes, and for which the names mean the same, share one.</remarks>
internal sealed class Surroundings
{
    private static readonly ConditionalWeakTable<NodeScript, Surroundings> Latest = [];

    private readonly Dictionary<string, SeenCommand> _commands;

    private Surroundings(Dictionary<string, SeenCommand> commands) => _commands = commands;

    /// <summary>All of them.</summary>
    public IEnumerable<SeenCommand> Commands => _commands.Values;

    /// <summary>Notes what scripts call, and what that calls in turn.</summary>
    /// <returns>The functions and aliases; null if there are none.</returns>
    public static Surroundings? Of(IEnumerable<ScriptBlock> scripts, CommandInvocationIntrinsics invoke)
    {
        Dictionary<string, SeenCommand>? found = null;
        NodeScript? first = null;
        Stack<string>? open = null;
        foreach (ScriptBlock scriptBlock in scripts)
        {
            var script = NodeScript.Of(scriptBlock);
            first ??= script;
            foreach (CommandUse use in script.Commands)
            {
                (open ??= new Stack<string>()).Push(use.Name);
            }
        }

        while (open is not null && open.TryPop(out string? name))
        {
            if (found?.ContainsKey(name) == true)
            {
                continue;
            }

            switch (invoke.GetCommands(name, CommandTypes.Function | CommandTypes.Filter | CommandTypes.Alias, nameIsPattern: false)
                .FirstOrDefault())
            {
                case AliasInfo alias when !alias.Options.HasFlag(ScopedItemOptions.AllScope):
                    Note(alias);
                    open.Push(alias.Definition);
                    break;
                case FunctionInfo function:
                    Note(function);

                    // What a module's function calls is that module's own affair.
                    foreach (CommandUse use in function.ScriptBlock.Module is null ? NodeScript.Of(function.ScriptBlock).Commands : [])
                    {
                        open.Push(use.Name);
                    }

                    break;
            }

            void Note(CommandInfo command)
            {
                found ??= new Dictionary<string, SeenCommand>(StringComparer.OrdinalIgnoreCase);
                found[name] = SeenCommand.Of(command);
            }
        }

        return found is null ? null : Shared(first!, found);
    }

    /// <summary>What a name meant there; null for something else than a function or an alias, or nothing.</summary>
    public SeenCommand? Find(string name) => _commands.GetValueOrDefault(name);

    private static Surroundings Shared(NodeScript script, Dictionary<string, SeenCommand> found)
    {
        if (Latest.TryGetValue(script, out Surroundings? latest)
            && latest._commands.Count == found.Count
            && found.All(entry => latest._commands.TryGetValue(entry.Key, out SeenCommand? same) && same == entry.Value))
        {
            return latest;
        }

        Surroundings made = new(found);
        Latest.AddOrUpdate(script, made);
        return made;
    }
}

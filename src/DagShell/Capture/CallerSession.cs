using System.Management.Automation;
using DagShell.Commands;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>
/// Finds in the caller's session what the scripts of nodes use of it: functions, aliases and modules, followed through the
/// functions they call. Nothing is imported or changed there.
/// </summary>
/// <remarks>Used on the caller's thread, before the run.</remarks>
internal sealed class CallerSession
{
    private static readonly ScriptBlock LookUp = ScriptBlock.Create(
        "param($Name) $ExecutionContext.InvokeCommand.GetCommands($Name, 'All', $false)");

    private readonly CommandInvocationIntrinsics _invoke;
    private readonly bool _supplies;
    private readonly Dictionary<(PSModuleInfo? Module, string Name), CommandInfo?> _found = new(CommandNameComparer.Instance);
    private readonly Dictionary<string, bool> _isKnownSomewhere = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<NodeScript, ScriptNeeds> _needs = [];

    /// <summary>Makes a finder.</summary>
    /// <param name="invoke">The caller's commands.</param>
    /// <param name="supplies">Whether what is found is to be brought to the nodes; if not only traces are looked for.</param>
    public CallerSession(CommandInvocationIntrinsics invoke, bool supplies)
    {
        _invoke = invoke;
        _supplies = supplies;
    }

    /// <summary>What each script needs that needs something.</summary>
    public IReadOnlyDictionary<NodeScript, ScriptNeeds> Needs => _needs;

    /// <summary>Works out what a script needs.</summary>
    /// <param name="scriptBlock">The script, as its author wrote it.</param>
    /// <param name="surroundings">What its author saw where the node was made.</param>
    /// <returns>The commands that can be found nowhere and are called without a condition.</returns>
    public IReadOnlyList<CommandUse> Add(ScriptBlock scriptBlock, IReadOnlyDictionary<string, CommandInfo>? surroundings)
    {
        NodeScript script = NodeScript.Of(scriptBlock);
        if (_needs.ContainsKey(script) || (script.Commands.Count == 0 && !script.TouchesSession))
        {
            return [];
        }

        var needs = new ScriptNeeds { MayTouchSession = script.TouchesSession };
        _needs.Add(script, needs);
        if (!_supplies)
        {
            needs.MayTouchSession |= script.Commands.Any(use => !HarmlessCommands.Contains(use.Name));
            return [];
        }

        return Follow(script, scriptBlock.Module, needs, surroundings);
    }

    private List<CommandUse> Follow(
        NodeScript root, PSModuleInfo? rootModule, ScriptNeeds needs, IReadOnlyDictionary<string, CommandInfo>? surroundings)
    {
        List<CommandUse> unknown = [];
        HashSet<string> followed = new(StringComparer.OrdinalIgnoreCase);
        var open = new Stack<(CommandUse Use, PSModuleInfo? Module, bool IsOwn)>(
            root.Commands.Select(use => (use, rootModule, IsOwn: true)));
        while (open.TryPop(out var next))
        {
            if (!followed.Add(next.Use.Name))
            {
                continue;
            }

            switch (Choose(surroundings?.GetValueOrDefault(next.Use.Name), Find(next.Use.Name, next.Module)))
            {
                case AliasInfo alias:
                    needs.Aliases.Add(new(alias.Name, alias.Definition));
                    open.Push((next.Use with { Name = alias.Definition }, next.Module, next.IsOwn));
                    break;
                case FunctionInfo function when ModuleToImport(function) is { } module:
                    // What a module's function does to the session cannot be seen from here.
                    needs.MayTouchSession = true;
                    AddModule(needs, module);
                    break;
                case FunctionInfo function:
                    needs.Functions.Add(new CapturedFunction(function.Name, function.ScriptBlock.Ast));
                    NodeScript body = NodeScript.Of(function.ScriptBlock);
                    needs.MayTouchSession |= body.TouchesSession;
                    needs.MayExit |= body.MayExit;
                    foreach (CommandUse use in body.Commands)
                    {
                        open.Push((use, function.Module ?? next.Module, IsOwn: false));
                    }

                    break;
                case CmdletInfo { ImplementingType: { } type } when type == typeof(SkipDagNodeCommand):
                    // Every runspace of nodes has it.
                    break;
                case CmdletInfo cmdlet:
                    needs.MayTouchSession |= !HarmlessCommands.Contains(cmdlet.Name);
                    AddModule(needs, ModuleImport.Of(cmdlet));
                    break;
                case null:
                    // Perhaps of a module that is not loaded yet: the node's runspace loads it by itself, as the caller's would.
                    needs.NotLoaded.Add(next.Use.Name);
                    needs.MayTouchSession |= !HarmlessCommands.Contains(next.Use.Name);
                    if (next is { IsOwn: true, Use.IsConditional: false } && !IsKnownSomewhere(next.Use.Name))
                    {
                        unknown.Add(next.Use);
                    }

                    break;
                case ExternalScriptInfo file:
                    needs.ScriptFiles.Add(file);
                    needs.MayTouchSession = true;
                    break;
                default:
                    // A program: found by its path from every runspace. A program leaves $LASTEXITCODE behind.
                    needs.MayTouchSession = true;
                    break;
            }
        }

        return unknown;
    }

    private static void AddModule(ScriptNeeds needs, ModuleImport? module)
    {
        if (module is not null && !needs.Modules.Contains(module))
        {
            needs.Modules.Add(module);
        }
    }

    /// <summary>The module to import for a function; null for one that belongs to none, or is private to it, or whose module has no file.</summary>
    private static ModuleImport? ModuleToImport(FunctionInfo function) =>
        function.Module is { } module && module.ExportedCommands.ContainsKey(function.Name) ? ModuleImport.Of(function) : null;

    /// <summary>
    /// Chooses between what a name meant where the node was made and what it means now. A function from a file is the file's;
    /// what was typed at the prompt may have been typed anew since.
    /// </summary>
    private static CommandInfo? Choose(CommandInfo? then, CommandInfo? now) =>
        then is FunctionInfo { ScriptBlock.File: not null } || now is null ? then ?? now : now;

    private CommandInfo? Find(string name, PSModuleInfo? module)
    {
        if (!_found.TryGetValue((module, name), out CommandInfo? command))
        {
            // A script block of a module sees that module's own functions.
            command = module is null
                ? _invoke.GetCommands(name, CommandTypes.All, nameIsPattern: false).FirstOrDefault()
                : (module.Invoke(LookUp, name) as PSObject)?.BaseObject as CommandInfo;
            _found.Add((module, name), command);
        }

        return command;
    }

    /// <summary>Whether a module that is not loaded has it. Asked with a pattern, because an exact name would load that module here.</summary>
    private bool IsKnownSomewhere(string name)
    {
        if (!_isKnownSomewhere.TryGetValue(name, out bool isKnown))
        {
            string pattern = WildcardPattern.Escape(name[..^1]) + "[" + name[^1] + "]";
            isKnown = WildcardPattern.ContainsWildcardCharacters(name)
                || _invoke.InvokeScript(
                    useLocalScope: true, ScriptBlock.Create("param($Name) Get-Command -Name $Name -ErrorAction Ignore"), null, pattern).Count > 0;
            _isKnownSomewhere.Add(name, isKnown);
        }

        return isKnown;
    }

    private sealed class CommandNameComparer : IEqualityComparer<(PSModuleInfo? Module, string Name)>
    {
        public static CommandNameComparer Instance { get; } = new();

        public bool Equals((PSModuleInfo? Module, string Name) x, (PSModuleInfo? Module, string Name) y) =>
            ReferenceEquals(x.Module, y.Module) && x.Name.Equals(y.Name, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((PSModuleInfo? Module, string Name) obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(obj.Name);
    }
}

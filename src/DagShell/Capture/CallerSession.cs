using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>
/// Finds in the caller's session what the names that the scripts of nodes call mean there: functions, aliases, cmdlets, with their
/// modules, followed through the functions they call. Nothing is imported or changed there.
/// </summary>
/// <remarks>Used on the caller's thread, before the run.</remarks>
internal sealed class CallerSession
{
    private static readonly ScriptBlock LookUp = TrustedScript.Create(
        "param($Name) $ExecutionContext.InvokeCommand.GetCommands($Name, 'All', $false)");

    /// <summary>Commands after which there may be modules, and programs, that were not there before.</summary>
    private static readonly HashSet<string> InstallingCommands = new(StringComparer.OrdinalIgnoreCase)
    {
        "Install-Module", "Save-Module", "Update-Module", "Install-PSResource", "Save-PSResource", "Update-PSResource", "Install-Package",
    };

    /// <summary>Commands after which there may be programs that were not there before.</summary>
    private static readonly HashSet<string> CopyingCommands = new(StringComparer.OrdinalIgnoreCase)
    {
        "Copy-Item", "copy", "cp", "cpi", "Move-Item", "move", "mv", "mi", "Expand-Archive", "Invoke-WebRequest", "iwr",
        "Invoke-RestMethod", "irm",
        "Add-Type", "Invoke-Expression", "iex", "Start-Process", "saps",
    };

    private readonly CommandInvocationIntrinsics _invoke;
    private readonly CallerModules _modules;
    private readonly bool _supplies;
    private readonly Dictionary<(PSModuleInfo? Module, string Name), CommandInfo?> _found = new(CommandNameComparer.Instance);
    private readonly Dictionary<string, bool> _isKnownSomewhere = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ScriptKey, ScriptNeeds> _needs = [];
    private bool _bringsModules;
    private bool _bringsPrograms;

    /// <summary>Makes a finder.</summary>
    /// <param name="session">The caller's session.</param>
    /// <param name="invoke">The caller's commands.</param>
    /// <param name="supplies">Whether what is found is to be brought to the nodes; if not only traces are looked for.</param>
    public CallerSession(SessionState session, CommandInvocationIntrinsics invoke, bool supplies)
    {
        _invoke = invoke;
        _modules = new CallerModules(invoke, session.PSVariable);
        _supplies = supplies;
    }

    /// <summary>What each script needs that needs something.</summary>
    public IReadOnlyDictionary<ScriptKey, ScriptNeeds> Needs => _needs;

    /// <summary>Works out what a script needs.</summary>
    /// <param name="scriptBlock">The script, as its author wrote it.</param>
    /// <param name="surroundings">What its author saw where the node was made.</param>
    /// <returns>The commands that will not be there, each with the reason.</returns>
    public IReadOnlyList<MissingCommand> Add(ScriptBlock scriptBlock, Surroundings? surroundings)
    {
        var key = ScriptKey.Of(scriptBlock, surroundings);
        NodeScript script = key.Script;
        if (_needs.ContainsKey(key) || (LeavesNothing(script) && script.Commands.Count == 0 && key.Module is null))
        {
            return [];
        }

        var needs = new ScriptNeeds { PutsOutEarly = script.PutsOutEarly };
        needs.NoteTraces(script, isOfModule: false);
        _needs.Add(key, needs);
        if (!_supplies)
        {
            needs.MayTouchSession |= script.Commands.Any(use => !HarmlessCommands.Contains(use.Name));
            needs.SpoilsSession |= script.Commands.Any(use => LastingCommands.Contains(use.Name));
            return [];
        }

        if (key.Module is { } module && _modules.Of(module) is { } home)
        {
            needs.Home = home;
            needs.MayTouchSession = true;
            AddModule(needs, home);
        }

        return new Search(this, needs, surroundings).Run(script, needs.Home is null ? null : key.Module);
    }

    /// <summary>What a script needs; null for one that was not added, or needs nothing.</summary>
    public ScriptNeeds? NeedsOf(ScriptBlock scriptBlock, Surroundings? surroundings) =>
        _needs.GetValueOrDefault(ScriptKey.Of(scriptBlock, surroundings));

    /// <summary>Whether a command is still missing when all scripts are known: none of them may bring it along for another.</summary>
    public bool IsMissing(MissingCommand missing) =>
        missing.Module is not null || !(LooksLikeCmdlet(missing.Use.Name) ? _bringsModules : _bringsModules || _bringsPrograms);

    /// <summary>A program's name has no dash after a verb.</summary>
    private static bool LooksLikeCmdlet(string name) =>
        name.Length > 0 && char.IsUpper(name[0]) && name.Contains('-', StringComparison.Ordinal);

    /// <summary>The path of a file, which may be made, or be elsewhere, by the time that it is called.</summary>
    private static bool IsPath(string name) =>
        name.StartsWith('.') || name.StartsWith('~') || name.Contains('/', StringComparison.Ordinal)
            || name.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase);

    private static bool LeavesNothing(NodeScript script) =>
        !script.TouchesSession && !script.UsesScriptScope && script.GlobalVariables.Count == 0;

    private static void AddModule(ScriptNeeds needs, CapturedModule module)
    {
        if (!needs.Modules.Contains(module))
        {
            needs.Modules.Add(module);
        }
    }

    /// <summary>
    /// Chooses between what a name meant where the node was made and what it means now. A function from a file is the file's;
    /// what was typed at the prompt may have been typed anew since.
    /// </summary>
    private static (CommandInfo? Command, ScriptBlock? Body) Choose(SeenCommand? then, CommandInfo? now) =>
        then is not null && (then.IsOfFile || now is null)
            ? (then.Command, then.Body)
            : (now, (now as FunctionInfo)?.ScriptBlock);

    private CommandInfo? Find(string name, PSModuleInfo? module)
    {
        if (!_found.TryGetValue((module, name), out CommandInfo? command))
        {
            // A script block of a module sees that module's own functions.
            object? found = module is null
                ? _invoke.GetCommands(name, CommandTypes.All, nameIsPattern: false).FirstOrDefault()
                : module.Invoke(LookUp, name);
            object? first = found is CommandInfo
                ? found
                : LanguagePrimitives.GetEnumerable(found)?.Cast<object>().FirstOrDefault() ?? found;
            command = (first is PSObject wrapped ? wrapped.BaseObject : first) as CommandInfo;
            _found.Add((module, name), command);
        }

        return command;
    }

    /// <summary>
    /// Whether a module that is not loaded has it. Asked with a pattern, because an exact name would load that module here.
    /// </summary>
    private bool IsKnownSomewhere(string name)
    {
        if (!_isKnownSomewhere.TryGetValue(name, out bool isKnown))
        {
            string pattern = WildcardPattern.Escape(name[..^1]) + "[" + name[^1] + "]";
            isKnown = WildcardPattern.ContainsWildcardCharacters(name)
                || _invoke.InvokeScript(
                    useLocalScope: true, ScriptBlock.Create("param($Name) Get-Command -Name $Name -ErrorAction Ignore"), null,
                    pattern).Count > 0;
            _isKnownSomewhere.Add(name, isKnown);
        }

        return isKnown;
    }

    /// <summary>Follows one script through all that it calls.</summary>
    private sealed class Search(CallerSession session, ScriptNeeds needs, Surroundings? surroundings)
    {
        private readonly List<MissingCommand> _missing = [];
        private readonly HashSet<(PSModuleInfo? Module, string Name)> _followed = new(CommandNameComparer.Instance);
        private readonly Stack<(CommandUse Use, PSModuleInfo? Module, bool IsOwn)> _open = new();

        public List<MissingCommand> Run(NodeScript root, PSModuleInfo? home)
        {
            Push(root, home, isOwn: true);
            while (_open.TryPop(out var next))
            {
                // Each use of a command that sets variables is a matter of its own.
                needs.MayTouchSession |= VariableSetting.IsCommand(next.Use.Name) && !next.Use.SetsKnownVariable;
                if (_followed.Add((next.Module, next.Use.Name)))
                {
                    Follow(next.Use, next.Module, next.IsOwn);
                }
            }

            // What names mean must be told apart before the functions that use them run; the stack turned their order round.
            needs.Commands.Reverse();
            return _missing;
        }

        private void Push(NodeScript script, PSModuleInfo? module, bool isOwn)
        {
            session._bringsModules |= script.ChangesSearchPath;
            needs.MethodsCalled.UnionWith(script.MethodsCalled);
            foreach (CommandUse use in script.Commands)
            {
                _open.Push((use, module, isOwn));
            }
        }

        private void Follow(CommandUse use, PSModuleInfo? from, bool isOwn)
        {
            session._bringsModules |= InstallingCommands.Contains(use.Name);
            session._bringsPrograms |= CopyingCommands.Contains(use.Name);
            needs.WaitsForDebugger |= use.Name.Equals("Wait-Debugger", StringComparison.OrdinalIgnoreCase);
            (CommandInfo? command, ScriptBlock? body) = Choose(surroundings?.Find(use.Name), session.Find(use.Name, from));
            needs.PutsOutEarly |= EarlyOutput.Knows(use.Name) && !IsShipped(command);
            switch (command)
            {
                case AliasInfo alias when PesterMock.Is(alias):
                    if (from is null)
                    {
                        needs.Commands.Add(PesterMock.Refusal(use.Name));
                    }
                    else
                    {
                        needs.MockedInModule ??= use.Name;
                    }

                    needs.MayTouchSession = true;
                    break;
                case AliasInfo alias:
                    if (from is null || alias.Module != from)
                    {
                        needs.Commands.Add(new CapturedAlias(use.Name, alias.Definition, IsForModule: from is not null));
                    }

                    _open.Push((use with { Name = alias.Definition }, from, isOwn));
                    break;
                case FunctionInfo function when (body!.Module ?? function.Module) is { } module:
                    FollowModuleFunction(use, function, body, module, from, isOwn);
                    break;
                case FunctionInfo function:
                    needs.Commands.Add(new CapturedFunction(function.Name, body!.Ast, Module: null));
                    var script = NodeScript.Of(body);
                    needs.NoteTraces(script, isOfModule: false);
                    needs.MayExit |= script.MayExit;
                    Push(script, module: null, isOwn: false);
                    break;
                case CmdletInfo cmdlet:
                    needs.MayTouchSession |= !HarmlessCommands.Contains(cmdlet.Name) && !use.SetsKnownVariable;
                    needs.SpoilsSession |= LastingCommands.Contains(cmdlet.Name);
                    FollowCmdlet(use, cmdlet, isOwn);
                    break;
                case null:
                    // Perhaps of a module that is not loaded yet: the node's runspace loads it by itself, as the caller's would.
                    needs.NotLoaded.Add(use.Name);
                    needs.MayTouchSession |= !HarmlessCommands.Contains(use.Name) && !use.SetsKnownVariable;
                    needs.SpoilsSession |= LastingCommands.Contains(use.Name);
                    if (isOwn && !use.IsConditional && !IsPath(use.Name) && !session.IsKnownSomewhere(use.Name))
                    {
                        _missing.Add(new MissingCommand(use, Module: null));
                    }

                    break;
                default:
                    // A program or a script file: found by its path from every runspace, and a script file may be another one by then.
                    if (command is ApplicationInfo)
                    {
                        needs.NoteProgram();
                    }
                    else
                    {
                        needs.MayTouchSession = true;
                    }

                    session._bringsPrograms |= command is ApplicationInfo;
                    needs.Commands.Add(new CapturedProgram(use.Name));
                    FollowScriptFile(command as ExternalScriptInfo);
                    break;
            }
        }

        /// <summary>Whether a name means what it means in PowerShell, or the same by another name.</summary>
        private bool IsShipped(CommandInfo? command) => command switch
        {
            AliasInfo alias => EarlyOutput.Knows(alias.Definition),
            CmdletInfo cmdlet => cmdlet.Module is null || session._modules.Of(cmdlet.Module, cmdlet) is FileModule { IsShipped: true },
            _ => false,
        };

        /// <summary>A module's function comes with its module; what it calls outside of that is followed too.</summary>
        private void FollowModuleFunction(
            CommandUse use, FunctionInfo function, ScriptBlock body, PSModuleInfo module, PSModuleInfo? from, bool isOwn)
        {
            // A function is a nested module's by its body, and by its name of the module that exports it.
            if (session._modules.Of(module) is not { } captured)
            {
                needs.MayTouchSession = true;
                Miss(use, module, isOwn);
                return;
            }

            AddModule(needs, captured);
            bool isInside = from is not null
                && (ReferenceEquals(module, from) || (session.Find(use.Name, module: null) as FunctionInfo)?.ScriptBlock != body);
            if (!isInside && !use.Name.Contains('\\', StringComparison.Ordinal))
            {
                needs.Commands.Add(new CapturedFunction(use.Name, body.Ast, captured));
            }

            if (captured is FileModule { IsShipped: true })
            {
                // It is not followed.
                needs.MayTouchSession = true;
            }
            else
            {
                var script = NodeScript.Of(body);
                needs.NoteTraces(script, isOfModule: true);
                needs.MayExit |= script.MayExit;
                Push(script, module, isOwn: false);
            }
        }

        private void FollowCmdlet(CommandUse use, CmdletInfo cmdlet, bool isOwn)
        {
            if (cmdlet.ImplementingType.Assembly == typeof(CallerSession).Assembly && cmdlet.ImplementingType.Name == "SkipDagNodeCommand")
            {
                // Every runspace of nodes has it.
                return;
            }

            CapturedModule? captured = cmdlet.Module is null ? null : session._modules.Of(cmdlet.Module, cmdlet);
            if (cmdlet.Module is not null && captured is null)
            {
                Miss(use, cmdlet.Module, isOwn);
                return;
            }

            if (captured is not null)
            {
                AddModule(needs, captured);
            }

            if (!use.Name.Contains('\\', StringComparison.Ordinal))
            {
                needs.Commands.Add(new CapturedCmdlet(use.Name, captured, cmdlet.ImplementingType));
            }
        }

        private void FollowScriptFile(ExternalScriptInfo? file)
        {
            if (file is null)
            {
                return;
            }

            needs.ScriptFiles.Add(file);
            try
            {
                Push(NodeScript.Of(file.ScriptBlock), module: null, isOwn: false);
            }
            catch (RuntimeException)
            {
                // It cannot be read or parsed; the node that calls it will say so.
            }
        }

        private void Miss(CommandUse use, PSModuleInfo module, bool isOwn)
        {
            if (isOwn)
            {
                _missing.Add(new MissingCommand(use, module.Name));
            }
        }
    }

    private sealed class CommandNameComparer : IEqualityComparer<(PSModuleInfo? Module, string Name)>
    {
        public static CommandNameComparer Instance { get; } = new();

        public bool Equals((PSModuleInfo? Module, string Name) x, (PSModuleInfo? Module, string Name) y) =>
            ReferenceEquals(x.Module, y.Module) && x.Name.Equals(y.Name, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((PSModuleInfo? Module, string Name) obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(obj.Name);
    }
}

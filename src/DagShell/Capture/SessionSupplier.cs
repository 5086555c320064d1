using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Capture;

/// <summary>
/// Has each name that a node's scripts call mean in the node's runspace what it means to their author, and no other name mean anything of
/// the author's: whatever ran there before makes no difference. Modules are loaded where they are first used.
/// </summary>
/// <remarks>
/// To take names away costs more than most nodes. A node whose scripts are known to look for no other names than those they call is not
/// told from one for which only these are right, so before it the others stay. Belongs to the thread of the worker whose runspace it is.
/// </remarks>
internal sealed class SessionSupplier
{
    /// <summary>Bodies are made once a runspace; more than these are hardly used twice.</summary>
    private const int MostCachedBodies = 1024;

    private readonly ModuleLoader _modules;
    private readonly Dictionary<CapturedFunction, ScriptBlock> _bodies = [];
    private readonly Dictionary<string, (ScriptBlock Body, ScriptBlock? Before)> _functions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Definition, string? Before)> _globalAliases = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ScriptNeeds> _current = [];
    private bool _isExact = true;
    private PSCmdlet _pump = null!;

    /// <summary>Makes a supplier.</summary>
    /// <param name="shipped">PowerShell's own modules that are loaded in the runspace.</param>
    public SessionSupplier(ShippedModules shipped) => _modules = new ModuleLoader(shipped);

    /// <summary>Goes on in a new pump of the same runspace.</summary>
    public void Enter(PSCmdlet pump)
    {
        _pump = pump;
        _modules.Enter(pump);

        // Aliases were in the scope of the pump before.
        _aliases.Clear();
        _current.Clear();
    }

    /// <summary>Brings what the scripts of a node need, and takes away what those of the node before needed.</summary>
    /// <param name="needs">What they need; nothing for scripts that need nothing.</param>
    /// <param name="isExact">Whether no other names may be there.</param>
    /// <param name="stop">Set when the attempt is stopped.</param>
    /// <returns>Whether modules were loaded, which may change more in the session than names.</returns>
    /// <exception cref="RuntimeException">A module could not be loaded, or a command is not the author's.</exception>
    /// <exception cref="OperationCanceledException">The attempt was stopped while it waited for another import.</exception>
    public bool Supply(List<ScriptNeeds> needs, bool isExact, CancellationToken stop)
    {
        if ((!isExact || _isExact) && needs.Count == _current.Count && needs.SequenceEqual(_current))
        {
            return false;
        }

        Dictionary<string, ScriptBlock> functions = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> aliases = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> globalAliases = new(StringComparer.OrdinalIgnoreCase);
        List<CapturedCmdlet> cmdlets = [];
        HashSet<string> used = new(StringComparer.OrdinalIgnoreCase);
        bool hasLoaded = false;
        LetGo(needs);
        foreach (CapturedModule module in needs.SelectMany(need => need.Modules))
        {
            hasLoaded |= _modules.Find(module) is null;
            LoadedModule loaded = _modules.Load(module, stop);
            foreach (var (name, body) in loaded.Functions)
            {
                functions[name] = body;
            }

            foreach (var (name, definition) in loaded.Aliases)
            {
                aliases[name] = definition;
            }
        }

        foreach (CapturedCommand command in needs.SelectMany(need => need.Commands))
        {
            used.Add(command.Name);
            if (command is CapturedAlias { IsForModule: true } wide)
            {
                globalAliases[wide.Name] = wide.Definition;
                continue;
            }

            functions.Remove(command.Name);
            aliases.Remove(command.Name);
            switch (command)
            {
                case CapturedAlias alias:
                    aliases[alias.Name] = alias.Definition;
                    break;
                case CapturedCmdlet cmdlet:
                    cmdlets.Add(cmdlet);
                    break;
            }
        }

        // Cmdlets first: to bring one to the front, its module may have to be loaded anew.
        SetCmdlets(cmdlets, stop);
        foreach (CapturedFunction function in needs.SelectMany(need => need.Commands).OfType<CapturedFunction>())
        {
            functions[function.Name] = BodyOf(function, stop);
        }

        SetFunctions(functions, name => isExact || used.Contains(name));
        SetAliases(aliases, name => isExact || used.Contains(name));
        SetGlobalAliases(globalAliases, name => isExact || used.Contains(name));
        _isExact = isExact;
        _current.Clear();
        _current.AddRange(needs);
        return hasLoaded;
    }

    /// <summary>The module in whose scope a script runs; null for none.</summary>
    public PSModuleInfo? HomeOf(ScriptNeeds needs) => needs.Home is { } home ? _modules.Find(home)?.Info : null;

    /// <summary>Changes what was found of a session's functions to what it was without those of the node.</summary>
    public void TakeOut(Dictionary<string, ScriptBlock> functions)
    {
        foreach (var (name, (_, before)) in _functions)
        {
            if (before is null)
            {
                functions.Remove(name);
            }
            else
            {
                functions[name] = before;
            }
        }
    }

    /// <summary>The same for aliases.</summary>
    public void TakeOut(Dictionary<string, string> aliases)
    {
        foreach (string name in _aliases.Keys)
        {
            aliases.Remove(name);
        }

        foreach (var (name, (_, before)) in _globalAliases)
        {
            if (before is null)
            {
                aliases.Remove(name);
            }
            else
            {
                aliases[name] = before;
            }
        }
    }

    /// <summary>Gives the node back what it was given and has removed.</summary>
    /// <param name="found">The functions that there are.</param>
    public void SetLost(Dictionary<string, ScriptBlock> found)
    {
        foreach (var (name, (body, _)) in _functions)
        {
            if (!found.ContainsKey(name))
            {
                SessionNames.SetFunction(_pump, name, body);
            }
        }

        foreach (var (name, definition) in _aliases)
        {
            SessionNames.SetAlias(_pump, name, definition);
        }

        foreach (var (name, (definition, _)) in _globalAliases)
        {
            SessionNames.SetGlobalAlias(_pump, name, definition);
        }
    }

    /// <summary>What a function is while the node runs; null for one that is none of the node's.</summary>
    public ScriptBlock? FunctionOf(string name) => _functions.TryGetValue(name, out var bound) ? bound.Body : null;

    /// <summary>What an alias is while the node runs; null for one that is none of the node's.</summary>
    public string? AliasOf(string name) => _aliases.GetValueOrDefault(name)
        ?? (_globalAliases.TryGetValue(name, out var bound) ? bound.Definition : null);

    /// <summary>Takes it that the modules that are there now are to stay.</summary>
    public void NoteModules() => _modules.NoteModules();

    /// <summary>Removes modules that a node brought.</summary>
    /// <returns>Whether the session is as it was.</returns>
    public bool RemoveOtherModules(string? shippedIn) => _modules.RemoveOthers(shippedIn);

    /// <summary>Takes away all that was brought.</summary>
    /// <param name="mayHaveMore">Whether commands may have loaded modules by themselves.</param>
    /// <returns>Whether nothing is left: a module that was loaded stays.</returns>
    public bool TryLeave(bool mayHaveMore)
    {
        if (_modules.HasModulesOfRun(mayHaveMore))
        {
            return false;
        }

        Supply([], isExact: true, CancellationToken.None);
        return true;
    }

    /// <summary>Lets go of the copies of modules that only the node before had.</summary>
    private void LetGo(List<ScriptNeeds> needs)
    {
        foreach (CapturedModule module in _current.SelectMany(need => need.Modules).OfType<CopiedModule>())
        {
            if (!needs.Any(need => need.Modules.Contains(module)))
            {
                _modules.Forget(module);
                foreach (CapturedFunction function in _bodies.Keys.Where(function => function.Module == module).ToList())
                {
                    _bodies.Remove(function);
                }
            }
        }
    }

    private void SetFunctions(Dictionary<string, ScriptBlock> wanted, Func<string, bool> mustBeRight)
    {
        foreach (var (name, (_, before)) in _functions.Where(bound => mustBeRight(bound.Key) && !wanted.ContainsKey(bound.Key)).ToList())
        {
            SessionNames.SetFunction(_pump, name, before);
            _functions.Remove(name);
        }

        foreach (var (name, body) in wanted)
        {
            if (!_functions.TryGetValue(name, out var bound))
            {
                ScriptBlock? before = FunctionNow(name);
                SessionNames.SetFunction(_pump, name, body);
                _functions.Add(name, (body, before));
            }
            else if (!ReferenceEquals(bound.Body, body))
            {
                SessionNames.SetFunction(_pump, name, body);
                _functions[name] = (body, bound.Before);
            }
        }
    }

    private void SetAliases(Dictionary<string, string> wanted, Func<string, bool> mustBeRight)
    {
        foreach (string name in _aliases.Keys.Where(name => mustBeRight(name) && !wanted.ContainsKey(name)).ToList())
        {
            SessionNames.SetAlias(_pump, name, null);
            _aliases.Remove(name);
        }

        foreach (var (name, definition) in wanted)
        {
            string? now = _aliases.GetValueOrDefault(name) ?? (Now(name, CommandTypes.Alias) as AliasInfo)?.Definition;
            if (now != definition)
            {
                SessionNames.SetAlias(_pump, name, definition);
                _aliases[name] = definition;
            }
        }
    }

    private void SetGlobalAliases(Dictionary<string, string> wanted, Func<string, bool> mustBeRight)
    {
        foreach (string name in _globalAliases.Keys.Where(name => mustBeRight(name) && !wanted.ContainsKey(name)).ToList())
        {
            SessionNames.SetGlobalAlias(_pump, name, _globalAliases[name].Before);
            _globalAliases.Remove(name);
        }

        foreach (var (name, definition) in wanted)
        {
            bool isBound = _globalAliases.TryGetValue(name, out var bound);
            string? now = isBound ? bound.Definition : SessionNames.GlobalAlias(_pump, name);
            if (now != definition)
            {
                SessionNames.SetGlobalAlias(_pump, name, definition);
                _globalAliases[name] = (definition, isBound ? bound.Before : now);
            }
        }
    }

    /// <summary>Imports cmdlets, and sees to it that none of another module hides them.</summary>
    private void SetCmdlets(List<CapturedCmdlet> cmdlets, CancellationToken stop)
    {
        foreach (CapturedCmdlet cmdlet in cmdlets)
        {
            if (cmdlet.Module is not (null or FileModule { IsShipped: true }) && Found(cmdlet)?.ImplementingType != cmdlet.Type)
            {
                _modules.ImportCmdlet(_modules.Load(cmdlet.Module, stop), cmdlet);
            }
        }

        if (!_modules.HasForeignCmdlets)
        {
            return;
        }

        foreach (CapturedCmdlet cmdlet in cmdlets.Where(IsHidden))
        {
            // Of cmdlets of two modules that which was imported last is found. So its module is imported anew, or what hides PowerShell's
            // own goes.
            if (cmdlet.Module is null or FileModule { IsShipped: true })
            {
                Remove(Found(cmdlet)!.Module);
            }
            else
            {
                Remove(_modules.Load(cmdlet.Module, stop).Info);
                _modules.ImportCmdlet(_modules.Load(cmdlet.Module, stop), cmdlet);
            }

            if (IsHidden(cmdlet))
            {
                throw new RuntimeException(Messages.CommandHidden(cmdlet.Name, cmdlet.Module?.Name, Found(cmdlet)!.ModuleName));
            }
        }
    }

    private bool IsHidden(CapturedCmdlet cmdlet) => Found(cmdlet) is { } found && found.ImplementingType != cmdlet.Type;

    /// <summary>Removes a module, with what functions it has in the session; its own are made anew where they are needed next.</summary>
    private void Remove(PSModuleInfo? module)
    {
        if (module is null)
        {
            return;
        }

        foreach (string name in _functions.Where(bound => bound.Value.Body.Module == module).Select(bound => bound.Key).ToList())
        {
            _functions.Remove(name);
        }

        _bodies.Clear();
        _modules.Remove(module);
    }

    private CmdletInfo? Found(CapturedCmdlet cmdlet) => Now(cmdlet.Name, CommandTypes.Cmdlet) as CmdletInfo;

    private ScriptBlock? FunctionNow(string name) =>
        (Now(name, CommandTypes.Function | CommandTypes.Filter) as FunctionInfo)?.ScriptBlock;

    /// <summary>What a name is now. Not by GetCommand, which looks for a module for a name that is nothing.</summary>
    private CommandInfo? Now(string name, CommandTypes types) =>
        _pump.InvokeCommand.GetCommands(name, types, nameIsPattern: false).FirstOrDefault();

    private ScriptBlock BodyOf(CapturedFunction function, CancellationToken stop)
    {
        if (_bodies.TryGetValue(function, out ScriptBlock? body))
        {
            return body;
        }

        if (function.Module is { } module)
        {
            body = _modules.FunctionOf(_modules.Load(module, stop), function);
        }
        else if (function.NewDefiningScript() is { } definition)
        {
            // Defined in the pump's scope first, because only running the definition keeps all of it. One that says global: is global at
            // once.
            ScriptBlock? before = FunctionNow(function.Name);
            _pump.InvokeCommand.InvokeScript(useLocalScope: false, definition, null);
            body = FunctionNow(function.Name)!;
            SessionNames.SetFunction(_pump, function.Name, null);
            if (before is not null && FunctionNow(function.Name) is null)
            {
                SessionNames.SetFunction(_pump, function.Name, before);
            }
        }
        else
        {
            body = ((ScriptBlockAst)function.Definition).GetScriptBlock();
        }

        if (_bodies.Count >= MostCachedBodies)
        {
            _bodies.Clear();
        }

        _bodies.Add(function, body);
        return body;
    }
}

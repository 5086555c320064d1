using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>
/// Loads the caller's modules into a node's runspace, each once and none of their commands: a name is bound only where a node means that
/// command. Modules that come with PowerShell are imported whole, as every session has them.
/// </summary>
/// <remarks>Belongs to the thread of the worker whose runspace it is.</remarks>
internal sealed class ModuleLoader
{
    /// <summary>A name that no command has: an import of nothing else imports nothing.</summary>
    private const string Nothing = "\u0001";

    // A module may write errors while it loads, which the caller's session took; so Stop is not in force here.
    private static readonly ScriptBlock Import = TrustedScript.Create("""
        param($Target, $RunsScripts)
        $ErrorActionPreference = 'Continue'
        $before = $global:ErrorActionPreference, $global:PSNativeCommandUseErrorActionPreference
        $global:ErrorActionPreference = 'Continue'
        $global:PSNativeCommandUseErrorActionPreference = $false
        try {
            # The redirection of a script block takes what the module's script writes, too; that of a cmdlet does not.
            $module = . {
                Microsoft.PowerShell.Core\Import-Module @Target -PassThru -Global -DisableNameChecking -Verbose:$false -ErrorVariable problems
            } *>&1 | Microsoft.PowerShell.Core\Where-Object { $_ -is [psmoduleinfo] }
        }
        finally { $global:ErrorActionPreference, $global:PSNativeCommandUseErrorActionPreference = $before }
        if (-not $module) { throw $problems[0] }
        @{
            Module = @($module)[-1]
            Functions = $ExecutionContext.InvokeProvider.ChildItem.Get('function:', $false)
            Variables = if ($RunsScripts) { $ExecutionContext.InvokeProvider.ChildItem.Get('variable:', $false) }
        }
        """);

    private static readonly ScriptBlock New =
        TrustedScript.Create("param($Name) Microsoft.PowerShell.Core\\New-Module -Name $Name -ScriptBlock { }");

    private static readonly ScriptBlock Dot = TrustedScript.Create("param($Module, $Definition, $Rest) . $Module $Definition @Rest");

    // No parameters: they would stay in the module as variables.
    private static readonly ScriptBlock SetAlias = TrustedScript.Create(
        "$null = $ExecutionContext.InvokeProvider.Item.Set($args[0], $args[1])");

    private static readonly ScriptBlock SetItem = TrustedScript.Create(
        "param($Path, $Value) $ExecutionContext.InvokeProvider.Item.Set($Path, $Value)");

    private static readonly ScriptBlock LookIn = TrustedScript.Create(
        "$ExecutionContext.InvokeProvider.ChildItem.Get('function:', $false)");

    private static readonly ScriptBlock List = TrustedScript.Create("Microsoft.PowerShell.Core\\Get-Module");

    // The assemblies of PowerShell's own commands are modules too.
    private static readonly ScriptBlock AskScriptModules = TrustedScript.Create(
        "foreach ($module in Microsoft.PowerShell.Core\\Get-Module -All) { if ($module.ModuleType -notin 'Binary', 'Manifest') { 1 } }");

    private static readonly ScriptBlock Unload =
        TrustedScript.Create("param($Module) Microsoft.PowerShell.Core\\Remove-Module -ModuleInfo $Module -Force");

    private readonly ShippedModules _shipped;
    private readonly Dictionary<CapturedModule, LoadedModule> _loaded = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<PSModuleInfo> _known = new(ReferenceEqualityComparer.Instance);
    private PSCmdlet _pump = null!;

    /// <summary>Makes a loader.</summary>
    /// <param name="shipped">PowerShell's own modules that are loaded in the runspace.</param>
    public ModuleLoader(ShippedModules shipped) => _shipped = shipped;

    /// <summary>Whether cmdlets were imported that do not come with PowerShell, and may hide some that do.</summary>
    public bool HasForeignCmdlets { get; private set; }

    /// <summary>Goes on in a new pump of the same runspace.</summary>
    public void Enter(PSCmdlet pump) => _pump = pump;

    /// <summary>A module that is loaded already.</summary>
    public LoadedModule? Find(CapturedModule module) => _loaded.GetValueOrDefault(module);

    /// <summary>Loads a module, if it is not there yet.</summary>
    /// <exception cref="RuntimeException">It could not be loaded; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The attempt was stopped while it waited for another import.</exception>
    public LoadedModule Load(CapturedModule module, CancellationToken stop)
    {
        if (_loaded.TryGetValue(module, out LoadedModule? loaded))
        {
            return loaded;
        }

        try
        {
            loaded = module switch
            {
                FileModule { IsShipped: true } file => LoadShipped(file),
                FileModule file => LoadAlone(file, TargetOf(file), stop),
                AssemblyModule assembly => LoadAlone(assembly, new Hashtable { ["Assembly"] = assembly.Assembly }, stop),
                NestedModule nested => new LoadedModule(FindIn(Load(nested.Parent, stop).Info, nested), Load(nested.Parent, stop).Functions,
                    Load(nested.Parent, stop).Aliases),
                CopiedModule copied => Copy(copied),
                _ => throw new ArgumentException($"There is no way to load a {module.GetType().Name}.", nameof(module)),
            };
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            throw new RuntimeException(Messages.ModuleNotLoaded(module.Name, (module as FileModule)?.Path, exception.Message), exception);
        }

        _loaded.Add(module, loaded);
        return loaded;
    }

    /// <summary>Lets go of a copy, of which each node may have its own.</summary>
    public void Forget(CapturedModule module)
    {
        if (module is CopiedModule)
        {
            _loaded.Remove(module);
        }
    }

    /// <summary>The function of a loaded module that is the caller's function of that name and definition.</summary>
    public ScriptBlock FunctionOf(LoadedModule module, CapturedFunction function)
    {
        if (module.Info.ExportedFunctions.TryGetValue(function.Name, out FunctionInfo? exported)
            && IsSame(exported.ScriptBlock.Ast, function.Definition))
        {
            return exported.ScriptBlock;
        }

        // One with a prefix, or one that the module exports to none.
        return ItemsIn(module.Info).FirstOrDefault(found => IsSame(found.ScriptBlock.Ast, function.Definition))?.ScriptBlock
            ?? Define(module.Info, function);
    }

    /// <summary>Imports a cmdlet of a loaded module under the name that the caller has it by.</summary>
    public void ImportCmdlet(LoadedModule module, CapturedCmdlet cmdlet)
    {
        HasForeignCmdlets = true;
        string name = module.Info.ExportedCmdlets.Values.FirstOrDefault(exported => exported.ImplementingType == cmdlet.Type)?.Name
            ?? cmdlet.Name;
        Hashtable target =
            new() { ["ModuleInfo"] = module.Info, ["Cmdlet"] = name, ["Function"] = Nothing, ["Alias"] = Nothing, ["Variable"] = Nothing };
        if (!name.Equals(cmdlet.Name, StringComparison.OrdinalIgnoreCase))
        {
            int noun = name.IndexOf('-', StringComparison.Ordinal) + 1;
            target["Prefix"] = cmdlet.Name[noun..^(name.Length - noun)];
        }

        Run(Import, target, false);
    }

    /// <summary>Takes a module out of the session, that hides with its cmdlets what a node means.</summary>
    public void Remove(PSModuleInfo module)
    {
        Run(Unload, module);
        _known.Remove(module);
        foreach (var (captured, loaded) in _loaded.ToList())
        {
            if (ReferenceEquals(loaded.Info, module))
            {
                _loaded.Remove(captured);
            }
        }
    }

    /// <summary>Takes it that the modules that are there now are to stay.</summary>
    public void NoteModules() => _known.UnionWith(Listed());

    /// <summary>Removes modules that a node brought, but for those that come with PowerShell and load by themselves.</summary>
    /// <returns>Whether the session is as it was.</returns>
    public bool RemoveOthers(string? shippedIn)
    {
        bool isClean = true;
        HashSet<PSModuleInfo> there = new(Listed(), ReferenceEqualityComparer.Instance);
        foreach (PSModuleInfo module in there.Where(module => !_known.Contains(module)).Reverse().ToList())
        {
            if (shippedIn is not null && module.Path?.StartsWith(shippedIn, StringComparison.Ordinal) == true)
            {
                _known.Add(module);
                continue;
            }

            try
            {
                Run(Unload, module);
            }
            catch (RuntimeException exception) when (exception is not PipelineStoppedException)
            {
                isClean = false;
            }
        }

        // One that cannot be removed stays; one of ours that a node removed is gone.
        HashSet<PSModuleInfo> left = new(Listed(), ReferenceEqualityComparer.Instance);
        return isClean && left.SetEquals(_known);
    }

    /// <summary>
    /// Whether the session has modules that are not PowerShell's own, or that run scripts: those may keep what one run did for the next.
    /// </summary>
    /// <param name="mayHaveMore">Whether commands may have loaded modules by themselves.</param>
    public bool HasModulesOfRun(bool mayHaveMore) =>
        _loaded.Keys.Any(static module => module is not FileModule { IsShipped: true })
            || (mayHaveMore && Run(AskScriptModules).Count > 0);

    private static Hashtable TargetOf(FileModule file) => new()
    {
        ["Name"] = file.Path,
        ["ArgumentList"] = file.Arguments.Select(OfThisSession).ToArray(),
        ["Function"] = Nothing,
        ["Cmdlet"] = Nothing,
        ["Alias"] = Nothing,
        ["Variable"] = file.Variables.Length == 0 ? [Nothing] : file.Variables,
    };

    /// <summary>A script block of the caller's would run in the caller's session.</summary>
    private static object? OfThisSession(object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) is ScriptBlock block
            ? NodeScript.Of(block).NewUnboundScriptBlock()
            : value;

    private static bool IsSame(Ast here, Ast there) =>
        here.Extent.StartOffset == there.Extent.StartOffset && here.Extent.Text == there.Extent.Text;

    private static PSModuleInfo FindIn(PSModuleInfo parent, NestedModule module)
    {
        var open = new Queue<PSModuleInfo>(parent.NestedModules);
        while (open.TryDequeue(out PSModuleInfo? next))
        {
            if (next.Name == module.Name && next.Path == module.Path)
            {
                return next;
            }

            foreach (PSModuleInfo inner in next.NestedModules)
            {
                open.Enqueue(inner);
            }
        }

        throw new RuntimeException(Messages.NestedModuleNotFound(module.Parent.Name));
    }

    private LoadedModule LoadShipped(FileModule file)
    {
        if (_shipped.Find(file.Path) is { } there)
        {
            return there;
        }

        // It is made for many sessions, so imports of it need not wait for each other.
        var result = (Hashtable)Run(Import, new Hashtable { ["Name"] = file.Path }, false)[0].BaseObject;
        NoteModules();
        LoadedModule loaded = new(
            (PSModuleInfo)Bare(result["Module"])!, new Dictionary<string, ScriptBlock>(), new Dictionary<string, string>());
        _shipped.Add(file.Path, loaded);
        return loaded;
    }

    private LoadedModule LoadAlone(CapturedModule module, Hashtable target, CancellationToken stop)
    {
        foreach (string kind in (string[])["Function", "Cmdlet", "Alias", "Variable"])
        {
            target[kind] ??= Nothing;
        }

        using IDisposable turn = ImportGate.Enter(stop);
        Dictionary<string, ScriptBlock> functions = SessionNames.Functions(_pump);
        Dictionary<string, string> aliases = SessionNames.Aliases(_pump);
        bool runsScripts = module is FileModule { RunsScripts: true };
        HashSet<string> variables = runsScripts
            ? SessionNames.Items<PSVariable>(_pump, "variable:").Select(variable => variable.Name).ToHashSet()
            : [];
        var result = (Hashtable)Run(Import, target, runsScripts)[0].BaseObject;
        if (runsScripts)
        {
            foreach (PSVariable variable in Each<PSVariable>(result["Variables"])
                .Where(variable => !IsOurs(variable.Name) && !variables.Contains(variable.Name)))
            {
                _pump.SessionState.PSVariable.Set("global:" + variable.Name, variable.Value);
            }
        }

        // What it did to the names of the session is taken back, and holds for the nodes that use it.
        Dictionary<string, ScriptBlock> brought = new(StringComparer.OrdinalIgnoreCase);
        foreach (FunctionInfo function in Each<FunctionInfo>(result["Functions"]))
        {
            if (!functions.TryGetValue(function.Name, out ScriptBlock? before) || before != function.ScriptBlock)
            {
                brought[function.Name] = function.ScriptBlock;
                SessionNames.SetFunction(_pump, function.Name, before);
            }
        }

        Dictionary<string, string> broughtAliases = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, definition) in SessionNames.Aliases(_pump))
        {
            if (!aliases.TryGetValue(name, out string? before) || before != definition)
            {
                broughtAliases[name] = definition;
                SessionNames.SetAlias(_pump, name, before);
            }
        }

        NoteModules();
        return new LoadedModule((PSModuleInfo)Bare(result["Module"])!, brought, broughtAliases);
    }

    private LoadedModule Copy(CopiedModule module)
    {
        var info = (PSModuleInfo)Run(New, module.Name)[0].BaseObject;
        foreach (CapturedFunction function in module.Functions)
        {
            Define(info, function);
        }

        foreach (CapturedAlias alias in module.Aliases)
        {
            Run(Dot, info, TrustedScript.Fresh(SetAlias), (object[])[$"alias:{alias.Name}", alias.Definition]);
        }

        foreach (var (name, value) in module.Variables)
        {
            info.SessionState.PSVariable.Set(name, OfThisSession(value));
        }

        return new LoadedModule(info, new Dictionary<string, ScriptBlock>(), new Dictionary<string, string>());
    }

    /// <summary>Defines a function in a module's scope.</summary>
    private ScriptBlock Define(PSModuleInfo module, CapturedFunction function)
    {
        if (function.NewDefiningScript() is { } definition)
        {
            Run(Dot, module, definition);
        }
        else
        {
            ScriptBlock body = module.NewBoundScriptBlock(((ScriptBlockAst)function.Definition).GetScriptBlock());
            module.Invoke(TrustedScript.Fresh(SetItem), $"function:script:{function.Name}", body);
        }

        return ItemsIn(module).First(found => found.Name.Equals(function.Name, StringComparison.OrdinalIgnoreCase)).ScriptBlock;
    }

    private static IEnumerable<FunctionInfo> ItemsIn(PSModuleInfo module) =>
        module.SessionState is null
            ? []
            : Each<FunctionInfo>(module.Invoke(TrustedScript.Fresh(LookIn))).Where(function => function.ScriptBlock.Module == module);

    private IEnumerable<PSModuleInfo> Listed() => Run(List).Select(item => item.BaseObject).OfType<PSModuleInfo>();

    private static bool IsOurs(string name) => name is "Target" or "RunsScripts" or "before" or "module" or "problems";

    private static IEnumerable<T> Each<T>(object? items) =>
        items is null ? [] : (LanguagePrimitives.GetEnumerable(items)?.Cast<object>() ?? [items]).Select(Bare).OfType<T>();

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    /// <summary>A script block is tied to the first session that runs it; this session gets its own.</summary>

    private System.Collections.ObjectModel.Collection<PSObject> Run(ScriptBlock script, params object?[] arguments) =>
        _pump.InvokeCommand.InvokeScript(useLocalScope: true, TrustedScript.Fresh(script), null, arguments!);
}

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Capture;

/// <summary>Brings what scripts need of their author's session into a node's runspace, each thing once and only where it is used.</summary>
/// <remarks>Belongs to the thread of the worker whose runspace it is.</remarks>
internal sealed class SessionSupplier
{
    private static readonly ScriptBlock Import = ScriptBlock.Create(
        "param($Path, $More) Import-Module -Name $Path -Global -DisableNameChecking -ErrorAction Stop -Verbose:$false @More");

    private readonly HashSet<object> _supplied = [];
    private readonly Dictionary<string, string> _aliases = new(StringComparer.OrdinalIgnoreCase);
    private PSCmdlet _pump = null!;

    /// <summary>Goes on in a new pump of the same runspace.</summary>
    public void Enter(PSCmdlet pump)
    {
        _pump = pump;
        foreach (var (name, definition) in _aliases)
        {
            SetAlias(name, definition);
        }
    }

    /// <summary>Brings what a script needs and is not there yet.</summary>
    /// <returns>Whether anything was brought.</returns>
    /// <exception cref="RuntimeException">A module could not be imported.</exception>
    public bool Supply(ScriptNeeds needs)
    {
        if (needs.IsEmpty || _supplied.Contains(needs))
        {
            return false;
        }

        foreach (ModuleImport module in needs.Modules)
        {
            if (!_supplied.Contains(module))
            {
                Hashtable more = module.Prefix is null ? [] : new Hashtable { ["Prefix"] = module.Prefix };
                _pump.InvokeCommand.InvokeScript(useLocalScope: true, ((ScriptBlockAst)Import.Ast).GetScriptBlock(), null, module.Path, more);
                _supplied.Add(module);
            }
        }

        foreach (CapturedFunction function in needs.Functions)
        {
            if (_supplied.Add(function))
            {
                Define(function);
            }
        }

        foreach (var (name, definition) in needs.Aliases)
        {
            bool isThere = _pump.InvokeCommand.GetCommand(name, CommandTypes.Alias) is AliasInfo alias && alias.Definition == definition;
            if (!isThere)
            {
                SetAlias(name, definition);
                _aliases[name] = definition;
            }
        }

        _supplied.Add(needs);
        return true;
    }

    /// <summary>Sets an alias in the pump's scope, which is around every node's; the alias provider knows no other.</summary>
    private void SetAlias(string name, string definition) =>
        _pump.InvokeProvider.Item.Set([$"alias:{name}"], definition, force: true, literalPath: true);

    private void Define(CapturedFunction function)
    {
        ScriptBlock body;
        if (function.NewDefiningScript() is { } definition)
        {
            // Defined in the pump's scope first, because only running the definition keeps all of it, then made global.
            _pump.InvokeCommand.InvokeScript(useLocalScope: false, definition, null);
            body = ((FunctionInfo)_pump.InvokeCommand.GetCommand(function.Name, CommandTypes.Function | CommandTypes.Filter)).ScriptBlock;
            _pump.InvokeProvider.Item.Remove([$"function:{function.Name}"], recurse: false, force: true, literalPath: true);
        }
        else
        {
            body = ((ScriptBlockAst)function.Definition).GetScriptBlock();
        }

        _pump.InvokeProvider.Item.Set([$"function:global:{function.Name}"], body, force: true, literalPath: true);
    }
}

using System.Collections.ObjectModel;
using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>The global functions and the aliases of a node's runspace.</summary>
/// <remarks>Belongs to the thread of the worker whose runspace it is.</remarks>
internal static class SessionNames
{
    // The provider knows the innermost scope alone.
    private static readonly ScriptBlock SetGlobal = TrustedScript.Create(
        "param($Name, $Value) Microsoft.PowerShell.Utility\\Set-Alias -Name $Name -Value $Value -Scope Global -Force");

    private static readonly ScriptBlock RemoveGlobal = TrustedScript.Create(
        "param($Name) Microsoft.PowerShell.Utility\\Remove-Alias -Name $Name -Scope Global -Force -ErrorAction Ignore");

    private static readonly ScriptBlock GetGlobal = TrustedScript.Create(
        "param($Name) (Microsoft.PowerShell.Utility\\Get-Alias -Name $Name -Scope Global -ErrorAction Ignore).Definition");

    public static Dictionary<string, ScriptBlock> Functions(PSCmdlet pump) => Items<FunctionInfo>(pump, "function:")
        .ToDictionary(function => function.Name, function => function.ScriptBlock, StringComparer.OrdinalIgnoreCase);

    public static Dictionary<string, string> Aliases(PSCmdlet pump) => Items<AliasInfo>(pump, "alias:")
        .ToDictionary(alias => alias.Name, alias => alias.Definition, StringComparer.OrdinalIgnoreCase);

    /// <summary>Defines a global function; null removes it.</summary>
    public static void SetFunction(PSCmdlet pump, string name, ScriptBlock? body)
    {
        if (body is null)
        {
            Remove(pump, $"function:{name}");
        }
        else
        {
            pump.InvokeProvider.Item.Set([$"function:global:{name}"], body, force: true, literalPath: true);
        }
    }

    /// <summary>
    /// Sets an alias in the pump's scope, which is around every node's, and the only one that the provider knows; null removes it.
    /// </summary>
    public static void SetAlias(PSCmdlet pump, string name, string? definition)
    {
        if (definition is null)
        {
            Remove(pump, $"alias:{name}");
        }
        else
        {
            pump.InvokeProvider.Item.Set([$"alias:{name}"], definition, force: true, literalPath: true);
        }
    }

    /// <summary>Sets an alias for all scopes, those of modules too; null removes it.</summary>
    public static void SetGlobalAlias(PSCmdlet pump, string name, string? definition)
    {
        if (definition is null)
        {
            Run(pump, RemoveGlobal, name);
        }
        else
        {
            Run(pump, SetGlobal, name, definition);
        }
    }

    /// <summary>What an alias stands for where no inner scope has another; null for none.</summary>
    public static string? GlobalAlias(PSCmdlet pump, string name) =>
        Run(pump, GetGlobal, WildcardPattern.Escape(name)).FirstOrDefault()?.BaseObject as string;

    public static List<T> Items<T>(PSCmdlet pump, string drive) =>
        pump.InvokeProvider.ChildItem.Get(drive, recurse: false).Select(item => item.BaseObject).OfType<T>().ToList();

    private static void Remove(PSCmdlet pump, string path)
    {
        if (pump.InvokeProvider.Item.Exists(path, force: true, literalPath: true))
        {
            pump.InvokeProvider.Item.Remove([path], recurse: false, force: true, literalPath: true);
        }
    }

    private static Collection<PSObject> Run(PSCmdlet pump, ScriptBlock script, params object[] arguments) =>
        pump.InvokeCommand.InvokeScript(useLocalScope: true, TrustedScript.Fresh(script), null, arguments);
}

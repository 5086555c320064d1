using System.Management.Automation;

namespace DagShell.Capture;

/// <summary>The global functions and the aliases of a node's runspace.</summary>
/// <remarks>Belongs to the thread of the worker whose runspace it is.</remarks>
internal static class SessionNames
{
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

    public static List<T> Items<T>(PSCmdlet pump, string drive) =>
        pump.InvokeProvider.ChildItem.Get(drive, recurse: false).Select(item => item.BaseObject).OfType<T>().ToList();

    private static void Remove(PSCmdlet pump, string path)
    {
        if (pump.InvokeProvider.Item.Exists(path, force: true, literalPath: true))
        {
            pump.InvokeProvider.Item.Remove([path], recurse: false, force: true, literalPath: true);
        }
    }
}

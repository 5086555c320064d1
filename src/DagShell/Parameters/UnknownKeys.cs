using System.Collections;
using System.Management.Automation;
using DagShell.Engine.Graph;
using DagShell.Scripts;

namespace DagShell.Parameters;

/// <summary>Finds keys of -Parameter, -PoolLimit and -PoolSession that nothing takes: most likely they are misspelt.</summary>
internal static class UnknownKeys
{
    /// <summary>Warnings about the keys of -Parameter that neither a dag file nor a script of a node takes.</summary>
    /// <param name="parameters">The table.</param>
    /// <param name="dag">The whole dag.</param>
    /// <param name="ofFiles">The names and aliases of the dag files' parameters.</param>
    public static IEnumerable<string> OfParameters(Hashtable parameters, Dag dag, IEnumerable<string> ofFiles)
    {
        if (parameters.Count == 0 || HasUnknown(dag))
        {
            return [];
        }

        HashSet<string> known = new(ofFiles, StringComparer.OrdinalIgnoreCase);
        HashSet<NodeScript> seen = [];
        foreach (NodeScript script in dag.AllNodes.SelectMany(node => node.Scripts()).Select(used => NodeScript.Of(used.Script))
            .Where(seen.Add))
        {
            known.UnionWith(script.Parameters.SelectMany(parameter => parameter.Names));
        }

        return Unknown(parameters, known, Messages.UnknownParameter);
    }

    /// <summary>Warnings about the keys of a table of pools that no node's pool has.</summary>
    /// <param name="parameter">The parameter that the table was given to.</param>
    /// <param name="pools">The table.</param>
    /// <param name="dag">The whole dag.</param>
    public static IEnumerable<string> OfPools(string parameter, Hashtable pools, Dag dag) => pools.Count == 0 || HasUnknown(dag)
        ? []
        : Unknown(
            pools,
            dag.AllNodes.Select(node => node.Pool).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase),
            (key, nearest) => Messages.UnknownPool(parameter, key, nearest));

    /// <summary>Whether there are nodes that nobody knows yet.</summary>
    private static bool HasUnknown(Dag dag) => dag.AllNodes.Any(node => node.Node.ExpandsAtTurn);

    private static IEnumerable<string> Unknown(Hashtable table, HashSet<string> known, Func<string, string?, string> message) =>
        from key in table.Keys.Cast<object>().Select(key => LanguagePrimitives.ConvertTo<string>(key))
        where !known.Contains(key)
        orderby key
        select message(key, NameSuggestion.Nearest(key, known.Order(StringComparer.OrdinalIgnoreCase)));
}

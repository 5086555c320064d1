using System.Collections;
using System.Management.Automation;
using System.Text;
using DagShell.Capture;
using DagShell.Scripts;

namespace DagShell.Runs;

/// <summary>
/// What a node's author should know before the run, because it would do something else than it seems to, or wait for ever.
/// </summary>
internal static class NodeWarnings
{
    /// <summary>The warnings about a node whose scripts were added to a session.</summary>
    /// <param name="node">The node.</param>
    /// <param name="session">The session.</param>
    /// <param name="parameters">What -Parameter says.</param>
    /// <remarks>Most nodes have none, and nothing is made for them: there may be very many.</remarks>
    public static IEnumerable<string> Of(DagNode node, CallerSession session, Hashtable parameters)
    {
        HashSet<string>? methods = null;
        bool waits = false;
        foreach ((_, ScriptBlock script) in node.Scripts())
        {
            ScriptNeeds? needs = session.NeedsOf(script, node.Surroundings);
            waits |= needs is { WaitsForDebugger: true };
            IReadOnlySet<string> called = needs?.MethodsCalled ?? NodeScript.Of(script).MethodsCalled;
            if (called.Count > 0)
            {
                (methods ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase)).UnionWith(called);
            }
        }

        return waits || methods is not null ? Of(node, methods ?? [], waits, parameters) : [];
    }

    private static IEnumerable<string> Of(DagNode node, HashSet<string> methods, bool waits, Hashtable parameters)
    {
        if (waits)
        {
            yield return Messages.WaitsForDebugger(node.Name);
        }

        foreach (DictionaryEntry value in methods.Count > 0 && node.UsingValues is { } values ? values : new Hashtable())
        {
            var key = (string)value.Key;
            if (!UsingReader.IsOfModule(key) && BoundClass.Of(value.Value, methods) is { } type)
            {
                yield return Messages.BoundToCaller(node.Name, NameOf(key), type);
            }
        }

        foreach (ScriptParameter parameter in methods.Count > 0 ? NodeScript.Of(node.ScriptBlock).Parameters : [])
        {
            // What a dependency of that name gives goes before what -Parameter says.
            if (parameter.Names.FirstOrDefault(parameters.ContainsKey) is { } key
                && !node.DependsOn.Any(name => parameter.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
                && BoundClass.Of(parameters[key], methods) is { } type)
            {
                yield return Messages.BoundToCaller(node.Name, $"${parameter.Name}", type);
            }
        }
    }

    /// <summary>The expression, of the key under which its value is kept.</summary>
    private static string NameOf(string key) => Encoding.Unicode.GetString(Convert.FromBase64String(key));
}

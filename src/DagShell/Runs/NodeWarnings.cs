using System.Collections;
using System.Management.Automation;
using System.Reflection;
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
    public static IEnumerable<string> Of(DagNode node, CallerSession session)
    {
        HashSet<string>? methods = null;
        bool waits = false;
        foreach ((_, ScriptBlock script) in node.Scripts())
        {
            ScriptNeeds? needs = session.NeedsOf(script, node.Surroundings);
            waits |= needs is { WaitsForDebugger: true };

            if (node.UsingValues is not null)
            {
                (methods ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase))
                    .UnionWith(needs?.MethodsCalled ?? NodeScript.Of(script).MethodsCalled);
            }
        }

        if (waits)
        {
            yield return Messages.WaitsForDebugger(node.Name);
        }

        if (methods is { Count: > 0 } && node.UsingValues is { } values)
        {
            foreach (DictionaryEntry value in values)
            {
                var key = (string)value.Key;
                if (!UsingReader.IsOfModule(key) && Bare(value.Value)?.GetType() is { } type && IsTiedToItsSession(type)
                    && HasMethod(type, methods))
                {
                    yield return Messages.BoundToCaller(node.Name, NameOf(key), type.Name);
                }
            }
        }
    }

    /// <summary>
    /// Whether methods of a class run in the session that made the object: a class of PowerShell's that does not say otherwise.
    /// </summary>
    private static bool IsTiedToItsSession(Type type) =>
        type.Assembly.GetCustomAttributes().Any(attribute => attribute.GetType().Name == "DynamicClassImplementationAssemblyAttribute")
        && !type.GetCustomAttributes(inherit: false).Any(attribute => attribute.GetType().Name == "NoRunspaceAffinityAttribute");

    /// <summary>Whether the class, or one of PowerShell's that it derives from, has one of the methods.</summary>
    private static bool HasMethod(Type? type, HashSet<string> names)
    {
        for (; type is not null && IsTiedToItsSession(type); type = type.BaseType)
        {
            if (type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Any(method => !method.IsSpecialName && names.Contains(method.Name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The expression, of the key under which its value is kept.</summary>
    private static string NameOf(string key) => Encoding.Unicode.GetString(Convert.FromBase64String(key));

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}

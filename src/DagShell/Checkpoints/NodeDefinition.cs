using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DagShell.Engine.Graph;
using DagShell.Scripts;

namespace DagShell.Checkpoints;

/// <summary>
/// Says in a few characters what a node does, so that a later run can tell whether it is the same: the text of its scripts, what it
/// depends on, and the values that they take from -Parameter and from <c>$using:</c>. Not the functions that it calls, nor how often and how long it
/// is tried; and of secrets only that there is one.
/// </summary>
internal sealed partial class NodeDefinition
{
    private const int DeepestNesting = 16;

    private readonly IDictionary _parameters;

    /// <summary>Many nodes use the same values; their text is made once.</summary>
    private readonly Dictionary<object, string> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Prepares to look at nodes.</summary>
    /// <param name="parameters">The values of -Parameter, by name.</param>
    public NodeDefinition(IDictionary parameters) => _parameters = parameters;

    /// <summary>The definition of a node.</summary>
    public string Of(DagGraph graph, int index)
    {
        var node = DagNode.Of(graph[index]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, node.Name.ToUpperInvariant());
        var dependencies = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (int dependency in graph.Upstream(index))
        {
            dependencies.Add(graph[dependency].Name);
            Add(hash, graph[dependency].Name.ToUpperInvariant());
        }

        foreach ((string use, ScriptBlock script) in node.Scripts())
        {
            Add(hash, use);
            Add(hash, script.Ast.Extent.Text);
            AddParameters(hash, NodeScript.Of(script), dependencies);
        }

        foreach (DictionaryEntry value in Sorted(node.UsingValues))
        {
            Add(hash, (string)value.Key);
            Add(hash, TextOf(value.Value));
        }

        return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>The content of a secure string in CLIXML, which on some systems is all but plain text.</summary>
    [GeneratedRegex("(<SS[^>]*>)[^<]*")]
    private static partial Regex SecretContent();

    /// <summary>Each text with its length, so that no two lists of texts come to the same.</summary>
    private static void Add(IncrementalHash hash, string text)
    {
        hash.AppendData(BitConverter.GetBytes(text.Length));
        hash.AppendData(Encoding.Unicode.GetBytes(text));
    }

    private static IEnumerable<DictionaryEntry> Sorted(IDictionary? table) =>
        table is null ? [] : table.Cast<DictionaryEntry>().OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal);

    private void AddParameters(IncrementalHash hash, NodeScript script, HashSet<string> dependencies)
    {
        foreach (ScriptParameter parameter in script.Parameters)
        {
            // A dependency of that name goes before -Parameter.
            if (!dependencies.Contains(parameter.Name) && _parameters.Contains(parameter.Name))
            {
                Add(hash, parameter.Name.ToUpperInvariant());
                Add(hash, TextOf(_parameters[parameter.Name]));
            }
        }
    }

    private string TextOf(object? value)
    {
        object key = value ?? DBNull.Value;
        if (!_known.TryGetValue(key, out string? text))
        {
            var builder = new StringBuilder();
            Append(builder, value, 0);
            _known.Add(key, text = builder.ToString());
        }

        return text;
    }

    /// <summary>As CLIXML, but for the keys of tables: their order there is another in every process.</summary>
    private static void Append(StringBuilder builder, object? value, int level)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (level < DeepestNesting && bare is IDictionary table)
        {
            builder.Append("{\n");
            foreach (DictionaryEntry entry in Sorted(table))
            {
                Append(builder, entry.Key, level + 1);
                Append(builder, entry.Value, level + 1);
            }

            builder.Append("}\n");
        }
        else if (level < DeepestNesting && bare is object?[] items)
        {
            builder.Append("[\n");
            foreach (object? item in items)
            {
                Append(builder, item, level + 1);
            }

            builder.Append("]\n");
        }
        else
        {
            builder.Append(SecretContent().Replace(PSSerializer.Serialize(value, 2), "$1")).Append('\n');
        }
    }
}

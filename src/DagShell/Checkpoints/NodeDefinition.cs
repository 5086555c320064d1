using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Security.Cryptography;
using System.Text;
using DagShell.Capture;
using DagShell.Engine.Graph;
using DagShell.Scripts;

namespace DagShell.Checkpoints;

/// <summary>
/// Says in a few characters what a node does, part by part, so that a later run can tell whether it is the same, and if not, why: the text
/// of its scripts, of the functions and modules that they call, what it depends on, and the values that they take from -Parameter and from
/// <c>$using:</c>. Not how often and how long it is tried. A part that cannot be known is another each time.
/// </summary>
internal sealed class NodeDefinition
{
    private const char PartEnd = '|';
    private const char NameEnd = '=';

    private readonly IDictionary _parameters;
    private readonly CalledCommands _commands;
    private readonly SecretDigest _secrets;
    private readonly CancellationToken _stop;

    /// <summary>Many nodes use the same scripts and values; what stands for them is worked out once.</summary>
    private readonly Dictionary<Ast, string> _scripts = [];
    private readonly Dictionary<object, (string? Digest, string? Obstacle)> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, (string? Digest, string? Obstacle)> _items = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Part, string Obstacle), List<string>> _unknown = [];

    /// <summary>Prepares to look at nodes.</summary>
    /// <param name="parameters">The values of -Parameter, by name.</param>
    /// <param name="commands">What the nodes call.</param>
    /// <param name="secrets">Stands for secrets.</param>
    /// <param name="stop">Cancelled when the command is stopped.</param>
    public NodeDefinition(IDictionary parameters, CalledCommands commands, SecretDigest secrets, CancellationToken stop)
    {
        _parameters = parameters;
        _commands = commands;
        _secrets = secrets;
        _stop = stop;
    }

    /// <summary>The parts that cannot be known, why, and the nodes that have them.</summary>
    public IEnumerable<(string Part, string Obstacle, IReadOnlyList<string> Nodes)> Unknown =>
        _unknown.Select(unknown => (unknown.Key.Part, unknown.Key.Obstacle, (IReadOnlyList<string>)unknown.Value));

    /// <summary>The definition of a node.</summary>
    /// <exception cref="OperationCanceledException">The command was stopped.</exception>
    public string Of(DagGraph graph, int index) => Of(graph, index, withItems: true);

    /// <summary>The definition of what a node does with an item: all but where its items come from.</summary>
    /// <exception cref="OperationCanceledException">The command was stopped.</exception>
    public string OfItems(DagGraph graph, int index) => Of(graph, index, withItems: false);

    private string Of(DagGraph graph, int index, bool withItems)
    {
        _stop.ThrowIfCancellationRequested();
        var node = DagNode.Of(graph[index]);
        var definition = new StringBuilder(64);
        HashSet<string> dependencies = new(StringComparer.OrdinalIgnoreCase);
        AddDependencies(definition, graph, index, dependencies);
        if (node.TriggerRule != TriggerRule.AllSucceeded)
        {
            Add(definition, "-TriggerRule", node.TriggerRule.ToString());
        }

        if (node.FallbackFor is { } other)
        {
            Add(definition, "-FallbackFor", other);
        }

        if (graph.IsDag(index))
        {
            AddNamesInside(definition, graph, index);
        }

        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        HashSet<string>? used = withItems ? null : [];
        foreach ((string use, ScriptBlock script) in node.Scripts())
        {
            if (!withItems && script == node.ItemScript)
            {
                continue;
            }

            used?.UnionWith(UsingReader.KeysOf(script));
            Add(definition, use, TextOf(script.Ast));
            AddCommands(definition, ScriptKey.Of(script, node.Surroundings));
            AddParameters(definition, node, script, dependencies, seen);
        }

        if (withItems && node is { ForEach: { } items, ItemScript: null })
        {
            AddValue(definition, node, "-ForEach", items);
        }

        if (node.Item is { } item)
        {
            if (ItemOf(node, item.Value) is { Obstacle: { } obstacle })
            {
                NoteUnknown("-ForEach", obstacle, node);
            }

            Add(definition, "-ForEach", KeyOf(node, item.Value) ?? Unknown64());
        }

        foreach ((string use, object[] paths) in new[] { ("-InputPath", node.InputPath), ("-OutputPath", node.OutputPath) })
        {
            if (paths.OfType<string>().ToArray() is { Length: > 0 } known)
            {
                AddValue(definition, node, use, known);
            }
        }

        foreach (DictionaryEntry value in Sorted(node.UsingValues))
        {
            string key = (string)value.Key;
            if (!UsingReader.IsOfModule(key) && (used is null || used.Contains(key)))
            {
                AddValue(definition, node, Encoding.Unicode.GetString(Convert.FromBase64String(key)), value.Value);
            }
        }

        return definition.ToString();
    }

    /// <summary>The parts in which two definitions differ, in the order of the second.</summary>
    public static IReadOnlyList<string> Difference(string then, string now)
    {
        HashSet<string> before = [.. then.Split(PartEnd)];
        HashSet<string> after = [.. now.Split(PartEnd)];
        return
        [
            .. now.Split(PartEnd).Where(part => !before.Contains(part))
                .Concat(then.Split(PartEnd).Where(part => !after.Contains(part)))
                .Select(part => Uri.UnescapeDataString(part.Split(NameEnd)[0]))
                .Where(name => name.Length > 0)
                .Distinct(),
        ];
    }


    private static IEnumerable<DictionaryEntry> Sorted(IDictionary? table) =>
        table is null ? [] : table.Cast<DictionaryEntry>().OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal);

    private static void Add(StringBuilder definition, string part, string digest)
    {
        if (definition.Length > 0)
        {
            definition.Append(PartEnd);
        }

        string name = part.AsSpan().ContainsAny(PartEnd, NameEnd, '%') ? Uri.EscapeDataString(part) : part;
        definition.Append(name).Append(NameEnd).Append(digest);
    }

    private static void AddDependencies(StringBuilder definition, DagGraph graph, int index, HashSet<string> dependencies)
    {
        if (graph.Upstream(index).Length == 0)
        {
            return;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int dependency in graph.Upstream(index))
        {
            dependencies.Add(graph[dependency].LocalName);
            ValueDigest.Add(hash, graph[dependency].LocalName.ToUpperInvariant());
        }

        Add(definition, "-DependsOn", ValueDigest.TextOf(hash));
    }

    /// <summary>What a node gives out that stands for a dag has the names of the nodes there.</summary>
    private static void AddNamesInside(StringBuilder definition, DagGraph graph, int index)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int node = index + 1; node <= index + graph.CountInside(index); node++)
        {
            ValueDigest.Add(hash, graph[node].Name[graph[index].Name.Length..].ToUpperInvariant());
        }

        Add(definition, "-Dag", ValueDigest.TextOf(hash));
    }

    private static string Unknown64() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(8))[..11];

    /// <summary>What stands for the value of an item; null if that cannot be known.</summary>
    public string? KeyOf(DagNode node, object? value) => ItemOf(node, value).Digest;

    /// <summary>Many nodes are about one item.</summary>
    private (string? Digest, string? Obstacle) ItemOf(DagNode node, object? value)
    {
        object key = value ?? DBNull.Value;
        if (!_items.TryGetValue(key, out (string? Digest, string? Obstacle) known))
        {
            known.Digest = ValueDigest.OfItem(value, _secrets, FileTypes.Around(node.ScriptBlock.Ast), _stop, out known.Obstacle);
            _items.Add(key, known);
        }

        return known;
    }

    private void NoteUnknown(string part, string obstacle, DagNode node)
    {
        if (!_unknown.TryGetValue((part, obstacle), out List<string>? nodes))
        {
            _unknown.Add((part, obstacle), nodes = []);
        }

        if (nodes.Count == 0 || nodes[^1] != node.Name)
        {
            nodes.Add(node.Name);
        }
    }

    private string TextOf(Ast script)
    {
        if (!_scripts.TryGetValue(script, out string? text))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            ValueDigest.Add(hash, script.Extent.Text);
            _scripts.Add(script, text = ValueDigest.TextOf(hash));
        }

        return text;
    }

    private void AddCommands(StringBuilder definition, ScriptKey script)
    {
        if (_commands.FunctionsOf(script) is { Length: > 0 } functions)
        {
            Add(definition, "functions or script files that it calls", functions);
        }

        if (_commands.ModulesOf(script) is { Length: > 0 } modules)
        {
            Add(definition, "modules that it uses", modules);
        }
    }

    private void AddParameters(
        StringBuilder definition, DagNode node, ScriptBlock script, HashSet<string> dependencies, HashSet<string> seen)
    {
        foreach (ScriptParameter parameter in NodeScript.Of(script).Parameters)
        {
            // A dependency of one of its names goes before -Parameter.
            string? name = parameter.Names.Any(dependencies.Contains) ? null : parameter.Names.FirstOrDefault(_parameters.Contains);
            if (name is not null && seen.Add(name))
            {
                AddValue(definition, node, $"-Parameter {name}", _parameters[name]);
            }
        }
    }

    private void AddValue(StringBuilder definition, DagNode node, string part, object? value)
    {
        object key = value ?? DBNull.Value;
        if (!_values.TryGetValue(key, out (string? Digest, string? Obstacle) known))
        {
            known.Digest = ValueDigest.Of(value, _secrets, FileTypes.Around(node.ScriptBlock.Ast), _stop, out known.Obstacle);
            _values.Add(key, known);
        }

        if (known.Obstacle is { } obstacle)
        {
            NoteUnknown(part, obstacle, node);
        }

        Add(definition, part, known.Digest ?? Unknown64());
    }
}

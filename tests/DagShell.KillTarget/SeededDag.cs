using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DagShell.Engine.Graph;

namespace DagShell.KillTarget;

/// <summary>
/// The dag that a seed stands for, in whichever process. All its nodes succeed, some at the second attempt. Some have items: of those some
/// are in the list in every run, in another order each time, and some in a single run. The last node may clean up after another one.
/// </summary>
public sealed class SeededDag
{
    public const int ThrottleLimit = 4;

    private const string LastingItem = "item ";

    private readonly int _seed;
    private readonly int[] _milliseconds;

    public SeededDag(int seed)
    {
        _seed = seed;
        var random = new Random(seed);
        var nodes = new Node[random.Next(8, 40)];
        _milliseconds = new int[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            string[] dependsOn = i == 0 ? [] : [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => Name(random.Next(i))).Distinct()];
            bool isRetried = random.Next(5) == 0;
            nodes[i] = new Node(Name(i))
            {
                DependsOn = dependsOn,
                TriggerRule = random.Next(4) == 0 ? TriggerRule.AllDone : TriggerRule.AllSucceeded,
                Retry = isRetried ? new RetryPolicy { Count = 1 } : null,
                Timeout = random.Next(5) == 0 ? TimeSpan.FromMinutes(1) : null,
                IsMapped = random.Next(4) == 0,
            };
            _milliseconds[i] = random.Next(8);
        }

        if (random.Next(3) == 0)
        {
            nodes[^1] = new Node(Name(nodes.Length - 1)) { CleanUpOf = [Name(random.Next(nodes.Length - 1))] };
        }

        Graph = DagGraph.Create(nodes, [], new Dictionary<string, int>());
        Definitions = [.. nodes.Select(node => $"{node.Name} of {seed}")];
    }

    public DagGraph Graph { get; }

    public IReadOnlyList<string> Definitions { get; }

    /// <summary>The index of a node in the whole dag; a run of targets has other indexes.</summary>
    public int IndexOf(Node node) => Graph.TryGetIndex(node.Name, out int index) ? index : -1;

    /// <summary>The items of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="run">Which run it is of those that resume one another.</param>
    public IReadOnlyList<string> Items(int node, int run)
    {
        var lasting = new Random((_seed * 100) + node);
        List<string> items = [.. Enumerable.Range(0, lasting.Next(12)).Select(_ => LastingItem + lasting.Next(8))];
        var passing = new Random((((_seed * 100) + node) * 100) + run);
        items.AddRange(Enumerable.Range(0, passing.Next(4)).Select(_ => $"passing {run} {passing.Next(3)}"));
        string[] shuffled = [.. items];
        passing.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>The name of what an item leaves behind.</summary>
    public string EffectOf(int node, string item) => $"{Graph[node].Name} {item}";

    /// <summary>How long a node takes.</summary>
    public TimeSpan Duration(int node) => TimeSpan.FromMilliseconds(_milliseconds[node]);

    /// <summary>What an item gives back.</summary>
    public string OutputOfItem(int node, string item) => $"{item} of {Graph[node].Name}";

    /// <summary>What a node with items gives back: what those gave that are in the list in every run.</summary>
    public string Output(int node, IEnumerable<string> items) =>
        $"{Graph[node].Name} {string.Join(',', items.Where(item => item.StartsWith(LastingItem, StringComparison.Ordinal)).Order(
            StringComparer.Ordinal))}";

    /// <summary>What a node gives back: nothing that is not decided by what its dependencies gave.</summary>
    public string Output(int node, Func<int, string> upstream)
    {
        var text = new StringBuilder(Graph[node].Name);
        foreach (int dependency in Graph.Upstream(node))
        {
            text.Append(' ').Append(upstream(dependency));
        }

        string digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return $"{Graph[node].Name} \"{digest}\"\n";
    }

    private static string Name(int node) => "node " + node.ToString(CultureInfo.InvariantCulture);
}

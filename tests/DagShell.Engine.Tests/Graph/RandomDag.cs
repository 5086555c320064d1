using System.Text;
using CsCheck;
using DagShell.Engine.Graph;

namespace DagShell.Engine.Tests.Graph;

/// <summary>
/// What a random graph is made of: nodes in an order of definition that is not a topological one, dependencies given
/// partly as DependsOn and partly as edges, now and then twice or in another case.
/// </summary>
internal sealed record RandomDag(IReadOnlyList<Node> Nodes, IReadOnlyList<Edge> Edges, IReadOnlyDictionary<string, int> PoolLimits)
{
    private const int DefaultMaxNodes = 24;

    private static readonly Gen<Link> AnyLink =
        Gen.Select(Gen.Int[0, 9_999], Gen.Bool, Gen.Bool, (pick, asEdge, upperCase) => new Link(pick, asEdge, upperCase));

    private static readonly Gen<Rules> AnyRules =
        Gen.Select(
            Gen.Int[-1, 1],
            Gen.OneOf<double?>(null, null, 0, 0.5, 1, 3, 10),
            Gen.OneOf(TriggerRule.AllSucceeded, TriggerRule.AllSucceeded, TriggerRule.AllSucceeded,
                TriggerRule.AllDone, TriggerRule.AnySucceeded, TriggerRule.AnyFailed, TriggerRule.NoneFailed,
                TriggerRule.NoneFailedAnySucceeded),
            Gen.OneOf(false, false, false, true),
            Gen.OneOf<string?>(null, null, "disk", "SQL"),
            (priority, seconds, rule, continueOnError, pool) => new Rules(priority, seconds, rule, continueOnError, pool));

    private static readonly Gen<Shape> AnyShape =
        Gen.Select(AnyLink.Array[0, 4], Gen.Int, AnyRules, (links, sortKey, rules) => new Shape(links, sortKey, rules));

    /// <summary>A valid dag of one to so many nodes.</summary>
    public static Gen<RandomDag> Acyclic(int maxNodes = DefaultMaxNodes) =>
        Gen.Select(AnyShape.Array[1, maxNodes], AnyLimits, (shapes, limits) => Make(shapes, limits, acyclic: true));

    /// <summary>A graph whose nodes depend on any others, so most of them have a cycle; no self-edges.</summary>
    public static Gen<RandomDag> PerhapsCyclic(int maxNodes = DefaultMaxNodes) =>
        Gen.Select(AnyShape.Array[1, maxNodes], AnyLimits, (shapes, limits) => Make(shapes, limits, acyclic: false));

    public DagGraph ToGraph() => DagGraph.Create(Nodes, Edges, PoolLimits);

    /// <summary>The dependencies of each node, by index, computed in the plainest way.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Dependencies()
    {
        List<string> names = [.. Nodes.Select(node => node.Name.ToUpperInvariant())];
        return
        [
            .. Nodes.Select(node => node.DependsOn
                .Concat(Edges.Where(edge => Same(edge.To, node.Name)).Select(edge => edge.From))
                .Select(name => names.IndexOf(name.ToUpperInvariant()))
                .Distinct()
                .ToList()),
        ];
    }

    /// <summary>What a failed property prints.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (Node node in Nodes)
        {
            text.AppendLine().Append(node.Name).Append(" <- [").AppendJoin(", ", node.DependsOn).Append(']')
                .Append(" priority ").Append(node.Priority)
                .Append(", takes ").Append(node.EstimatedDuration?.ToString() ?? "-")
                .Append(", ").Append(node.TriggerRule)
                .Append(node.ContinueOnError ? ", continues on error" : "")
                .Append(", pool ").Append(node.Pool ?? "-");
        }

        text.AppendLine().Append("edges: ").AppendJoin(", ", Edges.Select(edge => $"{edge.From} -> {edge.To}"));
        text.AppendLine().Append("pools: ").AppendJoin(", ", PoolLimits.Select(pool => $"{pool.Key} = {pool.Value}"));
        return text.ToString();
    }

    private static Gen<Dictionary<string, int>> AnyLimits =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], (disk, sql) => new Dictionary<string, int> { ["disk"] = disk, ["sql"] = sql });

    private static RandomDag Make(Shape[] shapes, IReadOnlyDictionary<string, int> limits, bool acyclic)
    {
        // A node is named by its place in the array. In a valid dag it depends on earlier ones only.
        List<Edge> edges = [];
        List<(int SortKey, Node Node)> nodes = [];
        for (int i = 0; i < shapes.Length; i++)
        {
            List<string> dependsOn = [];
            int choices = acyclic ? i : shapes.Length - 1;
            foreach (Link link in choices == 0 ? [] : shapes[i].Links)
            {
                int dependency = acyclic ? link.Pick % choices : (i + 1 + (link.Pick % choices)) % shapes.Length;
                string name = $"{(link.UpperCase ? 'N' : 'n')}{dependency}";
                if (link.AsEdge)
                {
                    edges.Add(new Edge(name, $"N{i}"));
                }
                else
                {
                    dependsOn.Add(name);
                }
            }

            nodes.Add((shapes[i].SortKey, MakeNode($"n{i}", dependsOn, shapes[i].Rules)));
        }

        return new RandomDag([.. nodes.OrderBy(pair => pair.SortKey).Select(pair => pair.Node)], edges, limits);
    }

    private static Node MakeNode(string name, List<string> dependsOn, Rules rules) =>
        new(name)
        {
            DependsOn = dependsOn,
            Priority = rules.Priority,
            EstimatedDuration = rules.Seconds is double seconds ? TimeSpan.FromSeconds(seconds) : null,
            TriggerRule = rules.TriggerRule,
            ContinueOnError = rules.ContinueOnError,
            Pool = rules.Pool,
        };

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private sealed record Link(int Pick, bool AsEdge, bool UpperCase);

    private sealed record Rules(int Priority, double? Seconds, TriggerRule TriggerRule, bool ContinueOnError, string? Pool);

    private sealed record Shape(Link[] Links, int SortKey, Rules Rules);
}

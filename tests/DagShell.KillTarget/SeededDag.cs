using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DagShell.Engine.Graph;

namespace DagShell.KillTarget;

/// <summary>The dag that a seed stands for, in whichever process. All its nodes succeed, some at the second attempt.</summary>
public sealed class SeededDag
{
    public const int ThrottleLimit = 4;

    private readonly int[] _milliseconds;

    public SeededDag(int seed)
    {
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
            };
            _milliseconds[i] = random.Next(8);
        }

        Graph = DagGraph.Create(nodes, [], new Dictionary<string, int>());
        Definitions = [.. nodes.Select(node => $"{node.Name} of {seed}")];
    }

    public DagGraph Graph { get; }

    public IReadOnlyList<string> Definitions { get; }

    /// <summary>How long a node takes.</summary>
    public TimeSpan Duration(int node) => TimeSpan.FromMilliseconds(_milliseconds[node]);

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

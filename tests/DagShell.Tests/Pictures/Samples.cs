using System.Globalization;
using System.Text;

namespace DagShell.Tests.Pictures;

/// <summary>Dags as scripts that emit their nodes.</summary>
internal static class Samples
{
    public const string Diamond = """
        New-DagNode Extract { 1 } -Description 'Reads the orders.'
        New-DagNode Transform { 2 } -DependsOn Extract
        New-DagNode Check { 3 } -DependsOn Extract
        New-DagNode Load { 4 } -DependsOn Transform, Check
        """;

    /// <summary>Names that break what does not escape them.</summary>
    public static readonly string[] HostileNames =
    [
        "<script>window.hacked = true</script>",
        "\"><img src=x onerror=\"window.hacked = true\">",
        "' onmouseover='window.hacked = true' x='",
        "]]> --> */ </style></title></script></svg>",
        "a & b &amp; &#x41;",
        "%%{init: {'theme':'dark'}}%% end; [x] --> y`z` #35; \\n \\N",
        "=HYPERLINK(\"http://127.0.0.1/\",\"x\")",
        "@x, \"quoted\"; y",
        "中文字符 naïve 🚀",
    ];

    /// <summary>
    /// A dag of so many nodes n000, n001 …, each depending on a few of those before it; always the same for the same seed.
    /// </summary>
    public static (string Script, HashSet<(string From, string To)> Edges) Random(int seed, int count, int dependencies = 2)
    {
        var random = new Random(seed);
        StringBuilder script = new();
        HashSet<(string From, string To)> edges = [];
        for (int node = 0; node < count; node++)
        {
            HashSet<string> dependsOn = [];
            for (int i = random.Next(dependencies + 1); i > 0 && node > 0; i--)
            {
                // Mostly near ones, now and then any.
                int lowest = random.Next(4) == 0 ? 0 : Math.Max(0, node - 8);
                dependsOn.Add(Name(random.Next(lowest, node)));
            }

            edges.UnionWith(dependsOn.Select(dependency => (dependency, Name(node))));
            script.Append(CultureInfo.InvariantCulture, $"New-DagNode {Name(node)} {{ }}");
            script.AppendLine(dependsOn.Count > 0 ? " -DependsOn " + string.Join(", ", dependsOn) : string.Empty);
        }

        return (script.ToString(), edges);

        static string Name(int node) => node.ToString("'n'000", CultureInfo.InvariantCulture);
    }
}

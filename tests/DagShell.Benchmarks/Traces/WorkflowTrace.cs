using System.Globalization;
using System.Text.Json;
using DagShell.Engine.Graph;

namespace DagShell.Benchmarks.Traces;

/// <summary>A recorded run of a workflow: its tasks, what each depends on, and how long each took.</summary>
internal sealed class WorkflowTrace
{
    private static readonly Dictionary<string, int> NoPools = [];

    private readonly int[][] _parents;

    private WorkflowTrace(string name, int[][] parents, TimeSpan[] durations)
    {
        Name = name;
        _parents = parents;
        Durations = durations;
        Graph = ToGraph(durations);
    }

    public string Name { get; }

    public IReadOnlyList<TimeSpan> Durations { get; }

    /// <summary>The tasks as nodes, with their durations as estimates.</summary>
    public DagGraph Graph { get; }

    /// <summary>Reads every WfFormat 1.5 file of a folder; anything else there is passed over.</summary>
    public static IReadOnlyList<WorkflowTrace> ReadAll(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read).OfType<WorkflowTrace>(),
    ];

    /// <summary>The same graph with other estimates.</summary>
    public DagGraph ToGraph(IReadOnlyList<TimeSpan> estimates)
    {
        Node[] nodes = new Node[_parents.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = new Node(NodeName(i)) { DependsOn = Array.ConvertAll(_parents[i], NodeName), EstimatedDuration = estimates[i] };
        }

        return DagGraph.Create(nodes, [], NoPools);
    }

    public static string NodeName(int index) => string.Create(CultureInfo.InvariantCulture, $"task-{index}");

    private static WorkflowTrace? Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        if (!document.RootElement.TryGetProperty("schemaVersion", out JsonElement version) || version.GetString() != "1.5")
        {
            Console.Error.WriteLine($"{Path.GetFileName(path)} is not in WfFormat 1.5.");
            return null;
        }

        JsonElement workflow = document.RootElement.GetProperty("workflow");
        JsonElement[] tasks = [.. workflow.GetProperty("specification").GetProperty("tasks").EnumerateArray()];
        Dictionary<string, int> indexById = [];
        foreach (JsonElement task in tasks)
        {
            indexById.Add(Id(task), indexById.Count);
        }

        SortedSet<int>[] parents = [.. tasks.Select(_ => new SortedSet<int>())];
        for (int i = 0; i < tasks.Length; i++)
        {
            parents[i].UnionWith(Ids(tasks[i], "parents").Select(id => indexById[id]));
            foreach (string child in Ids(tasks[i], "children"))
            {
                parents[indexById[child]].Add(i);
            }
        }

        TimeSpan[] durations = new TimeSpan[tasks.Length];
        foreach (JsonElement task in workflow.GetProperty("execution").GetProperty("tasks").EnumerateArray())
        {
            durations[indexById[Id(task)]] = TimeSpan.FromSeconds(task.GetProperty("runtimeInSeconds").GetDouble());
        }

        return new WorkflowTrace(Path.GetFileNameWithoutExtension(path), Array.ConvertAll(parents, some => some.ToArray()), durations);
    }

    private static string Id(JsonElement task) => task.GetProperty("id").GetString()!;

    private static IEnumerable<string> Ids(JsonElement task, string property) =>
        task.TryGetProperty(property, out JsonElement ids) ? ids.EnumerateArray().Select(id => id.GetString()!) : [];
}

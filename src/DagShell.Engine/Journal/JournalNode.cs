using DagShell.Engine.Graph;

namespace DagShell.Engine.Journal;

/// <summary>A node of a run, as the header of its journal describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DependsOn">The names of all that it depends on.</param>
/// <param name="Definition">Stands for what the node does: a node whose definition is another than before is run again.</param>
/// <param name="IsRestored">Whether the node was done already when this run began.</param>
/// <param name="EarlierDuration">How long it took when it last succeeded before this run, if that is known.</param>
public sealed record JournalNode(
    string Name, IReadOnlyList<string> DependsOn, string Definition, bool IsRestored = false, TimeSpan? EarlierDuration = null)
{
    /// <summary>Describes a node as its graph has it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="node">The node's index.</param>
    /// <param name="definition">Stands for what the node does.</param>
    /// <returns>All that can be known of it before a run.</returns>
    public static JournalNode Of(DagGraph graph, int node, string definition)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new JournalNode(graph[node].Name, NamesOf(graph, graph.Upstream(node)), definition)
        {
            Description = graph[node].Description,
            Pool = graph[node].Pool,
            TriggerRule = graph[node].TriggerRule,
            ContinueOnError = graph[node].ContinueOnError,
            CleanUpOf = NamesOf(graph, graph.CleanUpOf(node)),
            FallbackFor = graph.FallbackFor(node) is >= 0 and var primary ? graph[primary].Name : null,
            Outer = graph.Outer(node) is >= 0 and var outer ? graph[outer].Name : null,
        };
    }

    /// <summary>
    /// Stands for what the node does with an item, whichever items it has: an item that is done is done again if that is another than
    /// before. <see langword="null"/> for a node that has none.
    /// </summary>
    public string? ItemDefinition { get; init; }

    /// <summary>
    /// How it was defined when it last succeeded before this run, in whichever journal, if that is known and it has output files: these
    /// are of that definition, until it succeeds again.
    /// </summary>
    public string? LastDefinition { get; init; }

    /// <summary>Whether items of it that were done in earlier runs are done, also for this run and those that resume it.</summary>
    public bool KeepsItems { get; init; }

    /// <summary>What the node is for, in the user's words.</summary>
    public string? Description { get; init; }

    /// <summary>
    /// The text of its script, for those who look at the run; <see langword="null"/> if it is not written. Texts that are one object are
    /// written once.
    /// </summary>
    public string? Script { get; init; }

    /// <summary>The pool that its attempts take a place in, if any.</summary>
    public string? Pool { get; init; }

    /// <summary>Which final states of its dependencies let the node run.</summary>
    public TriggerRule TriggerRule { get; init; } = TriggerRule.AllSucceeded;

    /// <summary>The names of the nodes that it cleans up after.</summary>
    public IReadOnlyList<string> CleanUpOf { get; init; } = [];

    /// <summary>The name of the node that it is the fallback for, if any.</summary>
    public string? FallbackFor { get; init; }

    /// <summary>The name of the node that stands for the dag that it is of; <see langword="null"/> for the dag as a whole.</summary>
    public string? Outer { get; init; }

    /// <summary>Whether it had failed already when this run began, and was not run again because its fallback stood for it.</summary>
    public bool IsFallenBack { get; init; }

    /// <summary>Of a node that stands for the dag of an item, what stands for that item's value, if it can be known.</summary>
    public string? ItemValue { get; init; }

    /// <summary>
    /// The name that it had in the run in which it was done, where its dag came at the turn of the node around it, and items stand at other
    /// places by now; <see langword="null"/> if it is the same. Of a node that is not restored, and whose own dag is still to come, the
    /// name under which what is inside of it was done.
    /// </summary>
    public string? RestoredFrom { get; init; }

    /// <summary>The run that it was done in, or failed, if it was not run again.</summary>
    public RunOrigin? Origin { get; init; }

    /// <summary>
    /// Whether the node is no part of the run, which was to run some nodes of its dag alone. It can still be restored then: done, and as
    /// fresh as it was.
    /// </summary>
    public bool IsOutside { get; init; }

    /// <summary>Whether the run goes on as if it had succeeded when it fails.</summary>
    public bool ContinueOnError { get; init; }

    private static string[] NamesOf(DagGraph graph, ReadOnlySpan<int> nodes)
    {
        if (nodes.IsEmpty)
        {
            return [];
        }

        var names = new string[nodes.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = graph[nodes[i]].Name;
        }

        return names;
    }
}

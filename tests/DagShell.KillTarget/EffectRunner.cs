using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;

namespace DagShell.KillTarget;

/// <summary>Runs nodes and items that each leave one more byte in a file of their own.</summary>
/// <param name="dag">The dag.</param>
/// <param name="graph">What of it is run.</param>
/// <param name="folder">Where the files are.</param>
/// <param name="before">What earlier runs have done.</param>
internal sealed class EffectRunner(SeededDag dag, DagGraph graph, string folder, JournalContents before) : INodeRunner
{
    private readonly object _lock = new();

    public void Start(NodeAttempt attempt) =>
        ThreadPool.QueueUserWorkItem(static call => call.Runner.Run(call.Attempt), (Runner: this, Attempt: attempt), preferLocal: false);

    public void Abandon(NodeAttempt attempt)
    {
    }

    /// <summary>What a node gave back, also one with items, whether it has run or is restored.</summary>
    public static string OutputOf(SeededDag dag, int node, object? output) => output switch
    {
        NodeItems items => dag.Output(node, items.Select(item => (string)item.Output!)),
        string[] items => dag.Output(node, items),
        _ => (string)output!,
    };

    private void Run(NodeAttempt attempt)
    {
        if (attempt.Node.Retry is not null && attempt.Number == 1)
        {
            attempt.Complete(AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, "not yet")));
            return;
        }

        if (attempt.AsksForItems)
        {
            attempt.Complete(Map(attempt));
            return;
        }

        int node = dag.IndexOf(attempt.Node);
        string? item = (string?)attempt.Items?.Values[attempt.Item];
        string output = item is null
            ? dag.Output(node, dependency => OutputOf(dag, dependency, attempt.OutputOf(IndexInRun(dependency))))
            : dag.OutputOfItem(node, item);
        string effect = item is null ? attempt.Node.Name : dag.EffectOf(node, item);
        lock (_lock)
        {
            // Two items may be the same.
            File.AppendAllText(Path.Combine(folder, effect), "x");
        }

        Thread.Sleep(dag.Duration(node));
        attempt.Complete(AttemptOutcome.Succeeded(output));
    }

    private int IndexInRun(int node) => graph.TryGetIndex(dag.Graph[node].Name, out int index) ? index : -1;

    private AttemptOutcome Map(NodeAttempt attempt)
    {
        IReadOnlyList<string> items = dag.Items(dag.IndexOf(attempt.Node), before.Runs.Count);
        List<JournalItem> done = [.. before.ItemsOf(attempt.Node.Name)];
        Dictionary<int, object?> restored = [];
        for (int item = 0; item < items.Count; item++)
        {
            if (done.Find(other => other.Value == items[item]) is { } same)
            {
                done.Remove(same);
                restored.Add(item, same.Output);
            }
        }

        return AttemptOutcome.Mapped(items, restored, keys: items);
    }
}

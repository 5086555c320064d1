using DagShell.Engine.Journal;
using DagShell.Engine.Running;

namespace DagShell.Engine.Tests.Journal;

/// <summary>A journal on disk for a run in virtual time: it waits for the disk where the run would go on meanwhile.</summary>
internal sealed class KeptAtOnce(RunJournal journal) : IRunJournal
{
    public CancellationToken Lost => journal.Lost;

    public void Record(NodeSuccess success, Action<IReadOnlyList<NodeSuccess>> recorded)
    {
        using var kept = new ManualResetEventSlim();
        journal.Record(success, _ => kept.Set());
        kept.Wait();
        recorded([success]);
    }

    public void AttemptStarted(NodeAttempt attempt) => journal.AttemptStarted(attempt);

    public void AttemptEnded(NodeAttempt attempt, DateTimeOffset time) => journal.AttemptEnded(attempt, time);

    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay) => journal.NodeWaiting(node, failure, delay);

    public void NodeFinished(NodeResult result) => journal.NodeFinished(result);

    public void ItemsKnown(int node, NodeItems items) => journal.ItemsKnown(node, items);

    public void ItemWaiting(int node, int item, NodeFailure failure, TimeSpan delay) => journal.ItemWaiting(node, item, failure, delay);

    public void ItemFinished(int node, NodeItems items, int item) => journal.ItemFinished(node, items, item);
}

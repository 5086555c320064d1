using DagShell.Engine.Running;

namespace DagShell.Engine.Tests.Journal;

/// <summary>A journal on a disk that takes its time, or breaks.</summary>
internal sealed class FakeJournal : IRunJournal, IDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private readonly List<(NodeSuccess Success, Action<IReadOnlyList<NodeSuccess>> Recorded)> _waiting = [];

    /// <summary>The clock that measures <see cref="Delay"/>; without one records are kept when <see cref="Keep"/> says so.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>How long each record takes.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What was to be kept, in that order.</summary>
    public List<NodeSuccess> Successes { get; } = [];

    public List<NodeResult> Finished { get; } = [];

    public CancellationToken Lost => _lost.Token;

    public void Record(NodeSuccess success, Action<IReadOnlyList<NodeSuccess>> recorded)
    {
        Successes.Add(success);
        if (Clock is { } clock)
        {
            clock.CreateTimer(_ => recorded([success]), null, Delay, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _waiting.Add((success, recorded));
        }
    }

    /// <summary>All that waits is kept now.</summary>
    public void Keep()
    {
        List<(NodeSuccess Success, Action<IReadOnlyList<NodeSuccess>> Recorded)> waiting = [.. _waiting];
        _waiting.Clear();
        foreach (var run in waiting.GroupBy(one => one.Recorded))
        {
            run.Key([.. run.Select(one => one.Success)]);
        }
    }

    /// <summary>Nothing is kept any more.</summary>
    public void Break()
    {
        _lost.Cancel();
        Keep();
    }

    public void AttemptStarted(NodeAttempt attempt)
    {
    }

    public void NodeWaiting(int node, NodeFailure failure, TimeSpan delay)
    {
    }

    public void NodeFinished(NodeResult result) => Finished.Add(result);

    public void Dispose() => _lost.Dispose();
}

using System.Management.Automation.Runspaces;
using DagShell.Runspaces;
using Microsoft.Extensions.Time.Testing;

namespace DagShell.Tests.Runspaces;

/// <summary>How many open runspaces are kept for later runs, and how long.</summary>
public sealed class WarmStoreTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WarmStore<Runspace> _kept;

    public WarmStoreTests() => _kept = new WarmStore<Runspace>(_time);

    public void Dispose() => _kept.Dispose();

    [Fact]
    public void One_that_is_kept_is_handed_out_once_and_to_its_kind_alone()
    {
        Runspace runspace = Opened();
        Assert.True(_kept.TryKeep(runspace, new Kind("a")));

        Assert.Null(_kept.Take(new Kind("b")));
        Assert.Same(runspace, _kept.Take(new Kind("a")));
        Assert.Null(_kept.Take(new Kind("a")));
        runspace.Dispose();
    }

    [Fact]
    public void One_that_no_run_asks_for_is_closed_after_a_minute()
    {
        Runspace first = Opened();
        Runspace second = Opened();
        _kept.TryKeep(first, new Kind("a"));
        _time.Advance(TimeSpan.FromSeconds(40));
        _kept.TryKeep(second, new Kind("a"));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(RunspaceState.Closed, first.RunspaceStateInfo.State);
        Assert.Equal(RunspaceState.Opened, second.RunspaceStateInfo.State);

        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(RunspaceState.Closed, second.RunspaceStateInfo.State);
        Assert.Null(_kept.Take(new Kind("a")));
    }

    [Fact]
    public void The_minute_begins_anew_when_it_was_used()
    {
        Runspace runspace = Opened();
        _kept.TryKeep(runspace, new Kind("a"));
        _time.Advance(TimeSpan.FromSeconds(59));
        _kept.TryKeep(_kept.Take(new Kind("a"))!, new Kind("a"));
        _time.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal(RunspaceState.Opened, runspace.RunspaceStateInfo.State);
    }

    [Fact]
    public void There_is_an_end_to_how_many()
    {
        List<Runspace> runspaces =
            [.. Enumerable.Range(0, WarmStore<Runspace>.Most + 1).Select(static _ => RunspaceFactory.CreateRunspace())];

        Assert.Equal(WarmStore<Runspace>.Most, runspaces.Count(runspace => _kept.TryKeep(runspace, new Kind("a"))));
        runspaces.ForEach(static runspace => runspace.Dispose());
    }

    [Fact]
    public void When_the_store_closes_all_are_closed_and_none_is_kept_any_more()
    {
        Runspace runspace = Opened();
        _kept.TryKeep(runspace, new Kind("a"));
        _kept.Dispose();

        Assert.Equal(RunspaceState.Closed, runspace.RunspaceStateInfo.State);
        using Runspace late = Opened();
        Assert.False(_kept.TryKeep(late, new Kind("a")));
        Assert.Null(_kept.Take(new Kind("a")));
    }

    private static Runspace Opened()
    {
        Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.Create());
        runspace.Open();
        return runspace;
    }

    private sealed record Kind(string Name) : IRunspaceKind
    {
        public bool IsLike(IRunspaceKind other) => Equals(other);
    }
}

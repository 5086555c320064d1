using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>What a node waited for, as it stands at each moment.</summary>
public sealed class WaitLogTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_waited_for_before_a_node_is_ready()
    {
        WaitLog log = default;

        Assert.Equal((null, null), (log.ReadyTime, log.PolledFrom));
        Assert.Equal((null, null, null), (log.Turn.WaitedFrom, log.Turn.ParkedTime, log.Turn.UnparkedTime));
        Assert.Empty(log.Of(null));
    }

    [Fact]
    public void A_wait_for_a_slot_is_open_until_it_is_there()
    {
        WaitLog log = default;
        log.BecomeReady(At(1));
        Assert.Equal(["Slot 1-"], Told(log));
        Assert.Equal(["Slot 1-5"], Told(log, end: 5));
        Assert.Equal((At(1), (DateTimeOffset?)null), (log.ReadyTime!.Value, log.PolledFrom));

        log.Grant(At(3), fullTime: At(2).UtcTicks);
        Assert.Equal(["Slot 1-3"], Told(log));
        Assert.Equal(["Slot 1-3"], Told(log, end: 9));
        Assert.Equal(["Slot 1-3"], Told(log, runsSince: 3));
        Assert.Equal(At(1), log.Turn.WaitedFrom);
    }

    [Fact]
    public void Where_there_was_a_slot_all_the_time_none_was_waited_for()
    {
        WaitLog log = default;
        log.BecomeReady(At(1));
        log.Grant(At(3), fullTime: 0);

        Assert.Empty(Told(log));
        Assert.Null(log.Turn.WaitedFrom);
    }

    [Fact]
    public void A_wait_that_is_hardly_one_is_none()
    {
        WaitLog log = default;
        log.BecomeReady(At(1));
        log.Grant(At(1) + RunTimes.ShortestWait - TimeSpan.FromTicks(1), fullTime: At(1).UtcTicks);
        Assert.Empty(Told(log));
        Assert.Null(log.Turn.WaitedFrom);

        log = default;
        log.BecomeReady(At(1));
        log.Grant(At(1) + RunTimes.ShortestWait, fullTime: At(1).UtcTicks);
        Assert.Single(Told(log));
        Assert.Equal(At(1), log.Turn.WaitedFrom);
    }

    [Fact]
    public void A_full_pool_is_waited_for_between_slots()
    {
        WaitLog log = default;
        log.BecomeReady(At(1));
        log.Park(At(2), fullTime: At(1).UtcTicks);
        Assert.Equal(["Slot 1-2", "Pool 2-"], Told(log));
        Assert.Equal(["Slot 1-2", "Pool 2-3"], Told(log, end: 3));
        Assert.Equal((At(2), (DateTimeOffset?)null), (log.Turn.ParkedTime!.Value, log.Turn.UnparkedTime));

        log.Unpark(At(4));
        Assert.Equal(["Slot 1-2", "Pool 2-4", "Slot 4-"], Told(log));
        Assert.Equal(At(4), log.Turn.UnparkedTime);

        log.Grant(At(6), fullTime: At(5).UtcTicks);
        Assert.Equal(["Slot 1-2", "Pool 2-4", "Slot 4-6"], Told(log));
    }

    [Fact]
    public void Where_slots_were_there_all_was_the_pools()
    {
        WaitLog log = default;
        log.BecomeReady(At(1));
        log.Park(At(2), fullTime: 0);
        Assert.Equal(["Pool 2-"], Told(log));

        // Parked again, it has been waiting for the pool since then.
        log.Unpark(At(3));
        log.Park(At(4), fullTime: 0);
        Assert.Equal(["Pool 2-"], Told(log));
        log.Unpark(At(5));
        log.Grant(At(7), fullTime: 0);
        Assert.Equal(["Pool 2-7"], Told(log));
    }

    [Fact]
    public void Retries_are_waits_and_so_are_slots_after_them()
    {
        WaitLog log = default;
        log.BecomeReady(At(1));
        log.Grant(At(1), fullTime: 0);
        log.WaitForRetry(At(3));
        Assert.Equal(["Retry 3-"], Told(log));
        Assert.Null(log.Turn.ParkedTime);
        Assert.Null(log.Turn.WaitedFrom);

        log.BecomeReady(At(5));
        Assert.Equal(["Retry 3-5", "Slot 5-"], Told(log));
        Assert.Equal(At(1), log.ReadyTime);
    }

    [Fact]
    public void Polls_are_one_wait_with_the_slots_between_them()
    {
        WaitLog log = default;
        log.BecomeReady(At(1));
        log.Grant(At(2), fullTime: At(1).UtcTicks);
        log.WaitForPoll(pollStart: At(2));
        Assert.Equal(["Slot 1-2", "Precondition 2-"], Told(log));
        Assert.Equal(At(2), log.PolledFrom);
        Assert.Equal((null, null, null), (log.Turn.WaitedFrom, log.Turn.ParkedTime, log.Turn.UnparkedTime));

        log.BecomeReady(At(4));
        log.Grant(At(5), fullTime: At(4).UtcTicks);
        log.WaitForPoll(pollStart: At(5));
        Assert.Equal(["Slot 1-2", "Precondition 2-"], Told(log));
        Assert.Equal(["Slot 1-2", "Precondition 2-6"], Told(log, end: 6));

        log.EndPolling(At(7));
        Assert.Equal(["Slot 1-2", "Precondition 2-7"], Told(log));
        Assert.Null(log.PolledFrom);
        log.EndPolling(At(8));
        Assert.Equal(["Slot 1-2", "Precondition 2-7"], Told(log, end: 9));
    }

    [Fact]
    public void When_it_was_ready_may_be_said_later()
    {
        WaitLog log = default;
        log.BecomeReady(At(5), first: At(2));

        Assert.Equal(At(2), log.ReadyTime);
        Assert.Equal(["Slot 5-"], Told(log));
    }

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static string[] Told(WaitLog log, double? end = null, double? runsSince = null) =>
    [
        .. log.Of(end is { } over ? At(over) : null, runsSince is { } since ? At(since) : null)
            .Select(wait => FormattableString.Invariant(
                $"{wait.Kind} {(wait.StartTime - Start).TotalSeconds}-{(wait.EndTime - Start)?.TotalSeconds}")),
    ];
}

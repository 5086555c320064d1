using DagShell.Host.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace DagShell.Host.Tests.Hosting;

public sealed class InterruptionTests
{
    [Fact]
    public void The_first_signal_stops_and_waits_less_than_three_seconds()
    {
        FakeTimeProvider clock = new();
        using Interruption interruption = new(clock, _ => Assert.Fail("left too early"));
        Assert.Null(interruption.ExitCode);
        interruption.Signal(ExitCode.Interrupted);
        Assert.True(interruption.Stop.IsCancellationRequested);
        Assert.Equal(ExitCode.Interrupted, interruption.ExitCode);
        Assert.False(interruption.GraceOver.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.True(interruption.GraceOver.IsCompleted);
    }

    [Fact]
    public void The_second_signal_leaves_at_once()
    {
        int left = 0;
        using Interruption interruption = new(new FakeTimeProvider(), code => left = code);
        interruption.Signal(ExitCode.Interrupted);
        Assert.Equal(0, left);
        interruption.Signal(ExitCode.Interrupted);
        Assert.Equal(ExitCode.Interrupted, left);
    }
}

using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Policies;

public sealed class RetryPolicyTests
{
    [Fact]
    public void Without_further_settings_a_retry_follows_at_once_and_regularly()
    {
        RetryPolicy policy = new() { Count = 1 };

        Assert.Equal(TimeSpan.Zero, policy.Delay);
        Assert.Equal(RetryBackoff.Constant, policy.Backoff);
        Assert.Null(policy.MaxDelay);
        Assert.False(policy.Jitter);
    }

    [Fact]
    public void What_is_out_of_range_is_refused_where_it_is_said()
    {
        TimeSpan day = RetryPolicy.LongestDelay;
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Count = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Count = 1, Delay = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Count = 1, Delay = day + TimeSpan.FromTicks(1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Count = 1, MaxDelay = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Count = 1, MaxDelay = day + TimeSpan.FromTicks(1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunOptions { ThrottleLimit = 0 });

        Assert.Equal(day, new RetryPolicy { Count = 1, Delay = day, MaxDelay = day }.MaxDelay);
        Assert.Equal(1, new RunOptions { ThrottleLimit = 1 }.ThrottleLimit);
    }

    [Fact]
    public void Policies_are_compared_by_value()
    {
        RetryPolicy policy = new() { Count = 2, Delay = TimeSpan.FromSeconds(60) };

        Assert.Equal(new RetryPolicy { Count = 2, Delay = TimeSpan.FromMinutes(1) }, policy);
        Assert.NotEqual(policy with { Count = 3 }, policy);
    }
}

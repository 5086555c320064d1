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
    public void Policies_are_compared_by_value()
    {
        RetryPolicy policy = new() { Count = 2, Delay = TimeSpan.FromSeconds(60) };

        Assert.Equal(new RetryPolicy { Count = 2, Delay = TimeSpan.FromMinutes(1) }, policy);
        Assert.NotEqual(policy with { Count = 3 }, policy);
    }
}

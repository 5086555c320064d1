using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>However many nodes share a policy, its pipeline is built once.</summary>
public sealed class AttemptPipelinesTests
{
    private readonly AttemptPipelines _pipelines = new(TimeProvider.System, randomizer: null);

    [Fact]
    public void Nodes_with_equal_retry_policies_share_one_pipeline()
    {
        Assert.Same(_pipelines.RetryOf(NewPolicy()), _pipelines.RetryOf(NewPolicy()));
    }

    [Fact]
    public void Nodes_with_equal_timeouts_share_one_pipeline()
    {
        Assert.Same(_pipelines.TimeoutOf(TimeSpan.FromSeconds(60)), _pipelines.TimeoutOf(TimeSpan.FromMinutes(1)));
        Assert.NotSame(_pipelines.TimeoutOf(TimeSpan.FromSeconds(60)), _pipelines.TimeoutOf(TimeSpan.FromSeconds(61)));
    }

    [Fact]
    public void Policies_that_differ_in_anything_have_pipelines_of_their_own()
    {
        RetryPolicy policy = NewPolicy();
        RetryPolicy[] others =
        [
            policy with { Count = 4 },
            policy with { Delay = TimeSpan.FromSeconds(3) },
            policy with { Backoff = RetryBackoff.Linear },
            policy with { MaxDelay = null },
            policy with { Jitter = false },
        ];

        Assert.All(others, other => Assert.NotSame(_pipelines.RetryOf(policy), _pipelines.RetryOf(other)));
    }

    [Fact]
    public void Each_run_has_its_own_because_its_clock_is_its_own()
    {
        AttemptPipelines others = new(TimeProvider.System, randomizer: null);

        Assert.NotSame(_pipelines.RetryOf(NewPolicy()), others.RetryOf(NewPolicy()));
    }

    private static RetryPolicy NewPolicy() => new()
    {
        Count = 3,
        Delay = TimeSpan.FromSeconds(2),
        Backoff = RetryBackoff.Exponential,
        MaxDelay = TimeSpan.FromSeconds(30),
        Jitter = true,
    };
}

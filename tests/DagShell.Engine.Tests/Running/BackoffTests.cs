using DagShell.Engine.Graph;
using DagShell.Engine.Tests.Running.Harness;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>How long a node waits from retry to retry.</summary>
public sealed class BackoffTests
{
    private static readonly RetryPolicy FourTimes = new() { Count = 4, Delay = TimeSpan.FromSeconds(2) };

    [Theory]
    [InlineData(RetryBackoff.Constant, new double[] { 2, 2, 2, 2 })]
    [InlineData(RetryBackoff.Linear, new double[] { 2, 4, 6, 8 })]
    [InlineData(RetryBackoff.Exponential, new double[] { 2, 4, 8, 16 })]
    public void The_delay_grows_as_the_backoff_says(RetryBackoff backoff, double[] delays)
    {
        TestRun run = RunWith(FourTimes with { Backoff = backoff });

        Assert.Equal(delays, run.WaitsOf("A"));
        Assert.Equal(5 + delays.Sum(), run.EndOf("A"));
    }

    [Theory]
    [InlineData(RetryBackoff.Constant, new double[] { 2, 2, 2, 2 })]
    [InlineData(RetryBackoff.Linear, new double[] { 2, 4, 5, 5 })]
    [InlineData(RetryBackoff.Exponential, new double[] { 2, 4, 5, 5 })]
    public void It_never_grows_beyond_the_longest_delay(RetryBackoff backoff, double[] delays)
    {
        TestRun run = RunWith(FourTimes with { Backoff = backoff, MaxDelay = TimeSpan.FromSeconds(5) });

        Assert.Equal(delays, run.WaitsOf("A"));
    }

    [Fact]
    public void Without_a_longest_delay_it_ends_at_a_day()
    {
        TestRun run = RunWith(new RetryPolicy { Count = 100, Delay = TimeSpan.FromHours(10), Backoff = RetryBackoff.Exponential });

        Assert.Equal([10.0, 20.0, 24.0, 24.0], run.WaitsOf("A").Take(4).Select(seconds => seconds / 3600));
        Assert.Equal(24 * 3600, run.WaitsOf("A")[^1]);
    }

    [Fact]
    public void Without_a_delay_the_next_attempt_follows_at_once()
    {
        TestRun run = RunWith(new RetryPolicy { Count = 2 });

        Assert.Equal(["A 0", "A 1", "A 2"], run.Starts);
    }

    [Theory]
    [InlineData(0.0, 1.5)]
    [InlineData(0.5, 2)]
    [InlineData(1.0, 2.5)]
    public void Jitter_spreads_a_constant_delay_by_a_quarter_each_way(double random, double delay)
    {
        TestRun run = RunWith(FourTimes with { Jitter = true }, () => random);

        Assert.All(run.WaitsOf("A"), wait => Assert.Equal(delay, wait));
    }

    [Fact]
    public void Jitter_spreads_each_delay_anew()
    {
        Queue<double> randoms = new([0, 1, 0.5, 0.25]);
        TestRun run = RunWith(FourTimes with { Jitter = true, Backoff = RetryBackoff.Linear }, randoms.Dequeue);

        Assert.Equal([1.5, 5, 6, 7], run.WaitsOf("A"));
    }

    [Fact]
    public void Jitter_does_not_carry_the_delay_beyond_the_longest_one()
    {
        TestRun run = RunWith(FourTimes with { Jitter = true, MaxDelay = TimeSpan.FromSeconds(2) }, () => 1);

        Assert.All(run.WaitsOf("A"), wait => Assert.Equal(2, wait));
    }

    [Fact]
    public void Jitter_makes_an_exponential_delay_grow_at_random()
    {
        Random random = new(1);
        RetryPolicy policy = new() { Count = 8, Delay = TimeSpan.FromSeconds(2), Backoff = RetryBackoff.Exponential, Jitter = true };
        TestRun run = RunWith(policy, random.NextDouble);

        Assert.Equal(8, run.WaitsOf("A").Distinct().Count());
        Assert.True(run.WaitsOf("A")[^1] > 10 * run.WaitsOf("A")[0]);
    }

    private static TestRun RunWith(RetryPolicy policy, Func<double>? randomizer = null) =>
        new TestRun([new Node("A") { Retry = policy }], randomizer: randomizer).Script("A", Step.Fail()).ToEnd();
}

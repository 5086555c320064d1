using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>How a run is asked for.</summary>
public sealed class RunOptionsTests
{
    private static readonly PlaceGroup Five = new(5);
    private static readonly PlaceGroup Three = new(3);

    [Fact]
    public void As_many_run_at_once_as_the_throttle_limit_and_the_places_allow()
    {
        Assert.Equal(4, new RunOptions { ThrottleLimit = 4 }.Width);
        Assert.Equal(5, new RunOptions { ThrottleLimit = 4, Places = Five }.Width);
        Assert.Equal(9, new RunOptions { ThrottleLimit = 4, PoolPlaces = Pools(Five) }.Width);
        Assert.Equal(8, new RunOptions { ThrottleLimit = 4, Places = Five, PoolPlaces = Pools(Three, Five, Three) }.Width);
        Assert.Equal(int.MaxValue, new RunOptions { ThrottleLimit = int.MaxValue, PoolPlaces = Pools(Five) }.Width);
    }

    [Fact]
    public void Limits_are_one_or_more()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunOptions { ThrottleLimit = 0 });
        Assert.Equal(1, new RunOptions { ThrottleLimit = 1 }.ThrottleLimit);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlaceGroup(0));
        Assert.Equal(1, new PlaceGroup(1).Limit);
    }

    [Fact]
    public void Pools_of_rates_are_names_as_any()
    {
        RunOptions options = new() { PoolRates = new Dictionary<string, IReadOnlyList<PoolRate>> { ["Sql"] = [] } };

        Assert.True(options.PoolRates.ContainsKey("sQL"));
    }

    private static Dictionary<string, PlaceGroup> Pools(params PlaceGroup[] groups) =>
        groups.Select((group, index) => (group, index)).ToDictionary(pool => $"p{pool.index}", pool => pool.group);
}

using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>How many attempts of a pool may start in a time.</summary>
public sealed class RateWindowTests
{
    private readonly RateWindow _window = new(new PoolRate(3, TimeSpan.FromTicks(100)));

    [Fact]
    public void It_is_shut_when_as_many_have_begun_or_may_begin_as_are_allowed()
    {
        Assert.True(_window.IsOpen(0));
        Begin(10, 20);
        _window.Add();
        Assert.False(_window.IsOpen(30));

        // The first of those that have begun leaves the window.
        Assert.Equal(110, _window.OpensAt());
        Assert.False(_window.IsOpen(109));
        Assert.True(_window.IsOpen(110));
    }

    [Fact]
    public void While_all_are_still_to_begin_nobody_knows_when_it_opens()
    {
        _window.Add();
        _window.Add();
        _window.Add();
        Assert.False(_window.IsOpen(1_000));
        Assert.Null(_window.OpensAt());

        _window.Remove(0);
        Assert.True(_window.IsOpen(1_000));
    }

    [Fact]
    public void What_was_no_start_does_not_count()
    {
        Begin(10, 20, 30);
        Assert.False(_window.IsOpen(40));
        _window.Remove(20);
        Assert.True(_window.IsOpen(40));
        Begin(50);
        Assert.False(_window.IsOpen(60));
        Assert.Equal(110, _window.OpensAt());

        // What is out of the window already changes nothing.
        Assert.True(_window.IsOpen(120));
        _window.Remove(10);
        Begin(121);
        Assert.False(_window.IsOpen(122));
    }

    [Fact]
    public void It_holds_however_many_have_begun()
    {
        List<long> starts = [];
        for (long time = 0; time < 20_000; time += 10)
        {
            bool isOpen = starts.Count(start => start > time - 100) < 3;
            Assert.Equal(isOpen, _window.IsOpen(time));
            if (isOpen)
            {
                Begin(time);
                starts.Add(time);
            }
            else
            {
                Assert.Equal(starts[^3] + 100, _window.OpensAt());
            }
        }
    }

    private void Begin(params long[] times)
    {
        foreach (long time in times)
        {
            _window.Add();
            _window.Begin(time);
        }
    }
}

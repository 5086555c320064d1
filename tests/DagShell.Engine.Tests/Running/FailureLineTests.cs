using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>What went wrong inside, in a line.</summary>
public sealed class FailureLineTests
{
    [Theory]
    [InlineData("no route", "no route")]
    [InlineData(" kept as it is ", " kept as it is ")]
    [InlineData("one\r\n  two \n\n three\r", "one two three")]
    [InlineData("\nstarts late", "starts late")]
    public void It_has_no_line_ends(string message, string line) => Assert.Equal(line, FailureLine.Of(message));

    [Fact]
    public void It_is_cut_where_it_is_too_long()
    {
        string longest = new('x', 300);

        Assert.Equal(longest, FailureLine.Of(longest));
        Assert.Equal(longest + "…", FailureLine.Of(longest + "y"));
    }
}

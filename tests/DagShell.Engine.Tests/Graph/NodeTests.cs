using DagShell.Engine.Graph;
using Xunit;

namespace DagShell.Engine.Tests.Graph;

public sealed class NodeTests
{
    [Theory]
    [InlineData("Load")]
    [InlineData(" ")]
    [InlineData("Load → [2] 'x'")]
    public void Any_string_without_control_characters_is_a_name(string name)
    {
        Assert.True(Node.IsValidName(name));
        Assert.Equal(name, new Node(name).Name);
        Assert.Equal(name, $"{new Node(name)}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("two\nlines")]
    [InlineData("a tab\t")]
    public void An_empty_one_or_one_with_control_characters_is_none(string? name)
    {
        Assert.False(Node.IsValidName(name));
        Assert.Throws<ArgumentException>(nameof(name), () => new Node(name!));
    }
}

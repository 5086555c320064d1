using DagShell.Engine.Graph;
using Xunit;

namespace DagShell.Engine.Tests.Graph;

/// <summary>Patterns of names are read as PowerShell reads them.</summary>
public sealed class NamePatternTests
{
    [Theory]
    [InlineData("[a-c]x", "ax cx Bx", "dx -x x")]
    [InlineData("x[a]", "xa XA", "x xb x[a]")]
    [InlineData("[-a]", "- a", "b ,")]
    [InlineData("[a-]", "a -", "b ,")]
    [InlineData("[a`-c]", "a - c", "b `")]
    [InlineData("[`--0]", "- . / 0", "1 ,")]
    [InlineData("[`]]", "]", "` [")]
    [InlineData("[`a`]b]", "a ] b", "` c")]
    [InlineData("[^a]", "^ a", "b")]
    [InlineData("[\\w]", "\\ w", "a")]
    [InlineData("*`", "a` `", "a")]
    [InlineData("`*?", "*x **", "xx * x")]
    [InlineData("?`?", "a? ??", "ab ?")]
    [InlineData("a`*b", "a*b", "axb ab")]
    [InlineData("a.*", "a. a.b", "ab a")]
    public void These_fit_and_those_do_not(string pattern, string fit, string others)
    {
        NamePattern? parsed = NamePattern.Parse(pattern);

        Assert.NotNull(parsed);
        Assert.All(fit.Split(' '), name => Assert.True(parsed.Fits(name), name));
        Assert.All(others.Split(' '), name => Assert.False(parsed.Fits(name), name));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a`")]
    [InlineData("[")]
    [InlineData("[a")]
    [InlineData("*[a")]
    [InlineData("[]")]
    [InlineData("a[]*")]
    [InlineData("[a`]")]
    [InlineData("[`")]
    [InlineData("[c-a]")]
    public void These_are_no_patterns(string text) => Assert.Null(NamePattern.Parse(text));
}

using Xunit;

namespace DagShell.Engine.Tests.Analysis;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData(0, "0 ms", "0 s")]
    [InlineData(0.0034, "3.4 ms", "0 s")]
    [InlineData(0.34, "340 ms", "0 s")]
    [InlineData(0.9996, "1 s", "0 s")]
    [InlineData(2, "2 s", "2 s")]
    [InlineData(12.34, "12.3 s", "12 s")]
    [InlineData(59.96, "1 min", "59 s")]
    [InlineData(60, "1 min", "1 min")]
    [InlineData(245.9, "4 min 05 s", "4 min 05 s")]
    [InlineData(7200, "2 h", "2 h")]
    [InlineData(7620, "2 h 07 min", "2 h 07 min")]
    [InlineData(172_800, "48 h", "48 h")]
    [InlineData(273_600, "3 d 04 h", "3 d 04 h")]
    public void A_duration_is_written_in_the_unit_that_suits_it(double seconds, string measured, string counted)
    {
        Assert.Equal(measured, DurationText.Of(TimeSpan.FromSeconds(seconds)));
        Assert.Equal(counted, DurationText.OfSeconds(TimeSpan.FromSeconds(seconds)));
    }
}

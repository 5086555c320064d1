namespace DagShell.Tests.Building;

/// <summary>Every parameter that is a duration takes what design, section 2 lists.</summary>
public sealed class DurationTests : ShellTests
{
    [Theory]
    [InlineData("500ms", "00:00:00.5000000")]
    [InlineData("2s", "00:00:02")]
    [InlineData("5m", "00:05:00")]
    [InlineData("1h", "01:00:00")]
    [InlineData("1d", "1.00:00:00")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData("2S", "00:00:02")]
    [InlineData("' 10 s '", "00:00:10")]
    [InlineData("3", "00:00:03")]
    [InlineData("0.25", "00:00:00.2500000")]
    [InlineData("'3'", "00:00:03")]
    [InlineData("([double] 1.5)", "00:00:01.5000000")]
    [InlineData("([decimal] 1.5)", "00:00:01.5000000")]
    [InlineData("([byte] 4)", "00:00:04")]
    [InlineData("'00:00:07'", "00:00:07")]
    [InlineData("([timespan]::FromMinutes(2))", "00:02:00")]
    [InlineData("(1..5).Count", "00:00:05")]
    [InlineData("0", "00:00:00")]
    public void What_stands_for_a_duration_becomes_one(string argument, string expected) =>
        Assert.Equal([expected], Run($"\"$((New-DagNode A {{ }} -EstimatedDuration {Parenthesized(argument)}).EstimatedDuration)\"").Text);

    [Theory]
    [InlineData("'5x'")]
    [InlineData("'ms'")]
    [InlineData("''")]
    [InlineData("$null")]
    [InlineData("'soon'")]
    [InlineData("'1,5s'")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("([double]::PositiveInfinity)")]
    [InlineData("1e300")]
    [InlineData("(Get-Command New-Dag)")]
    [InlineData("@{}")]
    [InlineData("$true")]
    public void What_does_not_is_refused_with_what_can_be_given(string argument)
    {
        ShellResult result = Shell.Run($"New-DagNode A {{ }} -EstimatedDuration {argument}");

        Assert.Contains("is not a duration. Give a number of seconds", result.Thrown?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("'-5m'")]
    [InlineData("([timespan]::FromSeconds(-1))")]
    public void A_duration_is_not_negative(string argument)
    {
        ShellResult result = Shell.Run($"New-DagNode A {{ }} -EstimatedDuration {argument}");

        Assert.Contains("A duration cannot be negative", result.Thrown?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Timeout")]
    [InlineData("PreconditionTimeout")]
    [InlineData("EstimatedDuration")]
    public void All_durations_of_a_node_take_units(string parameter) =>
        Assert.Equal(["00:00:01.5000000"], Run($"\"$((New-DagNode A {{ }} -{parameter} 1500ms).{parameter})\"").Text);

    [Theory]
    [InlineData("RetryDelay", "Delay")]
    [InlineData("RetryMaxDelay", "MaxDelay")]
    public void All_durations_of_a_retry_take_units(string parameter, string property) =>
        Assert.Equal(["00:00:01.5000000"], Run($"\"$((New-DagNode A {{ }} -RetryCount 1 -{parameter} 1500ms).Retry.{property})\"").Text);

    [Theory]
    [InlineData("1h")]
    [InlineData("3600")]
    [InlineData("([timespan]::FromHours(1))")]
    public void So_does_the_timeout_of_a_run(string argument) =>
        Assert.Equal("Succeeded", Run($"New-DagNode A {{ }} | Invoke-Dag -Timeout {argument}").Status("A"));

    [Fact]
    public void A_comma_in_the_culture_of_the_caller_changes_nothing()
    {
        ShellResult result = Run("""
            [cultureinfo]::CurrentCulture = 'de-DE'
            "$((New-DagNode A { } -EstimatedDuration 1.5s).EstimatedDuration)", "$((New-DagNode A { } -EstimatedDuration 0.5).EstimatedDuration)"
            """);

        Assert.Equal(["00:00:01.5000000", "00:00:00.5000000"], result.Text);
    }

    private static string Parenthesized(string argument) => argument.EndsWith(".Count", StringComparison.Ordinal)
        ? $"({argument})"
        : argument;
}

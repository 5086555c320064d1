namespace DagShell.Tests.Streams;

/// <summary>Records of nodes obey the caller's preferences and common parameters.</summary>
public sealed class PreferenceTests : ShellTests
{
    private const string Talk = "New-DagNode A { Write-Warning 'w'; Write-Verbose 'v'; Write-Debug 'd'; Write-Information 'i' }";

    [Fact]
    public void By_default_warnings_are_shown_and_the_rest_is_not()
    {
        ShellResult result = Run(Talk + " | Invoke-Dag");

        Assert.Equal(["[A] w"], result.Streams.Warning);
        Assert.Empty(result.Streams.Verbose);
        Assert.Empty(result.Streams.Debug);
        Assert.DoesNotContain("i\n", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$VerbosePreference = 'Continue'", "")]
    [InlineData("", "-Verbose")]
    [InlineData("$VerbosePreference = 'SilentlyContinue'", "-Verbose:$true")]
    public void Verbose_is_shown_when_the_caller_says_so(string preference, string parameter) =>
        Assert.Contains("[A] v", Run($"{preference}; {Talk} | Invoke-Dag {parameter}").Streams.Verbose);

    [Fact]
    public void Verbose_is_not_shown_when_the_caller_says_so() =>
        Assert.DoesNotContain("[A] v", Run($"$VerbosePreference = 'Continue'; {Talk} | Invoke-Dag -Verbose:$false").Streams.Verbose);

    [Fact]
    public void Debug_is_shown_when_the_caller_says_so() =>
        Assert.Equal(["[A] d"], Run($"$DebugPreference = 'Continue'; {Talk} | Invoke-Dag").Streams.Debug);

    [Fact]
    public void Debug_asks_the_caller_as_it_does_of_every_cmdlet()
    {
        ShellResult result = Shell.Run(Talk + " | Invoke-Dag -Debug");

        Assert.Contains("Nobody is there to ask", result.Thrown?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$WarningPreference = 'SilentlyContinue'", "")]
    [InlineData("$WarningPreference = 'Ignore'", "")]
    [InlineData("", "-WarningAction SilentlyContinue")]
    [InlineData("", "-WarningAction Ignore")]
    [InlineData("", "-wa 0")]
    public void Warnings_are_not_shown_when_the_caller_says_so(string preference, string parameter) =>
        Assert.Empty(Run($"{preference}; {Talk} | Invoke-Dag {parameter}").Streams.Warning);

    [Fact]
    public void Warnings_that_are_to_stop_stop_the_command_and_its_run()
    {
        using Gate never = new();
        Witness witness = new();
        ShellResult result = Shell.Run(
            "New-DagNode A { ($using:witness).SignIn(); Write-Warning 'w'; while ($true) { } } | Invoke-Dag -WarningAction Stop",
            ("witness", witness));

        Assert.IsType<System.Management.Automation.ActionPreferenceStopException>(result.Thrown);
        Assert.Contains("[A] w", result.Thrown.Message, StringComparison.Ordinal);
        witness.SeeAllGone();
    }

    [Theory]
    [InlineData("$InformationPreference = 'Continue'", "")]
    [InlineData("", "-InformationAction Continue")]
    public void Information_is_shown_when_the_caller_says_so(string preference, string parameter)
    {
        Run($"{preference}; {Talk} | Invoke-Dag {parameter}");

        Assert.Contains("i\n", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Information_is_dropped_when_the_caller_says_so() =>
        Assert.Empty(Run(Talk + " | Invoke-Dag -InformationAction Ignore").Streams.Information);

    [Theory]
    [InlineData("-WarningVariable log", "[A] w")]
    [InlineData("-WarningVariable log -WarningAction SilentlyContinue", "[A] w")]
    [InlineData("-wv log -wa Ignore", "[A] w")]
    [InlineData("-InformationVariable log", "[A] i")]
    [InlineData("-InformationVariable log -InformationAction SilentlyContinue", "[A] i")]
    [InlineData("-iv log", "[A] i")]
    public void Variables_of_the_common_parameters_get_the_records(string parameters, string expected) =>
        Assert.Equal([expected], Run($"{Talk} | Invoke-Dag {parameters} | ForEach-Object {{ }}; $log | ForEach-Object {{ \"$_\" }}").Text);

    [Fact]
    public void OutVariable_gets_the_results()
    {
        ShellResult result = Run("$null = (New-DagNode A { }), (New-DagNode B { } -DependsOn A) | Invoke-Dag -OutVariable out; $out.Name");

        Assert.Equal(["A", "B"], result.Text);
    }

    [Fact]
    public void PipelineVariable_has_the_result_at_hand() =>
        Assert.Equal(["A a"],
            Run("New-DagNode A { 'a' } | Invoke-Dag -PipelineVariable node | ForEach-Object Output | ForEach-Object { \"$($node.Name) "
            + "$_\" }").Text);

    [Theory]
    [InlineData("$VerbosePreference", "-Verbose", "Continue")]
    [InlineData("$DebugPreference", "-Debug", "Continue")]
    [InlineData("$WarningPreference", "-WarningAction SilentlyContinue", "SilentlyContinue")]
    [InlineData("$InformationPreference", "-InformationAction Continue", "Continue")]
    [InlineData("$ErrorActionPreference", "-ErrorAction SilentlyContinue", "Stop")]
    [InlineData("$ErrorActionPreference", "", "Stop")]
    [InlineData("$PSNativeCommandUseErrorActionPreference", "", "True")]
    [InlineData("$ConfirmPreference", "", "High")]
    public void Nodes_start_with_the_preferences_of_the_caller_and_stop_at_errors(string variable, string parameter, string expected) =>
        Assert.Equal(expected, Run($"New-DagNode A {{ {variable} }} | Invoke-Dag {parameter}").NodeOutput("A").Single()?.ToString());

    [Fact]
    public void Default_parameter_values_and_other_settings_of_the_caller_hold_in_nodes()
    {
        ShellResult result = Run("""
            $PSDefaultParameterValues['Write-Warning:Message'] = 'default'
            $OFS = '-'
            $FormatEnumerationLimit = 7
            New-DagNode A { Write-Warning; "$(1, 2)"; $FormatEnumerationLimit } | Invoke-Dag
            """);

        Assert.Equal(["[A] default"], result.Streams.Warning);
        Assert.Equal(["1-2", 7], result.NodeOutput("A"));
    }
}

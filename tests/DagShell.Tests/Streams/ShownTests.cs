namespace DagShell.Tests.Streams;

/// <summary>A node shows what it would show at the prompt: not what is redirected or hidden, and all else.</summary>
public sealed class ShownTests : ShellTests
{
    [Theory]
    [InlineData("Write-Warning x 3>$null")]
    [InlineData("Write-Host x 6>$null")]
    [InlineData("Write-Information x -InformationAction Continue 6>$null")]
    [InlineData("Write-Verbose x -Verbose 4>$null")]
    [InlineData("$DebugPreference = 'Continue'; Write-Debug x 5>$null")]
    [InlineData("Write-Error x -ErrorAction Continue 2>$null")]
    [InlineData("& { Write-Warning x; Write-Host x; Write-Verbose x -Verbose } *>$null")]
    [InlineData("function f { Write-Warning x; Write-Host x }; f *>$null")]
    [InlineData("f *>$null")]
    [InlineData("$null = f *>&1")]
    [InlineData("Write-Warning x -WarningAction SilentlyContinue")]
    [InlineData("$WarningPreference = 'Ignore'; Write-Warning x")]
    public void What_is_sent_to_null_stays_silent(string script)
    {
        foreach (string sequential in (string[])["", "-Sequential"])
        {
            ShellResult result = Run(
                "function f { Write-Warning x; Write-Host x; Write-Verbose x -Verbose }; "
                + $"New-DagNode A {{ {script} }} | Invoke-Dag {sequential}");

            Assert.Equal("Succeeded", result.Status("A"));
            Assert.Equal(string.Empty, Shell.Screen.Text);
            if (sequential.Length > 0)
            {
                // The lists of the PowerShell object that a host runs a pipeline with get it all; its user interface does not.
                continue;
            }

            Assert.Empty(result.Streams.Warning);
            Assert.Empty(result.Streams.Verbose);
            Assert.Empty(result.Streams.Debug);
            Assert.Empty(result.Streams.Information);
            Assert.Empty(result.Streams.Error);
        }
    }

    [Theory]
    [InlineData("Write-Verbose x -Verbose", "")]
    [InlineData("$VerbosePreference = 'Continue'; Write-Verbose x", "")]
    [InlineData("f -Verbose", "")]
    [InlineData("Write-Verbose x -Verbose", "-Verbose:$false")]
    public void Verbose_of_a_command_in_a_node_is_shown(string script, string arguments)
    {
        foreach (string sequential in (string[])["", "-Sequential"])
        {
            string run = "function f { [CmdletBinding()] param() Write-Verbose x }; "
                + $"New-DagNode A {{ {script} }} | Invoke-Dag {arguments} {sequential}";

            Assert.Equal(["[A] x"], Run(run).Streams.Verbose);
            if (sequential.Length == 0)
            {
                Assert.Equal(["[A] x", "A: Succeeded"], Run(run + " 4>&1").Text);
            }
        }
    }

    [Fact]
    public void Debug_of_a_command_in_a_node_is_shown()
    {
        foreach (string script in (string[])["$DebugPreference = 'Continue'; Write-Debug x", "f -Debug"])
        {
            Assert.Equal(
                ["[A] x"],
                Run("function f { [CmdletBinding()] param() $DebugPreference = 'Continue'; Write-Debug x }; "
                    + $"New-DagNode A {{ {script} }} | Invoke-Dag").Streams.Debug);
        }
    }

    [Theory]
    [InlineData("Write-Information x -InformationAction Continue")]
    [InlineData("$InformationPreference = 'Continue'; Write-Information x")]
    [InlineData("f -InformationAction Continue")]
    [InlineData("Write-Information hidden; Write-Information x -InformationAction Continue; Write-Information hidden")]
    public void Information_of_a_command_in_a_node_is_shown(string script)
    {
        ShellResult result = Run(
            "function f { [CmdletBinding()] param() Write-Information x }; "
            + $"New-DagNode A {{ {script} }} | Invoke-Dag -InformationVariable all; $all | ForEach-Object {{ \"$_\" }}");

        Assert.Equal("[A] x\n", Shell.Screen.Text);
        Assert.Contains("[A] x", result.Text);
        int told = script.Contains("hidden", StringComparison.Ordinal) ? 3 : 1;
        Assert.Equal(told, result.Text.Count(text => text.StartsWith("[A]", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_warning_that_the_caller_hides_is_shown_where_the_command_says_so()
    {
        ShellResult result = Run(
            "New-DagNode A { Write-Warning hidden; Write-Warning x -WarningAction Continue } | Invoke-Dag -WarningAction SilentlyContinue");

        Assert.Equal(["[A] x"], result.Streams.Warning);
    }

    [Theory]
    [InlineData("'x' | Out-Host", "[A] x\n")]
    [InlineData("$Host.UI.WriteLine('x')", "[A] x\n")]
    [InlineData("$Host.UI.Write('x'); $Host.UI.WriteLine('y')", "[A] xy\n")]
    [InlineData("$Host.UI.Write('Red', 'Black', 'x')", "[A] x\n")]
    [InlineData("$Host.UI.WriteLine('Red', 'Black', 'x')", "[A] x\n")]
    [InlineData("$Host.UI.WriteErrorLine('x')", "[A] x\n")]
    [InlineData("$Host.UI.WriteWarningLine('x')", "WARNING: [A] x\n")]
    [InlineData("$Host.UI.WriteVerboseLine('x')", "VERBOSE: [A] x\n")]
    [InlineData("Write-Host \"x`ny\"", "[A] x\n[A] y\n")]
    [InlineData("Write-Host \"x`n\" -NoNewline; Write-Host y", "[A] x\n[A] y\n")]
    [InlineData("Write-Host 1 -NoNewline; Write-Host \"2`n3\" -NoNewline; Write-Host 4", "[A] 12\n[A] 34\n")]
    public void What_a_node_writes_to_its_host_reaches_the_callers(string script, string expected)
    {
        Run($"New-DagNode A {{ {script} }} | Invoke-Dag");

        Assert.Equal(expected, Shell.Screen.Text);
    }

    [Fact]
    public void Out_Host_shows_a_table_line_by_line()
    {
        Run("New-DagNode A { [pscustomobject]@{ Name = 'n'; Value = 5 } | Format-Table | Out-Host } | Invoke-Dag");

        Assert.Contains("[A] Name Value\n", Shell.Screen.Text, StringComparison.Ordinal);
        Assert.Contains("[A] n        5\n", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_nodes_host_says_what_the_callers_says()
    {
        ShellResult result = Run(
            "New-DagNode A { $Host.Name; $Host.UI.RawUI.BufferSize.Width; $Host.UI.SupportsVirtualTerminal } | Invoke-Dag; "
            + "$Host.UI.RawUI.BufferSize.Width");

        Assert.Equal(["DagShell tests", Unwrapped.Value(result.Output[1]), false], result.NodeOutput("A"));
    }

    [Fact]
    public void The_line_that_a_node_left_open_is_ended_before_the_run_says_something()
    {
        Run("New-DagNode A { Write-Host 'a' -NoNewline; throw 'x' } | Invoke-Dag -Verbose 2>$null");

        Assert.Contains("[A] a\nVERBOSE: ", Shell.Screen.Text, StringComparison.Ordinal);
    }
}

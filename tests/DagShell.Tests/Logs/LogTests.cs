using System.Collections;

namespace DagShell.Tests.Logs;

/// <summary>What a node said is in its result.</summary>
public sealed class LogTests : ShellTests
{
    private const string Lines = " | ForEach-Object { $_.Log } | ForEach-Object { \"$($_.Attempt) $($_.Stream) $($_.Text)\" }";

    [Fact]
    public void Each_line_has_its_stream_in_the_order_in_which_they_were_said()
    {
        string native = OperatingSystem.IsWindows() ? "cmd /c 'echo native 1>&2'" : "sh -c 'echo native >&2'";
        ShellResult result = Run($$"""
            New-DagNode A {
                'first'
                Write-Warning 'warned'
                "two`nlines"
                Write-Host 'a' -NoNewline; Write-Host 'b'
                Write-Verbose 'told' -Verbose
                Write-Information 'info'
                Write-Error 'careless' -ErrorAction Continue
                {{native}}
                5
                'last'
                throw 'x'
            } | Invoke-Dag {{Lines}}
            """);

        Assert.Equal(
            [
                "1 Output first", "1 Warning warned", "1 Output two", "1 Output lines", "1 Host ab", "1 Verbose told", "1 Information info",
                "1 Error careless", "1 StandardError native", "1 Output last",
            ],
            result.Text.Select(text => text.TrimEnd()));
    }

    [Theory]
    [InlineData("'a'")]
    [InlineData("'a'; throw 'x'")]
    [InlineData("foreach ($i in 1..2) { if ($i -eq 2) { throw 'x' }; 'a' }")]
    [InlineData("try { 'a'; throw 'x' } catch { $null }")]
    [InlineData("if ($true) { 'a'; 1 / 0 }")]
    [InlineData("function f { 'a'; throw 'x' }; f")]
    [InlineData("param($q) 'a'; throw 'x'")]
    [InlineData("'a' | ForEach-Object { $_; throw 'x' }")]
    [InlineData("'a'; exit 3")]
    [InlineData("switch (1) { 1 { 'a'; throw 'x' } }")]
    public void A_string_that_was_put_out_is_there_however_the_node_ended(string script)
    {
        foreach (string sequential in (string[])["", "-Sequential"])
        {
            Assert.Equal(["1 Output a"], Run($"New-DagNode A {{ {script} }} | Invoke-Dag {sequential} {Lines}").Text);
        }
    }

    [Theory]
    [InlineData("function Get-Date { 'a'; throw 'x' }", "Get-Date")]
    [InlineData("function Send { 'a'; throw 'x' }; Set-Alias Get-Date Send", "Get-Date")]
    [InlineData("New-Module Own { function Get-Date { 'a'; throw 'x' } } | Import-Module", "Get-Date")]
    [InlineData("function Write-Host { 'a' }", "Write-Host b; throw 'x'")]
    [InlineData("Set-Alias Write-Host Write-Output", "Write-Host a; throw 'x'")]
    [InlineData("New-Module Own { function Out-Null { 'a' } } | Import-Module", "1 | Out-Null; throw 'x'")]
    public void A_name_that_is_PowerShells_own_may_mean_a_command_that_puts_out_more(string definition, string script) =>
        Assert.Equal(["1 Output a"], Run($"{definition}\nNew-DagNode A {{ {script} }} | Invoke-Dag {Lines}").Text);

    [Fact]
    public void Each_attempt_has_lines_of_its_own_and_conditions_speak_too()
    {
        ShellResult result = Run(
            "New-DagNode A { \"try $($DagNode.Attempt)\"; throw 'x' } -RetryCount 1 -RetryDelay 1ms -When { Write-Host when; $true } "
                + "| Invoke-Dag" + Lines);

        Assert.Equal(["1 Host when", "1 Output try 1", "2 Output try 2"], result.Text);
    }

    [Fact]
    public void The_last_lines_are_kept()
    {
        ShellResult result = Run("""
            $many = New-DagNode A { 1..1000 | ForEach-Object { "line $_" } } | Invoke-Dag
            $many.Log.Count; $many.Log[-1].Text; $many.Log[0].Text
            $long = New-DagNode A { 1..100 | ForEach-Object { 'x' * 1000 }; 'y' * 100000 + 'end' } | Invoke-Dag
            ($long.Log.Text | Measure-Object Length -Sum).Sum; $long.Log[-1].Text.EndsWith('end')
            """);

        Assert.Equal(["200", "line 1000", "line 801", "65536", "True"], result.Text);
    }

    [Fact]
    public void Colours_and_control_characters_are_not_in_it()
    {
        ShellResult result = Run(
            "New-DagNode A { \"`e[31mred`e[0m`a`r\"; \"50%`r100%\"; \"`e]8;;http://x`e\\link`e]8;;`e\\\" } | Invoke-Dag" + Lines);

        Assert.Equal(["1 Output red ", "1 Output 100%", "1 Output link"], result.Text);
    }

    [Fact]
    public void Of_64_MiB_those_of_failed_nodes_go_last()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Bad { 'bad'; throw 'x' } -Priority 9
                1..1100 | ForEach-Object { New-DagNode "N$_" { 'x' * 65536 } }
            )
            $null = $nodes | Invoke-Dag -RunVariable run -ThrottleLimit 1 -ErrorAction SilentlyContinue
            $run.Nodes['Bad'].Log.Count
            $run.Nodes['N1'].Log.Count
            $run.Nodes['N1100'].Log.Count
            ($run.Nodes.Values | ForEach-Object { $_.Log } | ForEach-Object { $_.Text.Length } | Measure-Object -Sum).Sum -le 64MB
            """);

        Assert.Equal(["1", "0", "1", "True"], result.Text);
    }

    [Fact]
    public void A_node_that_said_nothing_has_no_lines_and_the_list_is_an_array()
    {
        ShellResult result = Run("New-DagNode A { 5 } | Invoke-Dag");

        Assert.Empty(Assert.IsAssignableFrom<Array>(result.Node("A").Properties["Log"].Value));
        Assert.IsAssignableFrom<IList>(result.Node("A").Properties["Log"].Value);
    }
}

using DagShell.Host.Hosting;

namespace DagShell.Host.Tests.Hosting;

public sealed class ScriptSessionTests
{
    [Fact]
    public void Objects_are_shown_as_they_come()
    {
        using HostedSession hosted = HostedSession.Run("'a'; Write-Host 'b'; 3; Write-Warning 'w'; Write-Verbose 'v' -Verbose");
        Assert.Equal("a\nb\n3\nWARNING: w\nVERBOSE: v", hosted.Output);
        Assert.Equal(ExitCode.Success, hosted.Session.ExitCode);
        Assert.Empty(hosted.Errors);
    }

    [Fact]
    public void Nodes_that_a_script_emits_are_run_when_it_has_ended()
    {
        using HostedSession hosted = HostedSession.Run("New-DagNode A { 1 }; 'text'; New-DagNode B { param($A) $A + 1 } -DependsOn A");
        Assert.StartsWith("text\n", hosted.Output, StringComparison.Ordinal);
        Assert.Equal(
            [("A", "Succeeded", "1"), ("B", "Succeeded", "2")],
            hosted.Session.Results.Select(result => (result.Name, result.Status, result.Detail)));
        Assert.Equal(ExitCode.Success, hosted.Session.ExitCode);
    }

    [Fact]
    public void A_dag_that_a_script_emits_is_run()
    {
        using HostedSession hosted = HostedSession.Run("New-DagNode A { 1 } | New-Dag");
        Assert.Equal("A", Assert.Single(hosted.Session.Results).Name);
    }

    [Fact]
    public void Results_of_a_run_in_the_script_count_too()
    {
        using HostedSession hosted = HostedSession.Run("New-DagNode A { 1 } | Invoke-Dag");
        Assert.Equal("A", Assert.Single(hosted.Session.Results).Name);
        Assert.DoesNotContain("SkipReason", hosted.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_run_is_in_the_session_of_the_script()
    {
        using HostedSession hosted = HostedSession.RunFile(
            """
            $mine = 'variable'
            function Invoke-Dag { param([Parameter(ValueFromPipeline)] $Node) process { "$mine $($Node.Name)" } }
            New-DagNode A { }
            """);
        Assert.Equal("variable A", hosted.Output);
    }

    [Fact]
    public void A_failed_node_is_an_exit_code_and_an_error_with_its_place()
    {
        using HostedSession hosted = HostedSession.RunFile("\nNew-DagNode A {\n  throw 'broken' }");
        Assert.Equal(ExitCode.Failure, hosted.Session.ExitCode);
        Assert.Contains("broken", hosted.Errors, StringComparison.Ordinal);
        Assert.Matches(@"  at \S+\.ps1:3:3\n  \|   throw 'broken' }\n  \|   ~+", hosted.Errors);
        Assert.DoesNotContain("   at System", hosted.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("Write-Error 'bad'; 'more'", 1)]
    [InlineData("throw 'bad'", 1)]
    [InlineData("1/0", 1)]
    [InlineData("Get-Nothing", 1)]
    [InlineData("if (", 1)]
    [InlineData("try { throw 'bad' } catch { 'handled' }", 0)]
    [InlineData("Write-Error 'bad' -ErrorAction SilentlyContinue", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit", 0)]
    [InlineData("Write-Error 'bad'; exit 7", 7)]
    [InlineData("function f { exit 4 }; f; 'not reached'", 4)]
    public void The_exit_code_tells_how_it_went(string script, int expected)
    {
        using HostedSession command = HostedSession.Run(script);
        Assert.Equal(expected, command.Session.ExitCode);
        using HostedSession file = HostedSession.RunFile(script);
        Assert.Equal(expected, file.Session.ExitCode);
        Assert.DoesNotContain("not reached", file.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_run_when_the_script_gave_up()
    {
        using HostedSession exited = HostedSession.RunFile("New-DagNode A { }; exit 5");
        Assert.Empty(exited.Session.Results);
        Assert.Equal(5, exited.Session.ExitCode);
        Assert.Contains("exited with code 5", exited.Errors, StringComparison.Ordinal);

        using HostedSession threw = HostedSession.RunFile("New-DagNode A { }; throw 'bad'");
        Assert.Empty(threw.Session.Results);
    }

    [Fact]
    public void Arguments_are_bound_to_the_parameters_of_the_script()
    {
        using HostedSession hosted = HostedSession.RunFile(
            "param([int] $Count, [switch] $Fast, [string] $Name, $Rest, [switch] $Slow) \"$($Count + 1) $Fast $Name $Rest $Slow\"",
            "-Count", "4", "-Fast", "-Name:a b", "-Slow:$false", "-7");
        Assert.Equal("5 True a b -7 False", hosted.Output);
    }

    [Fact]
    public void An_argument_that_does_not_fit_is_an_error()
    {
        using HostedSession hosted = HostedSession.RunFile("param([int] $Count) $Count", "-Count", "many");
        Assert.Equal(ExitCode.Failure, hosted.Session.ExitCode);
        Assert.Contains("Count", hosted.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_waits_for_an_answer_that_cannot_come()
    {
        using HostedSession hosted = HostedSession.Run("Read-Host 'Your name'");
        Assert.Equal(ExitCode.Failure, hosted.Session.ExitCode);
        Assert.Contains("'Your name'", hosted.Errors, StringComparison.Ordinal);

        using HostedSession mandatory = HostedSession.RunFile("param([Parameter(Mandatory)] $Target) $Target");
        Assert.Equal(ExitCode.Failure, mandatory.Session.ExitCode);
        Assert.Contains("Target", mandatory.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_the_script()
    {
        using HostedSession hosted = new();
        Task run = hosted.Session.Start("[DagShell.Host.Tests.Hosting.Milestones]::Reach('script'); Start-Sleep 3600");
        await Milestones.Reached("script");
        hosted.Stop();
        await run;
        Assert.Empty(hosted.Errors);
    }

    [Fact]
    public async Task A_stop_ends_the_nodes()
    {
        using HostedSession hosted = new();
        Task run = hosted.Session.Start(
            """
            New-DagNode Quick { 1 }
            New-DagNode Slow { [DagShell.Host.Tests.Hosting.Milestones]::Reach('node'); Start-Sleep 3600 } -DependsOn Quick
            """);
        await Milestones.Reached("node");
        hosted.Stop();
        await run;
        Assert.DoesNotContain(hosted.Session.Results, result => result.Name == "Slow");
    }
}

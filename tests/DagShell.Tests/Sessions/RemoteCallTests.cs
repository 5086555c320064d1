namespace DagShell.Tests.Sessions;

/// <summary>Design, 9: what a node's call brings to a session, and what it leaves there.</summary>
public sealed class RemoteCallTests(SessionFixture fixture) : IClassFixture<SessionFixture>
{
    [Fact]
    public void What_could_not_be_sent_with_one_node_is_sent_with_the_next_that_needs_it()
    {
        ShellResult result = Run("""
            function Get-Shared { 'shared' }
            $script = { "$(Get-Shared) $_" }
            $node = New-DagNode A -ForEach ([IO.MemoryStream]::new()), 2, ([IO.MemoryStream]::new()), 3 $script -ContinueOnError
            ($node | Invoke-Dag -Session $sessions[0] -ErrorAction SilentlyContinue).Output
            """);

        Assert.Equal(["shared 2", "shared 3"], result.Text);
    }

    [Theory]
    [InlineData("'plain'", "plain")]
    [InlineData("param($A = 3) \"$A\"; exit", "3")]
    [InlineData("param($A = 3) $A", "3")]
    [InlineData("try { $none } catch { 'strict' }", "strict")]
    [InlineData("param($A) try { $none } catch { 'strict' }; exit", "strict")]
    [InlineData("param($A) Skip-DagNode 'x'", "")]
    public void In_the_callers_strict_mode_all_kinds_of_scripts_run(string script, string output)
    {
        ShellResult result = Run($$"""
            & {
                Set-StrictMode -Version Latest
                (New-DagNode A { {{script}} } -RetryCount 1 -RetryIf { $true } | Invoke-Dag -Session $sessions[0]).Output
            }
            """);

        Assert.Equal(output, string.Concat(result.Text));
    }

    [Fact]
    public void A_global_variable_that_a_node_sets_is_not_there_for_the_next()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { $global:left = 1; $global:left }), (New-DagNode B { "[$global:left]" } -DependsOn A)
            ($nodes | Invoke-Dag -Session $sessions[0]).Output
            """);

        Assert.Equal(["1", "[]"], result.Text);
    }

    [Fact]
    public void A_script_of_a_module_runs_in_that_module_there()
    {
        using ScratchFolder folder = new();
        string module = folder.Write("Hiding/Hiding.psm1", """
            $inside = 'inside'
            function Get-Hidden { "hidden $inside" }
            function New-Hiding { $given = 5; New-DagNode A { Get-Hidden; $using:given; $DagNode.Name; $PID -eq $using:PID } }
            Export-ModuleMember New-Hiding
            """);
        ShellResult result = Run($$"""
            $null = Invoke-Command $sessions { $env:PSModulePath += "{{Path.PathSeparator}}{{folder.FullName}}" }
            Import-Module '{{module}}'
            try { (New-Hiding | Invoke-Dag -Session $sessions[0]).Output } finally { Remove-Module Hiding }
            """);

        Assert.Equal(["hidden inside", "5", "A", "False"], result.Text);
    }

    private ShellResult Run(string script)
    {
        ShellResult result = fixture.Shell.Run(script);
        Assert.Null(result.Thrown);
        return result;
    }
}

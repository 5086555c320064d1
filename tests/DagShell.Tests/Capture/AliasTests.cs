namespace DagShell.Tests.Capture;

/// <summary>An alias means in a node what it means to its author, wherever the script that uses it was written.</summary>
public sealed class AliasTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    public AliasTests()
    {
        string file = _folder.Write("Aliased.psm1", """
            function Get-Inner { 'inner' }
            Set-Alias own Get-Inner
            function Use-Own { own }
            function Use-Callers { callers }
            function New-Node { DagShell\New-DagNode A { own; callers } }
            """);
        Shell.Run("""
            Import-Module $file
            function Show-It { 'it' }
            Set-Alias callers Show-It
            Set-Alias further callers
            Set-Alias fixed Show-It -Option ReadOnly
            Set-Alias private Show-It -Option Private
            # Also the name of a program.
            $null = New-Module Made {
                function Get-Made { 'made' }
                Set-Alias dd Get-Made
                function New-MadeNode { DagShell\New-DagNode A { dd; callers } }
                function Use-Made { dd; callers }
                Export-ModuleMember -Function *
            } | Import-Module
            function Use-Callers2 { callers }
            """, ("file", file));
    }

    [Theory]
    [InlineData("New-DagNode A { callers; further; fixed; private }", "it it it it")]
    [InlineData("New-DagNode A ({ callers; further; fixed }.GetNewClosure())", "it it it")]
    [InlineData("New-DagNode A ({ param($x = 1) callers; $x }.GetNewClosure())", "it 1")]
    [InlineData("New-DagNode A { 'ran' } -When ({ (further) -eq 'it' }.GetNewClosure())", "ran")]
    [InlineData("New-DagNode A ({ Use-Callers2 }.GetNewClosure())", "it")]
    [InlineData("New-DagNode A { Use-Callers }", "it")]
    [InlineData("New-DagNode A { Use-Own }", "inner")]
    [InlineData("New-Node", "inner it")]
    [InlineData("New-MadeNode", "made it")]
    [InlineData("New-DagNode A { Use-Made }", "made it")]
    public void It_is_there_in_scripts_of_any_kind(string node, string output)
    {
        string[] all = output.Split(' ');
        Assert.Equal(all, Strings(Shell.Run($"{node} | Invoke-Dag")));
        Assert.Equal(all, Strings(Shell.Run($"{node} | Invoke-Dag -Sequential")));
    }

    [Fact]
    public void None_that_a_closure_uses_is_there_for_the_next_node()
    {
        ShellResult result = Shell.Run("""
            Set-Alias gmo further -Force
            $dag = @(
                New-DagNode A ({ further; gmo }.GetNewClosure())
                New-DagNode B { Get-Alias further, gmo -Scope Global -ErrorAction Ignore | ForEach-Object Definition } -DependsOn A
                New-DagNode C ({ further }.GetNewClosure()) -DependsOn B
            )
            $dag | Invoke-Dag -ThrottleLimit 1
            Set-Alias gmo Get-Module -Force
            """);
        Assert.Equal(["it", "it"], result.NodeOutput("A"));
        Assert.Equal(["Get-Module"], result.NodeOutput("B"));
        Assert.Equal(["it"], result.NodeOutput("C"));
    }

    private static string?[] Strings(ShellResult result)
    {
        Assert.Equal("Succeeded", result.Status("A"));
        return [.. result.NodeOutput("A").Select(item => item?.ToString())];
    }
}

using System.Management.Automation;

namespace DagShell.Tests.Runspaces;

/// <summary>A caller in ConstrainedLanguage has nodes in ConstrainedLanguage.</summary>
public sealed class LanguageModeTests : IDisposable
{
    private readonly ShellSession _shell = new(PSLanguageMode.ConstrainedLanguage);

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-UseNewRunspace")]
    public void Every_script_of_a_node_is_constrained(string arguments)
    {
        ShellResult result = _shell.Run($$"""
            $mode = { "$($ExecutionContext.SessionState.LanguageMode)" -eq 'ConstrainedLanguage' }
            $nodes = @(
                New-DagNode Plain { "$($ExecutionContext.SessionState.LanguageMode)" }
                New-DagNode Bound { param($x) "$($ExecutionContext.SessionState.LanguageMode)" }
                New-DagNode Conditions { 'ran' } -When $mode -Precondition $mode
                New-DagNode Forbidden { [System.IO.File]::Exists('x') }
                New-DagNode ForbiddenToo { param($x) [System.Console]::Beep() }
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 {{arguments}}
            """);

        Assert.Null(result.Thrown);
        Assert.Equal(["ConstrainedLanguage"], result.NodeOutput("Plain"));
        Assert.Equal(["ConstrainedLanguage"], result.NodeOutput("Bound"));
        Assert.Equal(["ran"], result.NodeOutput("Conditions"));
        Assert.Equal("Failed", result.Status("Forbidden"));
        Assert.Equal("Failed", result.Status("ForbiddenToo"));
    }

    [Fact]
    public void What_nodes_are_given_works_there_too()
    {
        ShellResult result = _shell.Run("""
            $config = @{ Hosts = 'h0', 'h1' }
            $nodes = @(
                New-DagNode One { 1; 2 }
                New-DagNode Two { param($One, $Stage) "$($One.Count) $Stage $($using:config.Hosts[1]) $($DagNode.Name) $(@($input).Count)" } -DependsOn One
                New-DagNode Three { if ($DagNode.Attempt -eq 1) { throw 'x' } "$($DagNode.LastError)" } -RetryCount 1 -RetryIf { "$_" -eq 'x' }
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -Parameter @{ Stage = 'dev' }
            """);

        Assert.Null(result.Thrown);
        Assert.Equal(["2 dev h1 Two 2"], result.NodeOutput("Two"));
        Assert.Equal(["x"], result.NodeOutput("Three"));
    }

    [Fact]
    public void What_a_node_leaves_behind_is_removed_there_too()
    {
        ShellResult result =
            _shell.Run(
            "(New-DagNode A { $global:leak = 1; function global:Get-Leak { } }), (New-DagNode B { $null -eq $leak; $null -ne "
            + "${function:Get-Leak} } -DependsOn A) | Invoke-Dag -ThrottleLimit 1");

        Assert.Equal([true, false], result.NodeOutput("B"));
    }

    [Fact]
    public void A_caller_in_full_language_has_nodes_in_full_language()
    {
        using ShellSession shell = new();
        ShellResult result = shell.Run(
            "New-DagNode A { \"$($ExecutionContext.SessionState.LanguageMode)\"; [System.IO.Path]::GetFileName('/a/b') } | Invoke-Dag");

        Assert.Equal(["FullLanguage", "b"], result.NodeOutput("A"));
    }
}

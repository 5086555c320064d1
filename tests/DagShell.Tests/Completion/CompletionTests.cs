using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DagShell.Tests.Completion;

/// <summary>Tab completes node names and pools from what can be known.</summary>
public sealed class CompletionTests : ShellTests
{
    [Theory]
    [InlineData("$nodes | Add-DagEdge -From ", "Alpha|'Be ta'")]
    [InlineData("$nodes | Add-DagEdge -From Alpha -To b", "'Be ta'")]
    [InlineData("$nodes | Add-DagEdge -Chain Alpha, ", "Alpha|'Be ta'")]
    [InlineData("$dag | Invoke-Dag -Target ", "Alpha|'Be ta'")]
    [InlineData("Invoke-Dag $dag -Target al", "Alpha")]
    [InlineData("$dag | Invoke-Dag -Checkpoint x -Rerun ", "Alpha|'Be ta'")]
    [InlineData("Invoke-Dag -Path $file -Target ", "")]
    [InlineData("New-DagNode One { 1 }; New-DagNode Two { 2 } -DependsOn ", "One")]
    [InlineData("New-DagNode -Name One -ScriptBlock { 1 } -Pool disk; New-DagNode Two { 2 } -Pool ", "disk")]
    [InlineData("$dag | Add-DagEdge -From ", "Alpha|'Be ta'")]
    [InlineData("New-DagNode One { 1 } -TriggerRule AllS", "AllSucceeded")]
    [InlineData("New-DagNode One { 1 } -RetryBackoff E", "Exponential")]
    [InlineData("$nothing | Add-DagEdge -From ", "Alpha|'Be ta'")]
    [InlineData("New-DagNode One { 1 } -DependsOn ", "Alpha|'Be ta'")]
    [InlineData("New-DagNode One { 1 } -CleanUpOf b", "'Be ta'")]
    [InlineData("New-DagNode One { 1 } -Pool ", "sql|tape")]
    [InlineData("New-DagNode One { param($Site) } | Invoke-Dag -Parameter ", "@{ Site = ")]
    [InlineData("$scripts | Invoke-Dag -Parameter ", "@{ Zone = |@{ Depth = ")]
    [InlineData("$scripts | Invoke-Dag -Parameter d", "@{ Depth = ")]
    public void Names_are_completed(string typed, string expected)
    {
        Run("$global:nodes = @((New-DagNode Alpha { 1 }), (New-DagNode 'Be ta' { 2 } -Pool tape)); $global:dag = $nodes | New-Dag "
            + "-PoolLimit @{ sql = 2 }; "
            + "$global:scripts = (New-DagNode First { param($Zone) }), (New-DagNode Next { param($First, $Depth) } "
            + "-DependsOn First)");
        if (!typed.StartsWith("$scripts", StringComparison.Ordinal))
        {
            Run("Remove-Variable scripts -Scope Global");
        }

        Assert.Equal(expected, string.Join('|', Complete(typed)));
    }

    [Fact]
    public void Names_are_read_from_a_dag_file_without_running_it()
    {
        using var folder = new ScratchFolder();
        string file = folder.Write("x.dag.ps1", "$global:ran = 1\nNew-DagNode One { 1 }\nNew-DagNode -Name 'Two three' { 2 }\n");
        Assert.Equal(["One", "'Two three'"], Complete($"Invoke-Dag -Path '{file}' -Target "));
        Assert.Null(Shell["ran"]);
    }

    [Theory]
    [InlineData("Get-DagRun ")]
    [InlineData("Get-DagRun -LiteralPath ")]
    [InlineData("$dag | Invoke-Dag -Checkpoint ")]
    [InlineData("Show-Dag -Checkpoint ")]
    [InlineData("$run | Export-DagRun ")]
    public void Paths_are_completed(string typed)
    {
        using var folder = new ScratchFolder();
        folder.Write("nightly-1.journal", string.Empty);
        Run("Set-Location -LiteralPath $folder", ("folder", folder.FullName));
        Assert.Contains(Complete(typed), path => path.EndsWith("nightly-1.journal", StringComparison.Ordinal));
        Run("Set-Location /");
    }

    [Fact]
    public void Parameters_are_read_from_a_dag_file_without_running_it()
    {
        using var folder = new ScratchFolder();
        string file = folder.Write("x.dag.ps1", "param([string] $Site, $Depth)\nNew-DagNode One { param($Two) }\nNew-DagNode Two { }\n");
        Assert.Equal(["@{ Site = ", "@{ Depth = "], Complete($"Invoke-Dag -Path '{file}' -Parameter "));
    }

    [Theory]
    [InlineData("$outer | Invoke-Dag -Target Deploy/", "Deploy/Load|Deploy/Sub|Deploy/Sub/Load")]
    [InlineData("$outer | Invoke-Dag -Target Deploy/sub/", "Deploy/Sub/Load")]
    [InlineData("$outer | Add-DagEdge -From ", "Deploy|After")]
    [InlineData("New-DagNode D -Dag { New-DagNode One { }; New-DagNode Two { } -DependsOn ", "One")]
    [InlineData("New-DagNode D -Dag { New-DagNode One { } }; New-DagNode E { } -DependsOn ", "D")]
    [InlineData("New-DagNode D -Dag { New-DagNode One { } } | Invoke-Dag -Target ", "D|D/One")]
    public void Nodes_inside_of_others_are_completed_where_their_names_are_known(string typed, string expected)
    {
        Run("""
            $sub = New-Dag { New-DagNode Load { } }
            $deploy = New-Dag { New-DagNode Load { }; New-DagNode Sub -Dag $sub }
            $global:outer = (New-DagNode Deploy -Dag $deploy), (New-DagNode After { })
            """);
        Assert.Equal(expected, string.Join('|', Complete(typed)));
    }

    [Fact]
    public void Nodes_inside_are_read_from_the_files_that_nodes_stand_for()
    {
        using var folder = new ScratchFolder();
        folder.Write("b.dag.ps1", "New-DagNode Load { 1 }\nNew-DagNode Again -Dag $PSScriptRoot/a.dag.ps1");
        string file = folder.Write("a.dag.ps1", """
            New-DagNode Deploy -Dag "$PSScriptRoot/b.dag.ps1"
            New-DagNode E -Dag { New-DagNode F { } }
            """);
        Assert.Equal(["Deploy/Load"], Complete($"Invoke-Dag -Path '{file}' -Target Deploy/l"));
        Assert.Equal(["E/F"], Complete($"Invoke-Dag -Path '{file}' -Target E/"));
    }

    private List<string> Complete(string typed)
    {
        Runspace? before = Runspace.DefaultRunspace;
        Runspace.DefaultRunspace = Shell.Runspace;
        try
        {
            using PowerShell shell = PowerShell.Create(Shell.Runspace);
            return CommandCompletion.CompleteInput(typed, typed.Length, null, shell)
                .CompletionMatches
                .Where(match => match.ResultType is CompletionResultType.ParameterValue or CompletionResultType.ProviderItem)
                .Select(match => match.CompletionText).ToList();
        }
        finally
        {
            Runspace.DefaultRunspace = before;
        }
    }
}

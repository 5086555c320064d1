namespace DagShell.Tests.Data;

/// <summary>$Upstream has the outputs of the dependencies by name.</summary>
public sealed class UpstreamTests : ShellTests
{
    [Fact]
    public void A_node_finds_the_outputs_of_its_dependencies_as_an_assignment_would_give_them()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode None { }
                New-DagNode Null { $null }
                New-DagNode One { 'x' }
                New-DagNode Two { 1; 2 }
                New-DagNode Array { , @(1, 2, 3) }
                New-DagNode Empty { @() }
                New-DagNode Sink -DependsOn None, Null, One, Two, Array, Empty {
                    $null -eq $Upstream.None
                    $null -eq $Upstream.Null
                    $Upstream.One
                    $Upstream.Two.Count
                    $Upstream.Two -is [object[]]
                    $Upstream.Array.Count
                    $null -eq $Upstream.Empty
                }
            )
            $nodes | Invoke-Dag
            """);

        Assert.Equal([true, true, "x", 2, true, 3, true], result.NodeOutput("Sink"));
    }

    [Fact]
    public void Names_are_compared_case_insensitively()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode 'Archive src' { 'x' }), (New-DagNode Sink { $Upstream['ARCHIVE SRC'], $upstream.'archive src' } -DependsOn 'archive SRC')
            $nodes | Invoke-Dag
            """);

        Assert.Equal(["x", "x"], result.NodeOutput("Sink"));
    }

    [Fact]
    public void Only_the_direct_dependencies_are_there()
    {
        ShellResult result = Run("""
            $nodes = 'A', 'B', 'C' | ForEach-Object { New-DagNode $_ { $Upstream.Keys } }
            $nodes | Add-DagEdge -Chain A, B, C | Invoke-Dag
            """);

        Assert.Empty(result.NodeOutput("A"));
        Assert.Equal(["A"], result.NodeOutput("B"));
        Assert.Equal(["B"], result.NodeOutput("C"));
    }

    [Fact]
    public void Objects_are_passed_live()
    {
        object original = new();
        ShellResult result = Run("""
            $table = @{ Hits = 1 }
            $nodes = @(
                New-DagNode Source { $using:original; $using:table }
                New-DagNode Middle { $Upstream.Source[1].Hits++; $Upstream.Source } -DependsOn Source
                New-DagNode Sink -DependsOn Middle {
                    [object]::ReferenceEquals($Upstream.Middle[0], $using:original)
                    [object]::ReferenceEquals($Upstream.Middle[1], $using:table)
                    $Upstream.Middle[1].Hits
                }
            )
            $nodes | Invoke-Dag
            """, ("original", original));

        Assert.Same(original, result.NodeOutput("Source")[0]);
        Assert.Equal([true, true, 2], result.NodeOutput("Sink"));
    }

    [Fact]
    public void Notes_that_a_node_adds_to_an_object_go_with_it()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Source { [pscustomobject]@{ Name = 'n' }; 'text' | ForEach-Object { $_.PSObject.Properties.Add([psnoteproperty]::new('Note', 5)); $_ } }
                New-DagNode Sink { $Upstream.Source[0].Name; $Upstream.Source[1].Note } -DependsOn Source
            )
            $nodes | Invoke-Dag
            """);

        Assert.Equal(["n", 5], result.NodeOutput("Sink"));
    }

    [Fact]
    public void What_one_node_does_to_its_array_another_does_not_see()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Source { 1; 2 }
                New-DagNode Vandal { $Upstream.Source[0] = 'changed'; $Upstream.Remove('Source') } -DependsOn Source
                New-DagNode Sink { $Upstream.Source } -DependsOn Source, Vandal
            )
            $nodes | Invoke-Dag
            """);

        Assert.Equal([1, 2], result.NodeOutput("Sink"));
        Assert.Equal([1, 2], result.NodeOutput("Source"));
    }

    [Fact]
    public void A_dependency_that_did_not_succeed_has_nothing()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Failed { 'half'; throw 'x' }
                New-DagNode Skipped { 'never' } -When { $false }
                New-DagNode Tolerated { 'half'; throw 'x' } -ContinueOnError
                New-DagNode Sink { $Upstream.Count; $Upstream.Values.Where({ $null -ne $_ }).Count; @($input).Count } -DependsOn Failed, Skipped, Tolerated -TriggerRule AllDone
            )
            $nodes | Invoke-Dag -ErrorAction SilentlyContinue
            """);

        Assert.Equal([3, 0, 0], result.NodeOutput("Sink"));
    }

    [Fact]
    public void Without_dependencies_it_is_empty() =>
        Assert.Equal([0], Run("New-DagNode A { $Upstream.Count } | Invoke-Dag").NodeOutput("A"));

    [Fact]
    public void Functions_that_the_script_calls_see_it()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { 'x' }), (New-DagNode B { function f { $Upstream.A + $DagNode.Name }; f } -DependsOn A)
            $nodes | Invoke-Dag
            """);

        Assert.Equal(["xB"], result.NodeOutput("B"));
    }
}

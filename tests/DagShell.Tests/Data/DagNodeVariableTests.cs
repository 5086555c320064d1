namespace DagShell.Tests.Data;

/// <summary>$DagNode tells a script about itself.</summary>
public sealed class DagNodeVariableTests : ShellTests
{
    [Fact]
    public void It_has_the_name_the_attempt_and_the_id_of_the_run()
    {
        ShellResult result =
            Run("New-DagNode 'My node' { $DagNode.Name, $DagNode.Attempt, ($null -eq $DagNode.LastError), $DagNode.RunId } | Invoke-Dag "
            + "-RunVariable run; $run.Id");

        Assert.Equal(["My node", 1, true, result.Output[^1].BaseObject], result.NodeOutput("My node"));
    }

    [Fact]
    public void All_nodes_of_a_run_see_one_id_and_another_run_has_another()
    {
        ShellResult result = Run("""
            $nodes = 1..3 | ForEach-Object { New-DagNode "N$_" { "$($DagNode.RunId)" } }
            $one = @($nodes | Invoke-Dag | ForEach-Object { $_.Output[0] })
            $two = @($nodes | Invoke-Dag | ForEach-Object { $_.Output[0] })
            ($one | Sort-Object | Select-Object -Unique).Count, ($two | Sort-Object | Select-Object -Unique).Count, ($one[0] -eq $two[0])
            """);

        Assert.Equal([1, 1, false], result.Output.Select(Unwrapped.Value));
    }

    [Fact]
    public void A_further_attempt_knows_its_number_and_what_the_one_before_failed_with()
    {
        ShellResult result = Run("""
            $seen = [System.Collections.Generic.List[string]]::new()
            New-DagNode A -RetryCount 2 {
                ($using:seen).Add("$($DagNode.Attempt): $($DagNode.LastError.Exception.Message) [$($DagNode.LastError)]")
                throw "failure $($DagNode.Attempt)"
            } | Invoke-Dag -ErrorAction SilentlyContinue
            $seen
            """);

        Assert.Equal(["1:  []", "2: failure 1 [failure 1]", "3: failure 2 [failure 2]"], result.Text.Skip(1));
        Assert.Equal(3, result.Attempts("A"));
    }

    [Fact]
    public void Conditions_preconditions_and_RetryIf_have_it_too()
    {
        ShellResult result = Run("""
            $seen = [System.Collections.Generic.List[string]]::new()
            $parameters = @{
                When         = { ($using:seen).Add("when $($DagNode.Name) $($DagNode.Attempt)"); $true }
                Precondition = { ($using:seen).Add("precondition $($DagNode.Name) $($DagNode.Attempt)"); $true }
                RetryIf      = { ($using:seen).Add("if $($DagNode.Name) $($DagNode.Attempt) $_"); $true }
            }
            New-DagNode A { throw 'x' } -RetryCount 1 @parameters | Invoke-Dag -ErrorAction SilentlyContinue
            $seen
            """);

        Assert.Equal(["when A 1", "precondition A 1", "if A 1 x", "precondition A 2", "if A 2 x"], result.Text.Skip(1));
    }
}

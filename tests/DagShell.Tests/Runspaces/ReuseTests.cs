namespace DagShell.Tests.Runspaces;

/// <summary>Workers reuse their runspaces from node to node, unless told not to.</summary>
public sealed class ReuseTests : ShellTests
{
    private const string Nodes = "1..6 | ForEach-Object { New-DagNode \"N$_\" { [runspace]::DefaultRunspace.InstanceId } }";

    [Fact]
    public void With_one_slot_all_nodes_run_in_one_runspace() =>
        Assert.Single(Run($"({Nodes} | Invoke-Dag -ThrottleLimit 1).Output").Text.Distinct());

    [Fact]
    public void There_are_never_more_runspaces_than_slots() =>
        Assert.InRange(Run($"({Nodes} | Invoke-Dag -ThrottleLimit 2).Output").Text.Distinct().Count(), 1, 2);

    [Fact]
    public void Nor_when_nodes_are_short_and_are_cleaned_up_after() =>
        Assert.InRange(
            Run("(1..500 | ForEach-Object { New-DagNode \"N$_\" { $global:x = 1; [runspace]::DefaultRunspace.InstanceId.ToString() } } "
                + "| Invoke-Dag -ThrottleLimit 8).Output").Text.Distinct().Count(),
            1,
            8);

    [Fact]
    public void UseNewRunspace_gives_every_node_one_of_its_own() =>
        Assert.Equal(6, Run($"({Nodes} | Invoke-Dag -ThrottleLimit 2 -UseNewRunspace).Output").Text.Distinct().Count());

    [Fact]
    public void UseNewRunspace_gives_every_attempt_one_of_its_own()
    {
        ShellResult result = Run("""
            $log = [System.Collections.Generic.List[object]]::new()
            $null = New-DagNode A { ($using:log).Add([runspace]::DefaultRunspace.InstanceId); throw 'x' } -RetryCount 3 | Invoke-Dag -UseNewRunspace -ErrorAction Ignore
            $log
            """);

        Assert.Equal(4, result.Text.Distinct().Count());
    }

    [Fact]
    public void No_node_runs_in_the_session_of_the_caller() =>
        Assert.Equal(false,
            Run("(New-DagNode A { [runspace]::DefaultRunspace.InstanceId } | Invoke-Dag).Output[0] -eq "
            + "[runspace]::DefaultRunspace.InstanceId").Single);

    [Fact]
    public void Nodes_start_where_the_caller_is()
    {
        using ScratchFolder folder = new();
        folder.Write("[odd] folder/x.txt", "");
        string path = Path.Combine(folder.FullName, "[odd] folder");
        ShellResult result = Run("""
            $ExecutionContext.SessionState.Path.SetLocation([wildcardpattern]::Escape($path))
            (New-DagNode A { "$PWD"; Set-Location / }), (New-DagNode B { "$PWD" } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            "$PWD"
            """, ("path", path));

        Assert.Equal([path], result.NodeOutput("A"));
        Assert.Equal([path], result.NodeOutput("B"));
        Assert.Equal(path, result.Text[^1]);
    }

    [Fact]
    public void A_node_can_run_a_dag_of_its_own()
    {
        ShellResult result = Run("""
            $nodes = 1..3 | ForEach-Object {
                New-DagNode "Outer$_" {
                    Import-Module $using:manifest
                    $number = $using:_
                    (New-DagNode Inner1 { $using:number }), (New-DagNode Inner2 { $Upstream.Inner1 * 10 } -DependsOn Inner1) | Invoke-Dag -ThrottleLimit 2 | ForEach-Object Output
                }
            }
            $nodes | Invoke-Dag -ThrottleLimit 3
            """, ("manifest", Checkout.Manifest));

        Assert.Null(result.ErrorText("Outer1"));
        Assert.Equal([1, 10], result.NodeOutput("Outer1"));
        Assert.Equal([3, 30], result.NodeOutput("Outer3"));
    }

    [Fact]
    public void Two_sessions_of_a_process_run_dags_side_by_side()
    {
        Crowd crowd = new(4);
        using ShellSession other = new();
        const string Script =
            "1..2 | ForEach-Object { New-DagNode \"N$_\" { ($using:crowd).Meet(); $DagNode.Name } } | Invoke-Dag -ThrottleLimit 2";
        using RunningScript one = Shell.Start(Script, ("crowd", crowd));
        using RunningScript two = other.Start(Script, ("crowd", crowd));

        Assert.Equal(["N1 Succeeded", "N2 Succeeded"], one.Wait().Statuses);
        Assert.Equal(["N1 Succeeded", "N2 Succeeded"], two.Wait().Statuses);
    }
}

namespace DagShell.Tests.Planning;

public sealed class GetDagPlanTests : ShellTests
{
    private const string Diamond = """
        $nodes = @(
            New-DagNode Top { } -EstimatedDuration 1s
            New-DagNode Short { } -DependsOn Top -EstimatedDuration 1s -Pool p
            New-DagNode Long { } -DependsOn Top -EstimatedDuration 1m
            New-DagNode Bottom { } -DependsOn Short, Long -EstimatedDuration 2s
            New-DagNode Alone { }
        )
        $dag = $nodes | New-Dag d -PoolLimit @{ p = 1 }

        """;

    [Fact]
    public void Gives_one_object_a_node_in_the_order_in_which_one_worker_would_run_them()
    {
        ShellResult result = Run(Diamond + """
            $dag | Get-DagPlan | ForEach-Object { "$($_.Order) $($_.Level) $($_.Name) [$($_.Upstream -join ',')] $($_.IsCritical) $($_.Pool) $($_.RemainingPath)" }
            """);

        Assert.Equal(
            [
                "1 0 Top [] True  00:01:03",
                "2 1 Long [Top] True  00:01:02",
                "3 1 Short [Top] False p 00:00:03",
                "4 2 Bottom [Short,Long] True  00:00:02",
                "5 0 Alone [] False  00:00:01",
            ],
            result.Text);
    }

    [Fact]
    public void Clean_up_fallback_and_description_are_told()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { } -Description 'the first'
                New-DagNode B { } -FallbackFor A
                New-DagNode Down { } -CleanUpOf A
                New-DagNode Mail { } -DependsOn A -TriggerRule AnyFailed
                New-DagNode After { } -DependsOn Down
            )
            $nodes | Get-DagPlan | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.CleanUpOf)|$($_.FallbackFor)|$($_.IsCleanUp)|$($_.Description)" }
            ($nodes | Get-DagPlan | Out-String -Width 200) -split '\n' | Where-Object { $_ -match 'Down|\bB\b|first' } | ForEach-Object { $_ -replace '\s+', ' ' } | Sort-Object
            """);

        Assert.Equal(
            ["A ||False|the first", "After ||True|", "B |A|False|", "Down A||True|", "Mail ||True|"],
            result.Text.Take(5));
        Assert.Contains("cleans up after A", string.Join('\n', result.Text.Skip(5)), StringComparison.Ordinal);
        Assert.Contains("fallback for A", string.Join('\n', result.Text.Skip(5)), StringComparison.Ordinal);
        Assert.Contains("the first", string.Join('\n', result.Text.Skip(5)), StringComparison.Ordinal);
    }

    [Fact]
    public void Priority_goes_before_the_longest_path()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode Long { } -EstimatedDuration 1h), (New-DagNode Urgent { } -Priority 1), (New-DagNode Later { } -Priority -1)
            ($nodes | Get-DagPlan).Name
            """);

        Assert.Equal(["Urgent", "Long", "Later"], result.Text);
    }

    [Fact]
    public void Ties_are_in_the_order_of_definition() =>
        Assert.Equal(["C", "A", "B"], Run("('C', 'A', 'B' | ForEach-Object { New-DagNode $_ { } } | Get-DagPlan).Name").Text);

    [Fact]
    public void A_run_with_one_slot_follows_the_plan()
    {
        ShellResult result = Run(Diamond + """
            ($dag | Get-DagPlan).Name -join ' '
            ($dag | Invoke-Dag -ThrottleLimit 1).Name -join ' '
            """);

        Assert.Equal(result.Text[0], result.Text[1]);
    }

    [Fact]
    public void The_node_itself_is_at_hand() =>
        Assert.Equal(true, Run("$a = New-DagNode A { }; [object]::ReferenceEquals((Get-DagPlan $a).Node, $a)").Single);

    [Fact]
    public void Nothing_is_run()
    {
        using Gate ran = new();
        Run("New-DagNode A { ($using:ran).Open() } | Get-DagPlan", ("ran", ran));

        Assert.False(ran.IsOpen);
    }
}

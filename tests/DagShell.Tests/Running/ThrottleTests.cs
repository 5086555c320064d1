namespace DagShell.Tests.Running;

/// <summary>How many nodes run at once.</summary>
public sealed class ThrottleTests : ShellTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void At_most_as_many_as_the_limit_run_at_once_and_as_many_as_that_do(int limit)
    {
        Crowd crowd = new(limit);
        ShellResult result = Run(
            $"1..{4 * limit} | ForEach-Object {{ New-DagNode \"N$_\" {{ ($using:crowd).Meet(); ($using:crowd).Leave() }} }} | "
                + $"Invoke-Dag -ThrottleLimit {limit}", ("crowd", crowd));

        Assert.All(result.Statuses, status => Assert.EndsWith("Succeeded", status, StringComparison.Ordinal));
        Assert.Equal(limit, crowd.Peak);
    }

    [Fact]
    public void Without_a_limit_five_run_at_once()
    {
        Crowd crowd = new(5);
        ShellResult result =
            Run("1..20 | ForEach-Object { New-DagNode \"N$_\" { ($using:crowd).Meet(); ($using:crowd).Leave() } } | Invoke-Dag",
            ("crowd", crowd));

        Assert.All(result.Statuses, status => Assert.EndsWith("Succeeded", status, StringComparison.Ordinal));
        Assert.Equal(5, crowd.Peak);
    }

    [Fact]
    public void A_dependent_starts_the_moment_its_own_dependencies_are_done()
    {
        // Slow waits until Quick's dependent has run: no level waits for another.
        using Gate done = new();
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Slow { ($using:done).Pass(); 'slow' }
                New-DagNode Quick { }
                New-DagNode Next { ($using:done).Open() } -DependsOn Quick
            )
            $nodes | Invoke-Dag
            """, ("done", done));

        Assert.Equal(["Quick", "Next", "Slow"], result.Names);
        Assert.Equal(["slow"], result.NodeOutput("Slow"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    public void The_limit_is_a_number_of_one_or_more(string limit)
    {
        ShellResult result = Shell.Run($"New-DagNode A {{ }} | Invoke-Dag -ThrottleLimit {limit}");

        Assert.Contains("ThrottleLimit", result.Thrown?.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Of_a_pool_at_most_its_limit_run_at_once()
    {
        Crowd pool = new(2);
        Crowd all = new(1);
        ShellResult result = Run("""
            $dag = New-Dag d -PoolLimit @{ sql = 2 } {
                1..8 | ForEach-Object { New-DagNode "P$_" { ($using:pool).Meet(); ($using:pool).Leave() } -Pool SQL }
                1..8 | ForEach-Object { New-DagNode "F$_" { ($using:all).Meet(); ($using:all).Leave() } }
            }
            $dag | Invoke-Dag -ThrottleLimit 6
            """, ("pool", pool), ("all", all));

        Assert.All(result.Statuses, status => Assert.EndsWith("Succeeded", status, StringComparison.Ordinal));
        Assert.Equal(2, pool.Peak);
    }

    [Theory]
    [InlineData("@{ sql = 1 }", "@{ sql = 3 }", 3)]
    [InlineData("@{ sql = 3 }", "@{ SQL = 1 }", 1)]
    [InlineData("@{ other = 1 }", "@{ sql = 2 }", 2)]
    public void PoolLimit_of_the_run_goes_over_the_limit_of_the_dag_and_leaves_the_dag_as_it_is(string ofDag, string ofRun, int expected)
    {
        Crowd pool = new(expected);
        ShellResult result = Run($$"""
            $dag = New-Dag d -PoolLimit {{ofDag}} { 1..6 | ForEach-Object { New-DagNode "P$_" { ($using:pool).Meet(); ($using:pool).Leave() } -Pool sql } }
            $before = "$($dag.PoolLimit['sql'])"
            $dag | Invoke-Dag -ThrottleLimit 6 -PoolLimit {{ofRun}}
            $before -eq "$($dag.PoolLimit['sql'])"
            """, ("pool", pool));

        Assert.All(result.Statuses, status => Assert.EndsWith("Succeeded", status, StringComparison.Ordinal));
        Assert.Equal(expected, pool.Peak);
        Assert.Equal(true, result.Output[^1].BaseObject);
    }

    [Fact]
    public void Priority_and_then_the_longest_path_decide_which_ready_node_starts_first()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Short { }
                New-DagNode Long { } -EstimatedDuration 1m
                New-DagNode Urgent { } -Priority 5
                New-DagNode Last { } -Priority -5 -EstimatedDuration 1h
                New-DagNode Chain1 { }
                New-DagNode Chain2 { } -DependsOn Chain1 -EstimatedDuration 2m
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """);

        Assert.Equal(["Urgent", "Chain1", "Chain2", "Long", "Short", "Last"], result.Names);
    }
}

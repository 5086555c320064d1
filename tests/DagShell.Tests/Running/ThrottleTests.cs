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

    [Theory]
    [InlineData("'2/400ms'", "")]
    [InlineData("@(9, '2/400ms')", "")]
    [InlineData("'2/400ms'", "-Sequential")]
    [InlineData("@('2/400ms', '5/1h')", "")]
    public void A_rate_of_a_pool_holds(string limit, string how)
    {
        ShellResult result = Run($$"""
            $results = 1..5 | ForEach-Object { New-DagNode "N$_" { } -Pool graph } |
                New-Dag -PoolLimit @{ graph = {{limit}} } | Invoke-Dag -ThrottleLimit 5 {{how}}
            $starts = @($results.StartTime | Sort-Object)
            2..4 | ForEach-Object { ($starts[$_] - $starts[$_ - 2]).TotalMilliseconds -ge 400 }
            """);

        Assert.Equal(["True", "True", "True"], result.Text[^3..]);
    }

    [Fact]
    public void What_Invoke_Dag_says_of_a_pool_goes_before_all_that_the_dag_says()
    {
        ShellResult result = Run("""
            $dag = 1..3 | ForEach-Object { New-DagNode "N$_" { } -Pool graph } | New-Dag -PoolLimit @{ graph = 2, '1/1h' }
            "$($dag.PoolLimit['graph']) $($dag.PoolRate['graph'])"
            ($dag | Invoke-Dag -PoolLimit @{ GRAPH = 3 }).Count
            """);

        Assert.Equal(["2 1/1h", "3"], result.Text);
    }

    [Theory]
    [InlineData("'0/1m'")]
    [InlineData("'10/'")]
    [InlineData("'10/0s'")]
    [InlineData("'/1m'")]
    [InlineData("'1.5/1m'")]
    [InlineData("@()")]
    [InlineData("@(1, 2)")]
    [InlineData("'many'")]
    public void What_is_neither_a_number_nor_a_rate_is_refused(string limit)
    {
        ShellResult result = Shell.Run($"New-DagNode A {{ }} -Pool p | New-Dag -PoolLimit @{{ p = {limit} }}");

        Assert.StartsWith("InvalidPoolLimit", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'120/1m'", result.ThrownRecord.Exception.Message, StringComparison.Ordinal);
    }
}

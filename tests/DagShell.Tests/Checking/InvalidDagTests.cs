using System.Management.Automation;

namespace DagShell.Tests.Checking;

/// <summary>All problems of a graph are found before anything runs, and told together.</summary>
public sealed class InvalidDagTests : ShellTests
{
    private const string AllAtOnce = """
        $nodes = @(
            New-DagNode Root { ($using:ran).Open() }
            New-DagNode A { ($using:ran).Open() } -DependsOn C
            New-DagNode B { ($using:ran).Open() } -DependsOn A
            New-DagNode C { ($using:ran).Open() } -DependsOn B
            New-DagNode Extract { ($using:ran).Open() }
            New-DagNode Load { ($using:ran).Open() } -DependsOn Extrakt
            New-DagNode Twice { ($using:ran).Open() }
            New-DagNode twice { ($using:ran).Open() }
            New-DagNode Self { ($using:ran).Open() } -DependsOn self
            New-DagNode Pooled { ($using:ran).Open() } -Pool sqk
        )

        """;

    private static readonly string[] Messages =
    [
        "The dag has 5 problems:",
        "2 nodes are named 'Twice' (case makes no difference)",
        "Node 'Load' depends on 'Extrakt', which is not in the dag; did you mean 'Extract'?",
        "Node 'Self' depends on itself",
        "Node 'Pooled' is in the pool 'sqk', for which there is no limit",
        "did you mean 'sql'?",
        "The nodes form a cycle: A → B → C → A.",
    ];

    private readonly Gate _ran = new();

    [Theory]
    [InlineData("$nodes | Invoke-Dag -PoolLimit @{ sql = 1 }")]
    [InlineData("Invoke-Dag $nodes -PoolLimit @{ sql = 1 }")]
    [InlineData("$nodes | New-Dag d -PoolLimit @{ sql = 1 } | Invoke-Dag")]
    [InlineData("$nodes | New-Dag d -PoolLimit @{ sql = 1 } | Invoke-Dag -Target Root")]
    [InlineData("$nodes | New-Dag d -PoolLimit @{ sql = 1 } | Invoke-Dag -WhatIf")]
    [InlineData("$nodes | New-Dag d -PoolLimit @{ sql = 1 } | Invoke-Dag -ErrorAction SilentlyContinue")]
    [InlineData("$nodes | New-Dag d -PoolLimit @{ sql = 1 } | Get-DagPlan")]
    public void All_problems_end_the_command_together_before_anything_runs(string command)
    {
        ShellResult result = Shell.Run(AllAtOnce + command, ("ran", _ran));

        Assert.NotNull(result.ThrownRecord);
        Assert.StartsWith("InvalidDag,", result.ThrownRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidData, result.ThrownRecord.CategoryInfo.Category);
        Assert.All(Messages, message => Assert.Contains(message, result.Thrown!.Message, StringComparison.Ordinal));
        Assert.Empty(result.Output);
        Assert.False(_ran.IsOpen);
    }

    [Fact]
    public void The_problems_can_be_read_one_by_one()
    {
        ShellResult result = Run(AllAtOnce + """
            try { $nodes | Invoke-Dag -PoolLimit @{ sql = 1 } }
            catch { $_.Exception.Problems | ForEach-Object { "$($_.Kind): $($_.Nodes -join ',')" } }
            """, ("ran", _ran));

        Assert.Equal(
            [
                "Cycle: A,B,C",
                "DuplicateName: Twice,twice",
                "SelfEdge: Self",
                "UnknownDependency: Load,Extrakt",
                "UnknownPool: Pooled",
            ],
            result.Text.Order());
    }

    [Fact]
    public void The_dag_is_the_target_of_the_error()
    {
        ShellResult result = Run("try { New-DagNode A { } -DependsOn B | Invoke-Dag } catch { $_.TargetObject.Nodes.Name }");

        Assert.Equal("A", result.Single);
    }

    [Theory]
    [InlineData("@() | Invoke-Dag")]
    [InlineData("New-Dag d { } | Invoke-Dag")]
    [InlineData("Invoke-Dag (New-Dag empty)")]
    public void No_nodes_at_all_is_a_problem(string command)
    {
        ShellResult result = Shell.Run(command);

        Assert.StartsWith("InvalidDag,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("The dag has no nodes", result.Thrown!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'junk' | Invoke-Dag")]
    [InlineData("(New-DagNode A { }), 'junk' | Invoke-Dag")]
    [InlineData("'junk' | Get-DagPlan")]
    [InlineData("'junk' | Test-Dag")]
    public void What_is_no_node_ends_the_command(string command)
    {
        ShellResult result = Shell.Run(command);

        Assert.StartsWith("InvalidDag,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'junk'", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_chain_of_many_thousands_of_nodes_is_checked_and_planned_without_recursion()
    {
        ShellResult result = Run("""
            $script = { }
            $nodes = foreach ($i in 1..20000) { if ($i -eq 1) { New-DagNode 1 $script } else { New-DagNode $i $script -DependsOn ($i - 1) } }
            $nodes | Test-Dag
            @($nodes | Get-DagPlan)[-1].Level
            """);

        Assert.Equal([true, 19999], result.Output.Select(Unwrapped.Value));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _ran.Dispose();
    }

    [Theory]
    [InlineData("sql", "@{ sql = 2 }")]
    [InlineData("my pool", "@{ 'my pool' = 2 }")]
    [InlineData("my_pool2", "@{ my_pool2 = 2 }")]
    [InlineData("Bob's", "@{ 'Bob''s' = 2 }")]
    [InlineData("2nd", "@{ '2nd' = 2 }")]
    public void A_pool_without_a_limit_comes_with_the_parameter_that_gives_it_one(string pool, string hashTable)
    {
        ShellResult result = Shell.Run("New-DagNode X { } -Pool $pool | Invoke-Dag", ("pool", pool));
        Assert.EndsWith(
            $"Node 'X' is in the pool '{pool}', for which there is no limit. A limit is given with -PoolLimit {hashTable}.",
            result.ThrownRecord?.Exception.Message,
            StringComparison.Ordinal);
    }
}

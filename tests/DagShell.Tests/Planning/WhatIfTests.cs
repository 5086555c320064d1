namespace DagShell.Tests.Planning;

public sealed class WhatIfTests : ShellTests
{
    [Fact]
    public void WhatIf_shows_what_would_run_in_plan_order_and_runs_nothing()
    {
        using Gate ran = new();
        ShellResult result = Run("""
            $nodes = (New-DagNode A { ($using:ran).Open() }), (New-DagNode B { ($using:ran).Open() } -DependsOn A), (New-DagNode C { })
            $nodes | New-Dag nightly | Invoke-Dag -WhatIf -Target B
            """, ("ran", ran));

        Assert.All(result.Output, item => Assert.Equal("DagShell.DagPlanNode", item.TypeNames[0]));
        Assert.Equal(["A", "B"], result.Output.Select(item => item.Properties["Name"].Value));
        Assert.Contains("nightly", Shell.Screen.Text, StringComparison.Ordinal);
        Assert.Contains("2 nodes", Shell.Screen.Text, StringComparison.Ordinal);
        Assert.False(ran.IsOpen);
    }

    [Fact]
    public void The_preference_of_the_caller_is_as_good_as_the_switch()
    {
        using Gate ran = new();
        ShellResult result = Run("$WhatIfPreference = $true; New-DagNode A { ($using:ran).Open() } | Invoke-Dag", ("ran", ran));

        Assert.DoesNotContain(result.Output, item => item.TypeNames[0] == "DagShell.DagNodeResult");
        Assert.False(ran.IsOpen);
    }

    [Fact]
    public void Nodes_of_a_run_do_not_ask_whether_they_may_do_what_they_do()
    {
        ShellResult result = Run("New-DagNode A { $WhatIfPreference } | Invoke-Dag -Confirm:$false");

        Assert.Equal([false], result.NodeOutput("A"));
    }
}

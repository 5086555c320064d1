namespace DagShell.Tests.Data;

/// <summary>
/// $input, and a process block, get the outputs of the dependencies one object after another, in the order of -DependsOn.
/// </summary>
public sealed class PipelineInputTests : ShellTests
{
    private const string Sources = """
        $sources = (New-DagNode One { 1; 2 }), (New-DagNode None { }), (New-DagNode Two { 'a'; $null; 'b' })

        """;

    [Theory]
    [InlineData("{ $input }")]
    [InlineData("{ @($input) }")]
    [InlineData("{ $input | ForEach-Object { $_ } }")]
    [InlineData("{ foreach ($item in $input) { $item } }")]
    [InlineData("{ param($Unknown) $input }")]
    [InlineData("{ end { $input } }")]
    [InlineData("{ process { $_ } }")]
    [InlineData("{ begin { $n = 0 } process { $n++; $_ } end { if ($n -ne 5) { throw \"$n\" } } }")]
    [InlineData("{ param([Parameter(ValueFromPipeline)] $Item) process { $Item } }")]
    [InlineData("{ [CmdletBinding()] param([Parameter(ValueFromPipeline)] [AllowNull()] $Item) process { $Item } }")]
    [InlineData("{ param([Parameter(Mandatory, ValueFromPipeline)] [AllowNull()] $Item) process { $Item } }")]
    [InlineData("{ param([Parameter(Mandatory, ValueFromPipeline = $true)] [AllowNull()] $Two) process { $Two } }")]
    public void Outputs_come_one_after_another_in_the_order_of_DependsOn(string script)
    {
        ShellResult result = Run(Sources + $"$sources + (New-DagNode Sink {script} -DependsOn Two, None, One) | Invoke-Dag");

        Assert.Equal("Succeeded", result.Status("Sink"));
        Assert.Equal(["a", null, "b", 1, 2], result.NodeOutput("Sink"));
    }

    [Fact]
    public void Edges_come_after_DependsOn()
    {
        ShellResult result =
            Run(Sources + "$sources + (New-DagNode Sink { @($input) } -DependsOn Two) | Add-DagEdge One Sink | Invoke-Dag");

        Assert.Equal(["a", null, "b", 1, 2], result.NodeOutput("Sink"));
    }

    [Theory]
    [InlineData("{ @($input).Count }", 0)]
    [InlineData("{ process { 'once' } }", "once")]
    [InlineData("{ begin { 'b' } process { } }", "b")]
    public void Without_dependencies_there_is_no_input(string script, object expected) =>
        Assert.Equal([expected], Run($"New-DagNode A {script} | Invoke-Dag").NodeOutput("A"));

    [Fact]
    public void A_process_block_whose_dependencies_gave_nothing_gets_nothing()
    {
        ShellResult result =
            Run("(New-DagNode None { }), (New-DagNode Sink { begin { 'b' } process { 'p' } end { 'e' } } -DependsOn None) | Invoke-Dag");

        Assert.Equal(["b", "e"], result.NodeOutput("Sink"));
    }

    [Fact]
    public void Input_and_Upstream_and_parameters_do_not_exclude_each_other()
    {
        ShellResult result =
            Run("(New-DagNode One { 1; 2 }), (New-DagNode Sink { param($One) @($input).Count, $One.Count, $Upstream.One.Count } "
            + "-DependsOn One) | Invoke-Dag");

        Assert.Equal([2, 2, 2], result.NodeOutput("Sink"));
    }

    [Theory]
    [InlineData("param($One) process { \"$One $_\" }", "1 2 1", "1 2 2")]
    [InlineData("param([Parameter(ValueFromPipeline)] $One) process { \"$One\" }", "1", "2")]
    [InlineData("[CmdletBinding()] param($One) process { \"$One\" }", "1 2")]
    public void A_process_block_may_have_a_parameter_with_the_name_of_a_dependency(string script, params string[] expected)
    {
        ShellResult result = Run($"(New-DagNode One {{ 1; 2 }}), (New-DagNode Sink {{ {script} }} -DependsOn One) | Invoke-Dag");

        Assert.Null(result.ErrorText("Sink"));
        Assert.Equal(expected, result.NodeOutput("Sink"));
    }

    [Fact]
    public void A_mandatory_parameter_for_input_is_missing_where_there_are_no_dependencies()
    {
        ShellResult result = Run("New-DagNode A { param([Parameter(Mandatory, ValueFromPipeline)] $Item) process { $Item } } | Invoke-Dag");

        Assert.Contains("mandatory parameter 'Item'", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_condition_can_look_at_the_input()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode One { 1; 2 }), (New-DagNode Few { } -DependsOn One -When { @($input).Count -gt 2 }), (New-DagNode Enough { @($input) } -DependsOn One -When { @($input).Count -eq 2 })
            $nodes | Invoke-Dag
            """);

        Assert.Equal("Skipped", result.Status("Few"));
        Assert.Equal([1, 2], result.NodeOutput("Enough"));
    }

    [Fact]
    public void The_host_waits_for_nobody_to_type()
    {
        ShellResult result = Run("New-DagNode A { Read-Host 'Name' } | Invoke-Dag");

        Assert.Equal("Failed", result.Status("A"));
    }
}

namespace DagShell.Tests.Data;

/// <summary>$using: brings values of the session in which a node is made, as ForEach-Object -Parallel does.</summary>
public sealed class UsingTests : ShellTests
{
    [Theory]
    [InlineData("$using:name", "n")]
    [InlineData("$USING:Name", "n")]
    [InlineData("${using:name}", "n")]
    [InlineData("\"<$using:name>\"", "<n>")]
    [InlineData("\"<$($using:config.Hosts[0])>\"", "<h0>")]
    [InlineData("$using:config.Port", 80)]
    [InlineData("$using:config.hosts[1]", "h1")]
    [InlineData("$using:config.Hosts[-1]", "h2")]
    [InlineData("$using:config['Port']", 80)]
    [InlineData("$using:config.Deep.Deeper.Value", "v")]
    [InlineData("($using:config.Hosts).Count", 3)]
    [InlineData("$using:config.Hosts.Count", 3)]
    [InlineData("$using:config.Missing", null)]
    [InlineData("($using:numbers).Count", 3)]
    [InlineData("$using:numbers[1]", 20)]
    [InlineData("$using:nothing", null)]
    [InlineData("$using:false", false)]
    [InlineData("$using:name.Length", 1)]
    [InlineData("($using:name).ToUpper()", "N")]
    [InlineData("& { $using:name }", "n")]
    [InlineData("1 | ForEach-Object { $using:name }", "n")]
    [InlineData("function f { $using:name }; f", "n")]
    [InlineData("(@($using:name, $using:name) -join ',')", "n,n")]
    public void Variables_members_and_indexes_are_there(string expression, object? expected)
    {
        ShellResult result = Run($$"""
            $name = 'n'
            $config = @{ Port = 80; Hosts = 'h0', 'h1', 'h2'; Deep = [pscustomobject]@{ Deeper = @{ Value = 'v' } } }
            $numbers = 10, 20, 30
            $nothing = $null
            New-DagNode A { {{expression}} } | Invoke-Dag
            """);

        Assert.Null(result.ErrorText("A"));
        Assert.Equal([expected], result.NodeOutput("A"));
    }

    [Fact]
    public void A_splat_of_a_using_variable_works()
    {
        ShellResult result = Run("""
            $arguments = @{ First = 1; Second = 2 }
            New-DagNode A { function f($First, $Second) { "$First $Second" }; f @using:arguments } | Invoke-Dag
            """);

        Assert.Equal(["1 2"], result.NodeOutput("A"));
    }

    [Fact]
    public void It_works_in_every_script_of_a_node()
    {
        ShellResult result = Run("""
            $yes = $true
            $message = 'x'
            $nodes = @(
                New-DagNode A { param($Unknown) $using:message } -When { $using:yes } -Precondition { $using:yes }, { param($u) $using:yes }
                New-DagNode B { throw 'again' } -RetryCount 1 -RetryIf { $using:yes }
                New-DagNode C { begin { $using:message } process { $using:message } end { $using:message } }
            )
            $nodes | Invoke-Dag -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["x"], result.NodeOutput("A"));
        Assert.Equal(2, result.Attempts("B"));
        Assert.Equal(["x", "x", "x"], result.NodeOutput("C"));
    }

    [Fact]
    public void It_works_in_a_clean_block()
    {
        ShellResult result = Run("""
            $log = [System.Collections.Generic.List[string]]::new()
            $nodes = (New-DagNode A { end { 'out' } clean { ($using:log).Add('cleaned A') } }), (New-DagNode B { end { throw 'x' } clean { ($using:log).Add('cleaned B') } })
            $nodes | Invoke-Dag -ErrorAction SilentlyContinue -ThrottleLimit 1
            $log
            """);

        Assert.Equal(["out"], result.NodeOutput("A"));
        Assert.Equal(["cleaned A", "cleaned B"], result.Text.Skip(2));
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void Objects_are_the_very_same()
    {
        object original = new();
        ShellResult result = Run("$holder = @{ Thing = $original }; New-DagNode A { $using:original; $using:holder.Thing } | Invoke-Dag",
            ("original", original));

        Assert.All(result.NodeOutput("A"), item => Assert.Same(original, item));
    }

    [Fact]
    public void The_value_is_taken_when_the_node_is_made_so_a_loop_captures_each_of_its_own()
    {
        ShellResult result = Run("""
            $nodes = foreach ($name in 'a', 'b', 'c') { $item = @{ Name = $name }; New-DagNode $name { $using:name + $using:item.Name } }
            $name = 'changed'
            $item = $null
            $nodes | Invoke-Dag
            """);

        Assert.Equal(["aa"], result.NodeOutput("a"));
        Assert.Equal(["bb"], result.NodeOutput("b"));
        Assert.Equal(["cc"], result.NodeOutput("c"));
    }

    [Fact]
    public void Variables_of_the_function_that_makes_the_node_are_found()
    {
        ShellResult result = Run("""
            function New-Greeting($who) { $greeting = 'Hello'; New-DagNode $who { "$using:greeting, $using:who" } }
            (New-Greeting World), (New-Greeting You) | Invoke-Dag
            """);

        Assert.Equal(["Hello, World"], result.NodeOutput("World"));
        Assert.Equal(["Hello, You"], result.NodeOutput("You"));
    }

    [Theory]
    [InlineData("$using:missing", "$using:missing")]
    [InlineData("$using:missing.Hosts[0]", "$using:missing.Hosts[0]")]
    [InlineData("\"$using:missing\"", "$using:missing")]
    [InlineData("1 | ForEach-Object { $using:missing }", "$using:missing")]
    public void An_undefined_one_is_a_clear_error_where_the_node_is_made(string expression, string named)
    {
        ShellResult result = Shell.Run($"New-DagNode A {{ {expression} }}");

        Assert.StartsWith("UsingVariableIsUndefined,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith($"The value of {named} cannot be retrieved, because the variable is not set where the node is made.",
            result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Two_nodes_on_one_runspace_do_not_see_each_others_values()
    {
        ShellResult result = Run("""
            $x = 'first'; $a = New-DagNode A { $using:x }
            $x = 'second'; $b = New-DagNode B { $using:x } -DependsOn A
            $a, $b, (New-DagNode C { $x } -DependsOn B) | Invoke-Dag -ThrottleLimit 1
            """);

        Assert.Equal(["first"], result.NodeOutput("A"));
        Assert.Equal(["second"], result.NodeOutput("B"));
        Assert.Equal([null], result.NodeOutput("C"));
    }

    [Fact]
    public void One_of_a_parallel_loop_inside_the_node_is_that_loops_own()
    {
        ShellResult result = Run("""
            $outer = 'o'
            New-DagNode A {
                $inner = 'i' + $using:outer
                1..2 | ForEach-Object -Parallel { "$using:inner$_" } | Sort-Object
                1 | ForEach-Object -Para { $using:inner.Length }
                1 | % -Parallel { $using:inner }
            } | Invoke-Dag
            """);

        Assert.Null(result.ErrorText("A"));
        Assert.Equal(["io1", "io2", 2, "io"], result.NodeOutput("A"));
    }

    [Fact]
    public void One_of_a_node_that_a_node_makes_is_that_nodes_own()
    {
        ShellResult result = Run("""
            New-DagNode Outer {
                Import-Module $using:manifest
                $inner = 'i'
                New-DagNode Inner { $using:inner } | Invoke-Dag | ForEach-Object Output
            } | Invoke-Dag
            """, ("manifest", Checkout.Manifest));

        Assert.Null(result.ErrorText("Outer"));
        Assert.Equal(["i"], result.NodeOutput("Outer"));
    }

    [Fact]
    public void A_script_block_runs_in_the_session_of_the_node_that_calls_it()
    {
        ShellResult result = Run("""
            $mine = 'of the caller'
            $config = @{ Block = { "$mine"; [runspace]::DefaultRunspace.Name; 1..3 | ForEach-Object { $_ } } }
            $block = $config.Block
            $nodes = 1..6 | ForEach-Object {
                New-DagNode "U$_" { & $using:block }
                New-DagNode "M$_" { & $using:config.Block }
                New-DagNode "P$_" { param($Block) & $Block }
            }
            $nodes | Invoke-Dag -Parameter @{ Block = $block }
            """);

        Assert.All(result.Names, name => Assert.Equal(["", name, 1, 2, 3], result.NodeOutput(name)));
    }
}

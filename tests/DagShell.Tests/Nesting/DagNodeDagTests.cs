using System.Collections.Specialized;

namespace DagShell.Tests.Nesting;

/// <summary>New-DagNode -Dag: a node that stands for a whole dag.</summary>
public sealed class DagNodeDagTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    public DagNodeDagTests() => Run("$ExecutionContext.SessionState.Path.SetLocation($folder)", ("folder", _folder.FullName));

    [Theory]
    [InlineData("(New-Dag { New-DagNode Load { 'l' }; New-DagNode Use { \"$($Upstream.Load)!\" } -DependsOn Load })")]
    [InlineData("{ New-DagNode Load { 'l' }; New-DagNode Use { param($Load) \"$Load!\" } -DependsOn Load }")]
    [InlineData("{ New-DagNode Load { 'l' }; New-DagNode Use { $input | ForEach-Object { \"$_!\" } } -DependsOn L* }")]
    [InlineData("((New-DagNode Load { 'l' }), (New-DagNode Use { \"$($DagNode.Dependencies.Load.Output)!\" } -DependsOn Load))")]
    [InlineData("x.dag.ps1")]
    [InlineData("(Get-Item x.dag.ps1)")]
    public void Its_nodes_run_under_its_name_and_know_one_another_by_their_own(string dag)
    {
        _folder.Write("x.dag.ps1", "New-DagNode Load { 'l' }; New-DagNode Use { \"$($Upstream.Load)!\" } -DependsOn Load");
        ShellResult result = Run($$"""
            New-DagNode Load { 'outer' }
            New-DagNode Deploy -Dag {{dag}} -DependsOn Load
            New-DagNode After { $Upstream.Deploy.Use; $Upstream.Deploy.Count } -DependsOn Deploy
            """.ReplaceLineEndings("; ").Insert(0, "& { ") + " } | Invoke-Dag");

        Assert.Equal(["Load", "Deploy/Load", "Deploy/Use", "Deploy", "After"], result.Names);
        Assert.Equal(["l!"], result.NodeOutput("Deploy/Use"));
        Assert.Equal(["l!", 1], result.NodeOutput("After"));
    }

    [Theory]
    [InlineData("x.dag.ps1", "")]
    [InlineData("x[1].dag.ps1", "")]
    [InlineData("x.dag.ps1", " -DependsOn First")]
    public void What_is_wrong_with_the_text_of_its_file_is_told_with_file_and_line(string name, string depends)
    {
        _folder.Write(name, "param($First)\nNew-DagNode A {\n 1 +");
        ShellResult result = Shell.Run($"(New-DagNode First {{ 1 }}), (New-DagNode N -Dag '{name}'{depends}) | Invoke-Dag");

        string said = $"{result.Thrown?.Message}{string.Concat(result.Streams.Error)}";
        Assert.Contains(name, said, StringComparison.Ordinal);
        Assert.Contains("Missing closing '}'", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-DagNode Empty -Dag { }")]
    [InlineData("New-DagNode Empty -Dag (New-Dag { })")]
    [InlineData("New-DagNode Empty -ForEach 1 -Dag { }", "Empty#0")]
    public void One_without_nodes_is_named(string node, string name = "Empty")
    {
        ShellResult result = Shell.Run($"(New-DagNode Z {{ 1 }}), ({node}) | Invoke-Dag");

        Assert.Contains(
            $"The dag of node '{name}' has no nodes.", $"{result.Thrown?.Message}{string.Concat(result.Streams.Error)}",
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("break")]
    [InlineData("continue")]
    public void A_break_that_leaves_a_dag_file_or_a_block_of_nodes_is_an_error_and_goes_no_further(string keyword)
    {
        _folder.Write("x.dag.ps1", $"New-DagNode A {{ 1 }}\n{keyword}");
        string[] calls =
            ["Invoke-Dag ./x.dag.ps1", $"New-Dag {{ New-DagNode A {{ }}; {keyword} }}", "New-DagNode N -Dag x.dag.ps1 | Invoke-Dag"];
        foreach (string call in calls)
        {
            ShellResult result = Shell.Run($"foreach ($i in 1, 2) {{ try {{ {call} }} catch {{ \"$_\" }}; \"after $i\" }}");

            Assert.Equal(["after 1", "after 2"], result.Text.Where(text => text.StartsWith("after", StringComparison.Ordinal)));
            Assert.All(
                result.Text.Where(text => !text.StartsWith("after", StringComparison.Ordinal)),
                text => Assert.Contains($"came upon a '{keyword}' outside of a loop", text, StringComparison.Ordinal));
            Assert.Equal(4, result.Text.Length);
        }
    }

    [Fact]
    public void Two_files_that_both_have_a_Load_fit_together()
    {
        _folder.Write("a.dag.ps1", "New-DagNode Load { 'a' }");
        _folder.Write("b.dag.ps1", "New-DagNode Load { 'b' }");
        ShellResult result = Run("""
            $n = (New-DagNode A -Dag a.dag.ps1), (New-DagNode B -Dag b.dag.ps1 -DependsOn A)
            $n + (New-DagNode C { $Upstream.A.Load + $Upstream.B.Load } -DependsOn A, B) | Invoke-Dag
            """);

        Assert.Equal(["ab"], result.NodeOutput("C"));
    }

    [Fact]
    public void Parameters_of_a_file_and_of_a_script_block_come_from_Parameter()
    {
        _folder.Write("a.dag.ps1", """
            param($Region = 'none', [Alias('Anzahl')] $Count)
            1..$Count | ForEach-Object { New-DagNode "N$_" { "$using:Region $using:_" } }
            """);
        ShellResult result = Run("""
            (New-DagNode A -Dag a.dag.ps1), (New-DagNode B -Dag { param($Region) New-DagNode "In-$Region" { $DagNode.Name } }) |
                Invoke-Dag -Parameter @{ Region = 'eu'; Anzahl = 2 }
            """);

        Assert.Equal(["A", "A/N1", "A/N2", "B", "B/In-eu"], result.Names.Order());
        Assert.Equal(["eu 2"], result.NodeOutput("A/N2"));
        Assert.Equal(["B/In-eu"], result.NodeOutput("B/In-eu"));
        Assert.Empty(result.Streams.Warning);
    }

    [Fact]
    public void A_script_block_sees_what_stands_around_it_and_Using_means_the_same()
    {
        ShellResult result = Run("""
            function Make ($Name) {
                $region = "r-$Name"
                New-DagNode $Name -Dag {
                    New-DagNode "One-$region" { $using:region }
                    New-DagNode "Two-$using:region" { $using:region }
                    function Local { 'local' }
                    New-DagNode Three { Local }
                }
            }
            (Make A), (Make B) | Invoke-Dag
            """);

        Assert.Equal(["A", "A/One-r-A", "A/Three", "A/Two-r-A", "B", "B/One-r-B", "B/Three", "B/Two-r-B"], result.Names.Order());
        Assert.Equal(["r-B"], result.NodeOutput("B/Two-r-B"));
        Assert.Equal(["local"], result.NodeOutput("B/Three"));
    }

    [Fact]
    public void Its_output_is_a_table_of_what_its_last_nodes_gave()
    {
        ShellResult result = Run("""
            New-DagNode D -Dag {
                New-DagNode None { }; New-DagNode One { 1 }; New-DagNode Two { 2; 3 }; New-DagNode Up { 4 } -DependsOn One
            } | Invoke-Dag
            """);

        var table = Assert.IsType<OrderedDictionary>(Assert.Single(result.NodeOutput("D")));
        Assert.Equal(["None", "Two", "Up"], table.Keys.Cast<string>());
        Assert.Null(table["none"]);
        Assert.Equal([2, 3], ((object[])table["TWO"]!).Select(Unwrapped.Value));
    }

    [Fact]
    public void Its_failure_names_the_node_inside_and_the_line()
    {
        string path = _folder.Write("a.dag.ps1", "New-DagNode Build {\n    throw 'no disk'\n}\nNew-DagNode Test { } -DependsOn Build");
        ShellResult result = Run("(New-DagNode Deploy -Dag a.dag.ps1), (New-DagNode After { } -DependsOn Deploy) | Invoke-Dag");

        Assert.Equal(["After Skipped", "Deploy Failed", "Deploy/Build Failed", "Deploy/Test Skipped"], result.Statuses);
        Assert.Equal($"1 of its 2 nodes failed: 'Deploy/Build' at {path}:2: no disk", result.ErrorText("Deploy"));
        Assert.Equal(
            [
                $"Node 'Deploy/Build' failed at {path}:2: no disk",
                $"Node 'Deploy': 1 of its 2 nodes failed: 'Deploy/Build' at {path}:2: no disk.",
            ],
            result.Streams.Error.Select(error => error.Exception.Message));
        Assert.Equal("dependency 'Deploy' failed", result.SkipReason("After"));
    }

    [Fact]
    public void Its_condition_precondition_and_rule_hold_before_what_is_inside()
    {
        ShellResult result = Run("""
            New-DagNode A { 'a' }
            New-DagNode When -Dag { New-DagNode X { } } -When { $Upstream.A -eq 'b' } -DependsOn A
            New-DagNode Pre -Dag { New-DagNode X { } } -Precondition { $Upstream.A -eq 'b' } -DependsOn A
            New-DagNode Holds -Dag { New-DagNode X { } } -When { $Upstream.A -eq 'a' } -Precondition { $true } -DependsOn A
            New-DagNode Rule -Dag { New-DagNode X { } } -TriggerRule AnyFailed -DependsOn A
            """.ReplaceLineEndings("; ").Insert(0, "& { ") + " } | Invoke-Dag -ErrorAction SilentlyContinue");

        Assert.Equal(
            [
                "A Succeeded", "Holds Succeeded", "Holds/X Succeeded", "Pre Failed", "Pre/X Skipped", "Rule Skipped", "Rule/X Skipped",
                "When Skipped", "When/X Skipped",
            ],
            result.Statuses);
        Assert.Equal("'When', whose dag it is in, did not start", result.SkipReason("When/X"));
    }

    [Fact]
    public void Dags_in_dags_in_files()
    {
        _folder.Write("a.dag.ps1", "New-DagNode Load { 1 }; New-DagNode B -Dag $PSScriptRoot/b.dag.ps1 -DependsOn Load");
        _folder.Write("b.dag.ps1", "New-DagNode Load { 2 }; New-DagNode C -Dag { New-DagNode Load { 3 } } -DependsOn Load");
        ShellResult result = Run("New-DagNode A -Dag a.dag.ps1 | Invoke-Dag");

        Assert.Equal(["A/Load", "A/B/Load", "A/B/C/Load", "A/B/C", "A/B", "A"], result.Names);
    }

    [Fact]
    public void Files_that_contain_one_another_are_told_with_their_path()
    {
        string a = _folder.Write("a.dag.ps1", "New-DagNode B -Dag $PSScriptRoot/b.dag.ps1");
        string b = _folder.Write("b.dag.ps1", "New-DagNode C -Dag $PSScriptRoot/a.dag.ps1");
        ShellResult result = Shell.Run("New-DagNode A -Dag a.dag.ps1 | Invoke-Dag");

        Assert.StartsWith("InvalidDag,", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"{a} → {b} → {a}", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Equal(["False"], Run("Get-Item a.dag.ps1 | Test-Dag -ErrorAction SilentlyContinue").Text);
    }

    [Fact]
    public void What_is_wrong_inside_is_told_before_the_run_with_full_names()
    {
        ShellResult result = Shell.Run("""
            $a = New-DagNode A -Dag { New-DagNode Build { }; New-DagNode Test { } -DependsOn Biuld; New-DagNode C { } -DependsOn C }
            $a, (New-DagNode B { } -DependsOn Build) | Invoke-Dag
            """);

        string message = result.Thrown!.Message;
        Assert.Contains("'A/Test' depends on 'Biuld', which is not in the dag; did you mean 'Build'?", message, StringComparison.Ordinal);
        Assert.Contains("'A/C' depends on itself", message, StringComparison.Ordinal);
        Assert.Contains("'B' depends on 'Build', which is not in the dag", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-RetryCount 1", "RetryCount")]
    [InlineData("-RetryIf { }", "RetryIf")]
    [InlineData("-Timeout 1s", "Timeout")]
    [InlineData("-RetryDelay 1s", "RetryDelay")]
    public void What_is_for_a_script_is_refused(string parameter, string name)
    {
        ShellResult result = Shell.Run($"New-DagNode A -Dag {{ New-DagNode B {{ }} }} {parameter}");

        Assert.Contains($"-{name} is for a script", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.NotNull(Shell.Run("New-DagNode A { } -Dag { New-DagNode B { } }").Thrown);
    }

    [Theory]
    [InlineData("5", "not")]
    [InlineData("'missing.dag.ps1'", "missing.dag.ps1")]
    [InlineData("{ 'text' }", "neither a node nor a dag")]
    [InlineData("{ throw 'mine' }", "mine")]
    public void What_is_no_dag_is_told_where_the_node_is_made(string dag, string message)
    {
        ShellResult result = Shell.Run($"New-DagNode A -Dag {dag}");

        Assert.Contains(message, result.Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_dag_is_a_problem()
    {
        Assert.Contains("has no nodes", Shell.Run("New-DagNode A -Dag { } | Invoke-Dag").Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_pool_and_priority_are_those_of_what_is_inside_and_limits_of_both_hold()
    {
        ShellResult result = Run("""
            $d = New-Dag { New-DagNode X { } -Pool own; New-DagNode Y { }; New-DagNode Z { } -Priority 9 } -PoolLimit @{ own = 3; sql = 2 }
            $plan = New-DagNode A -Dag $d -Pool sql -Priority 4 | New-Dag -PoolLimit @{ sql = 5; own = 1 } | Get-DagPlan | Sort-Object Name
            $plan.ForEach{ "$($_.Name) $($_.Pool) $($_.Node.Priority)" }
            """);

        Assert.Equal(["A sql 4", "A/X own 4", "A/Y sql 4", "A/Z sql 9"], result.Text);
    }

    [Theory]
    [InlineData("@{ p = 3 }", "", 2)]
    [InlineData("@{ p = 1 }", "", 1)]
    [InlineData("@{ p = 3 }", "-PoolLimit @{ p = 3 }", 3)]
    public void The_lower_limit_of_both_dags_holds_unless_the_run_has_another(string limit, string ofRun, int peak)
    {
        Crowd crowd = new(peak);
        Run($$"""
            $nodes = 1..6 | ForEach-Object { New-DagNode "N$_" { ($using:crowd).Meet(); ($using:crowd).Leave() } -Pool p }
            $d = $nodes | New-Dag -PoolLimit @{ p = 2 }
            New-DagNode A -Dag $d | New-Dag -PoolLimit {{limit}} | Invoke-Dag -ThrottleLimit 6 {{ofRun}}
            """, ("crowd", crowd));

        Assert.Equal(peak, crowd.Peak);
    }

    [Fact]
    public void Target_takes_nodes_inside_and_whole_dags()
    {
        const string Dag = """
            $d = { New-DagNode X { }; New-DagNode Y { } -DependsOn X; New-DagNode Z { } -DependsOn Y }
            $n = (New-DagNode A { }), (New-DagNode D -Dag $d -DependsOn A), (New-DagNode B { } -DependsOn D), (New-DagNode C { })

            """;

        Assert.Equal(["A", "D", "D/X", "D/Y"], Run(Dag + "$n | Invoke-Dag -Target D/Y").Names.Order());
        Assert.Equal(["A", "D", "D/X", "D/Y", "D/Z"], Run(Dag + "$n | Invoke-Dag -Target D").Names.Order());
        Assert.Equal(["A", "B", "D", "D/X", "D/Y", "D/Z"], Run(Dag + "$n | Invoke-Dag -Target B").Names.Order());
        Assert.Equal(["A", "D", "D/X"], Run(Dag + "$n | Invoke-Dag -Target D/X*").Names.Order());
        Assert.Equal(["A", "D", "D/X", "D/Y"], Run(Dag + "($n | Invoke-Dag -Target D/Y -WhatIf).Name").Text.Order());
    }

    [Fact]
    public void One_dag_may_be_several_nodes_and_run_again()
    {
        ShellResult result = Run("""
            $d = New-Dag { New-DagNode X { $DagNode.Name } }
            $n = (New-DagNode A -Dag $d), (New-DagNode B -Dag $d)
            ($n | Invoke-Dag).Count
            ($n | Invoke-Dag | Where-Object Name -like */X).Output
            $d.Nodes[0].Name
            """);

        Assert.Equal(["4", "A/X", "B/X", "X"], result.Text.Order());
    }

    [Fact]
    public void With_Sequential_and_with_ErrorAction_Stop()
    {
        ShellResult result =
            Run("New-DagNode A -Dag { New-DagNode X { 1 }; New-DagNode Y { } -DependsOn X } -When { $true } | Invoke-Dag -Sequential");
        Assert.Equal(["A/X", "A/Y", "A"], result.Names);

        ShellResult stopped = Shell.Run("New-DagNode A -Dag { New-DagNode X { throw 'x' } } | Invoke-Dag -ErrorAction Stop");
        Assert.Contains("A/X", stopped.Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dag_that_may_fail_does_not_fail_the_run()
    {
        ShellResult result = Run("""
            $a = New-DagNode A -Dag { New-DagNode X { throw 'x' }; New-DagNode Y { 'y' } } -ContinueOnError
            $a, (New-DagNode B { $Upstream.A.Y; $null -eq $Upstream.A.X } -DependsOn A) |
                Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue
            $run.Status
            """);

        Assert.Equal("Succeeded", result.Text[^1]);
        Assert.Equal(["y", true], result.NodeOutput("B"));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

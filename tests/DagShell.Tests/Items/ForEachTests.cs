namespace DagShell.Tests.Items;

/// <summary>New-DagNode -ForEach: the script is run for each item, in $_, $DagNode.Item and $input.</summary>
public sealed class ForEachTests : ShellTests
{
    [Fact]
    public void Each_item_is_in_the_variables_of_its_script()
    {
        ShellResult result = Run("""
            New-DagNode A { "$_ $($DagNode.Item) $($DagNode.ItemIndex) $($DagNode.Name)" } -ForEach x, y | Invoke-Dag
            """);

        Assert.Equal(["x x 0 A", "y y 1 A"], result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("{ $_ * 2 }")]
    [InlineData("{ process { $_ * 2 } }")]
    [InlineData("{ $input | ForEach-Object { $_ * 2 } }")]
    [InlineData("{ param($Other) $_ * 2 }")]
    [InlineData("{ param([Parameter(ValueFromPipeline)] $Value) process { $Value * 2 } }")]
    public void Whichever_way_a_script_takes_its_item_it_gets_that_alone(string script)
    {
        ShellResult result = Run(
            $"(New-DagNode First {{ 'no' }}), (New-DagNode A {script} -ForEach 1, 2, 3 -DependsOn First) | Invoke-Dag");

        Assert.Equal([2, 4, 6], result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("$null", 0)]
    [InlineData("@()", 0)]
    [InlineData("{ }", 0)]
    [InlineData("{ $null }", 0)]
    [InlineData("{ @() }", 0)]
    [InlineData("1", 1)]
    [InlineData("'text'", 1)]
    [InlineData("@{ a = 1; b = 2 }", 1)]
    [InlineData("@($null)", 1)]
    [InlineData("$null, 1", 2)]
    [InlineData("{ $null; 1 }", 2)]
    [InlineData("1, 1, 1", 3)]
    [InlineData("(1, 2), (3, 4, 5)", 2)]
    [InlineData("{ , (1, 2); , (3, 4, 5) }", 2)]
    [InlineData("([System.Collections.Generic.List[int]] (1, 2))", 2)]
    [InlineData("([System.Linq.Enumerable]::Range(1, 4))", 4)]
    [InlineData("{ 1..1000 }", 1000)]
    public void What_foreach_would_go_through_are_the_items(string items, int count)
    {
        ShellResult result = Run($"$r = New-DagNode A {{ 'x' }} -ForEach {items} | Invoke-Dag; $r.Status; $r.Items.Count; $r.Output.Count");

        Assert.Equal(["Succeeded", $"{count}", $"{count}"], result.Text);
    }

    [Fact]
    public void Arrays_stay_what_they_are()
    {
        ShellResult result = Run("New-DagNode A { $_.Count } -ForEach (1, 2), (3, 4, 5) | Invoke-Dag");

        Assert.Equal([2, 3], result.NodeOutput("A"));
    }

    [Fact]
    public void A_script_block_is_asked_when_the_turn_has_come_and_the_list_goes_on()
    {
        ShellResult result = Run("""
            $suffix = '!'
            $nodes = @(
                New-DagNode Hosts { 'web1', 'web2' }
                New-DagNode Patch { "$_$using:suffix" } -ForEach { $Upstream.Hosts } -DependsOn Hosts
                New-DagNode Check { "${_}?" } -ForEach { $Upstream.Patch } -DependsOn Patch
                New-DagNode Report { $Upstream.Check -join ','; $Upstream.Check -is [array] } -DependsOn Check
            )
            $nodes | Invoke-Dag
            """);

        Assert.Equal(["web1!?,web2!?", true], result.NodeOutput("Report"));
    }

    [Theory]
    [InlineData("{ 'one' }", 1)]
    [InlineData("{ }", 0)]
    public void Dependents_always_get_a_list(string script, int count)
    {
        ShellResult result = Run($$"""
            (New-DagNode A {{script}} -ForEach 1), (New-DagNode B { $Upstream.A -is [array]; $Upstream.A.Count } -DependsOn A) | Invoke-Dag
            """);

        Assert.Equal([true, count], result.NodeOutput("B"));
    }

    [Theory]
    [InlineData("$h.GetEnumerator()", "a=1 b=2")]
    [InlineData("$queue.GetEnumerator()", "= =")]
    [InlineData("@{}.GetEnumerator()", "")]
    [InlineData("$h", "=")]
    [InlineData("([Collections.IEnumerable] 'ab').GetEnumerator()", "= =")]
    public void Items_are_what_foreach_would_go_through(string items, string each)
    {
        ShellResult result = Run($$"""
            $h = [ordered]@{ a = 1; b = 2 }
            $queue = [Collections.Queue]@(1, 2)
            (New-DagNode A { "$($_.Key)=$($_.Value)" } -ForEach {{items}} | Invoke-Dag).Output -join ' '
            @(foreach ($item in {{items}}) { 1 }).Count
            @({{items}} | ForEach-Object { 1 }).Count
            """);

        Assert.Equal(each, result.Text[0]);
        string count = $"{each.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length}";
        Assert.Equal([count, count], result.Text[1..]);
    }

    [Fact]
    public void A_failed_item_fails_the_node_and_says_which_and_why()
    {
        ShellResult result = Run("""
            $r = New-DagNode Patch { if ($_ -eq 'web2') { throw "no route to $_" }; "ok $_" } -ForEach web1, web2, web3 | Invoke-Dag -ErrorVariable e -ErrorAction SilentlyContinue
            $r.Status
            "$($e[0])"
            $e[0].FullyQualifiedErrorId.Split(',')[0]
            $r.Items.Status -join ' '
            "$($r.Items[1].Error)"
            $r.Items[1].Item
            """);

        Assert.Equal("Failed", result.Text[0]);
        Assert.Equal("Node 'Patch': 1 of 3 items failed: Patch#1 (web2): no route to web2.", result.Text[1]);
        Assert.Equal("DagNodeFailed.ItemsFailed", result.Text[2]);
        Assert.Equal("Succeeded Failed Succeeded", result.Text[3]);
        Assert.Equal("no route to web2", result.Text[4]);
        Assert.Equal("web2", result.Text[5]);
    }

    [Fact]
    public void With_continue_on_error_dependents_get_what_succeeded_and_see_what_did_not()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Patch { if ($_ -eq 2) { throw 'no' }; $_ } -ForEach 1, 2, 3 -ContinueOnError
                New-DagNode Report -DependsOn Patch {
                    $Upstream.Patch -join ','
                    ($DagNode.Dependencies['Patch'].Items | Where-Object Status -eq Failed).Item
                }
            )
            $nodes | Invoke-Dag -ErrorAction SilentlyContinue
            """);

        Assert.Equal(["1,3", 2], result.NodeOutput("Report"));
    }

    [Theory]
    [InlineData("{ throw 'no inventory' }", "no inventory")]
    [InlineData("{ while ($true) { 1 } }", "more than 1,000,000 items")]
    public void A_node_whose_items_cannot_be_had_fails_with_the_reason(string items, string reason)
    {
        ShellResult result = Run($$"""
            $r = New-DagNode A { $_ } -ForEach {{items}} | Invoke-Dag -ErrorAction SilentlyContinue
            "$($r.Error)"
            $r.Items.Count
            """);

        Assert.Contains(reason, result.Text[0], StringComparison.Ordinal);
        Assert.Equal("0", result.Text[1]);
    }

    [Fact]
    public void Values_without_end_are_refused()
    {
        ShellResult result = Run("""
            try { New-DagNode A { $_ } -ForEach ([System.Linq.Enumerable]::Repeat([object] 1, [int]::MaxValue)) } catch { "$_" }
            """);

        Assert.Contains("more than 1,000,000 items", result.Text[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Items_are_retried_and_RetryIf_gets_the_error()
    {
        ShellResult result = Run("""
            $r = New-DagNode A { if ($DagNode.Attempt -eq 1 -and $_ -eq 'b') { throw 'once' }; "$_$($DagNode.Attempt)" } -ForEach a, b -RetryCount 1 -RetryIf { "$_" -eq 'once' -and $DagNode.Item -eq 'b' } | Invoke-Dag
            $r.Output
            $r.Items.Attempts -join ' '
            """);

        Assert.Equal(["a1", "b2", "1 2"], result.Text);
    }

    [Fact]
    public void Preconditions_are_asked_of_each_item_and_When_once()
    {
        ShellResult result = Run("""
            $r = New-DagNode A { $_ } -ForEach 1, 2, 3 -When { $null -eq $_ } -Precondition { $_ -ne 2 } | Invoke-Dag -ErrorAction SilentlyContinue
            $r.Items.Status -join ' '
            "$($r.Items[1].Error)"
            """);

        Assert.Equal("Succeeded Failed Succeeded", result.Text[0]);
        Assert.Contains("A#1", result.Text[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Skip_DagNode_skips_the_item()
    {
        ShellResult result = Run("""
            $r = New-DagNode A { "before $_"; if ($_ -eq 2) { Skip-DagNode 'is new' }; "after $_" } -ForEach 1, 2 | Invoke-Dag
            $r.Status
            $r.Items[1].Status
            $r.Items[1].SkipReason
            $r.Output
            """);

        Assert.Equal(["Succeeded", "Skipped", "is new", "before 1", "after 1", "before 2"], result.Text);
    }

    [Fact]
    public void The_node_after_does_not_find_the_item()
    {
        ShellResult result = Run("""
            (New-DagNode A { $_ } -ForEach 1, 2), (New-DagNode B { $null -eq $_; $null -eq $DagNode.ItemIndex } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            """);

        Assert.Equal([true, true], result.NodeOutput("B"));
    }

    [Theory]
    [InlineData("-Sequential")]
    [InlineData("-UseNewRunspace")]
    [InlineData("-FailFast")]
    public void However_it_is_run_it_is_the_same(string how)
    {
        ShellResult result = Run($"New-DagNode A {{ \"$_$($DagNode.ItemIndex)\" }} -ForEach {{ 'x', 'y' }} | Invoke-Dag {how}");

        Assert.Equal(["x0", "y1"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_job_has_one_child_for_the_node()
    {
        ShellResult result = Run("""
            $job = New-DagNode A { Write-Warning "w$_"; $_ } -ForEach 1, 2 | Invoke-Dag -AsJob
            ($job | Wait-Job | Receive-Job -WarningVariable w -WarningAction SilentlyContinue).Output
            $job.ChildJobs.Count
            ($w.Message | Sort-Object) -join ' '
            """);

        Assert.Equal(["1", "2", "1", "[A#0] w1 [A#1] w2"], result.Text);
    }

    [Fact]
    public void WhatIf_says_how_many_items_there_are_where_that_is_known()
    {
        ShellResult result = Run("""
            $plan = (New-DagNode A { $_ } -ForEach 1, 2), (New-DagNode B { $_ } -ForEach { 1 }), (New-DagNode C { }) | Invoke-Dag -WhatIf
            $plan | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Items)" }
            """);

        Assert.Equal(["A 2", "B not known yet", "C "], result.Text);
    }

    [Fact]
    public void A_hundred_items_of_one_dependency_share_what_it_gave()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode All { 1..100 }), (New-DagNode Each { $Upstream.All.Count } -ForEach { $Upstream.All } -DependsOn All)
            (($nodes | Invoke-Dag)[1].Output | Measure-Object -Sum).Sum
            """);

        Assert.Equal(["10000"], result.Text);
    }
}

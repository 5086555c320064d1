namespace DagShell.Tests.Checkpoints;

/// <summary>Items that are done are not done again, whatever has become of the list.</summary>
public sealed class ItemResumeTests : CheckpointTests
{
    /// <summary>Nodes of which an item fails as long as the environment says so.</summary>
    private const string Patch = """
        function Get-Nodes($items) {
            New-DagNode Patch -ForEach $items {
                ($using:ran).Enqueue("$_"); if ($env:DAGSHELL_TEST_BREAK_ITEM -eq "$_") { throw 'broken' }; "ok $_" }
            New-DagNode Report -DependsOn Patch { ($using:ran).Enqueue('Report'); $Upstream.Patch -join ',' }
        }

        """;

    private const string Resume = " | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue";

    [Theory]
    [InlineData("'a', 'b', 'c'", "b,Report", "ok a,ok b,ok c")]
    [InlineData("'c', 'b', 'a'", "b,Report", "ok c,ok b,ok a")]
    [InlineData("'a', 'new', 'c'", "new,Report", "ok a,ok new,ok c")]
    [InlineData("'c'", "Report", "ok c")]
    [InlineData("'a', 'b', 'c', 'a', 'a'", "a,a,b,Report", "ok a,ok b,ok c,ok a,ok a")]
    [InlineData("@()", "Report", "")]
    [InlineData("{ 'c', 'b' }", "b,Report", "ok c,ok b")]
    public void Done_items_stay_done_when_the_list_changes(string items, string ran, string report)
    {
        Run(Break("b") + Patch + "Get-Nodes 'a', 'b', 'c'" + Resume);
        Assert.Equal(["a", "b", "c"], TakeRan());

        ShellResult result = Run(Mend + Patch + $"Get-Nodes ({items})" + Resume);
        Assert.Equal(ran, string.Join(',', TakeRan()));
        Assert.Equal([report], result.NodeOutput("Report"));
        Assert.Empty(result.Streams.Warning);
    }

    [Fact]
    public void The_same_value_twice_is_two_items()
    {
        Run(Break("b") + Patch + "Get-Nodes 'a', 'b', 'a', 'b'" + Resume);
        Assert.Equal(["a", "a", "b", "b"], TakeRan());

        Run(Mend + Patch + "Get-Nodes 'a', 'a', 'a', 'b', 'b'" + Resume);
        Assert.Equal(["a", "b", "b", "Report"], TakeRan());
    }

    [Fact]
    public void Items_of_a_node_that_is_done_stay_done_when_the_list_grows()
    {
        Run(Break("Report") + Patch.Replace("Enqueue('Report');", "Enqueue('Report'); if ($env:DAGSHELL_TEST_BREAK_ITEM) { throw 'no' };")
            + "Get-Nodes 'a', 'b'" + Resume);
        Assert.Equal(["a", "b", "Report"], TakeRan());

        ShellResult result = Run(Mend + Patch + "Get-Nodes 'new', 'b', 'a'" + Resume);
        Assert.Equal(["new", "Report"], TakeRan());
        Assert.Equal(["ok new,ok b,ok a"], result.NodeOutput("Report"));
    }

    [Fact]
    public void A_node_that_is_done_and_restored_gives_its_outputs_in_the_order_of_its_items()
    {
        string broken = Patch.Replace(
            "Enqueue('Report');", "Enqueue('Report'); if ($env:DAGSHELL_TEST_BREAK_ITEM -eq 'Report') { throw 'no' };");
        Run(Break("b") + broken + "Get-Nodes 'a', 'b', 'c'" + Resume);
        TakeRan();
        Run(Break("Report") + broken + "Get-Nodes 'c', 'b', 'a', 'd'" + Resume);
        TakeRan();

        ShellResult result = Run(Mend + broken + "Get-Nodes 'c', 'b', 'a', 'd'" + Resume);
        Assert.Equal(["Report"], TakeRan());
        Assert.Equal(["ok c", "ok b", "ok a", "ok d"], result.NodeOutput("Patch"));
        Assert.Equal(["ok c,ok b,ok a,ok d"], result.NodeOutput("Report"));
        Assert.Equal(true, result.Node("Patch").Properties["FromCheckpoint"].Value);
    }

    [Theory]
    [InlineData("Upstream", "New-DagNode U { $env:DAGSHELL_TEST_X }", "-DependsOn U", "")]
    [InlineData("Script", "", "", "$null = 'new';")]
    [InlineData("Parameter", "", "", "", "param($X)")]
    [InlineData("Using", "", "", "$null = $using:x;", "", "$x = $env:DAGSHELL_TEST_X;")]
    public void All_items_are_done_again_where_what_is_done_with_them_changes(
        string what, string before, string depends, string text, string parameters = "", string start = "")
    {
        string Script(string x, string body) => $$"""
            $env:DAGSHELL_TEST_X = '{{x}}'; {{start}}
            @(
                {{(what == "Upstream" ? before.Replace("$env:DAGSHELL_TEST_X", $"'{x}'") : "")}}
                New-DagNode Patch {{depends}} -ForEach 'a', 'b', 'c' {
                    {{parameters}} ($using:ran).Enqueue("$_"); {{body}} if ($env:DAGSHELL_TEST_BREAK_ITEM -eq "$_") { throw 'broken' } }
            ) | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue `
                {{(what == "Parameter" ? $"-Parameter @{{ X = '{x}' }}" : "")}}
            """;
        Run(Break("b") + Script("1", what == "Script" ? "" : text));
        TakeRan();

        Run(Break("b") + Script("1", what == "Script" ? "" : text));
        Assert.Equal(["b"], TakeRan());
        Run(Break("b") + Script("2", text));
        Assert.Equal(["a", "b", "c"], TakeRan());
    }

    [Fact]
    public void Where_the_items_come_from_may_change_with_all_that_it_uses()
    {
        const string Script = """
            function Get-Host { 'a', 'b', $env:DAGSHELL_TEST_X }
            New-DagNode Patch { ($using:ran).Enqueue("$_"); if ($env:DAGSHELL_TEST_BREAK_ITEM -eq "$_") { throw 'broken' } } -ForEach {
                param($X) $null = $using:x; Get-Host } | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue -Parameter @{ X = $x }
            """;
        Run(Break("b") + "$env:DAGSHELL_TEST_X = 'c'; $x = 1;" + Script);
        TakeRan();

        Run(Mend + "$env:DAGSHELL_TEST_X = 'd'; $x = 2;" + Script.Replace("function Get-Host {", "function Get-Host { $null = 'other';"));
        Assert.Equal(["b", "d"], TakeRan());
    }

    [Theory]
    [InlineData("'web1', 'web2'")]
    [InlineData("1, 2.5, 3d, [long] 4, [char] 'x', $true")]
    [InlineData("(Get-Date '2026-01-01'), [timespan] '1:00', [guid] '6d5a4cbb-2d3d-4e5b-8a36-0123456789ab', [version] '1.2'")]
    [InlineData("@{ a = 1; b = @(1, 2) }, [ordered] @{ y = 1; x = 2 }")]
    [InlineData("[pscustomobject] @{ Name = 'web1'; Disks = @([pscustomobject] @{ Size = 1 }, [pscustomobject] @{ Size = 2 }) }, 'x'")]
    [InlineData("(, (1, 2)), (, (3, 4))")]
    [InlineData("([DayOfWeek]::Monday), [DayOfWeek]::Friday")]
    [InlineData("(Get-Content $list)")]
    [InlineData("(Import-Csv $list)")]
    [InlineData("(Get-ChildItem $folder -Exclude run.journal)")]
    [InlineData("(Get-Item $list, $folder)")]
    [InlineData("([System.Collections.Generic.List[int]] (1, 2)), 'x'")]
    [InlineData("([byte[]] (1, 2)), 'x'")]
    [InlineData("([uri] 'http://x/'), ('x' | Add-Member Note 1 -PassThru)")]
    public void Items_that_another_node_gave_are_the_same_when_that_is_restored(string values)
    {
        string script = $$"""
            $folder = '{{Folder.FullName}}'; $list = Join-Path $folder list.txt
            @(
                New-DagNode Hosts { $folder, $list = $using:folder, $using:list; {{values}} }
                New-DagNode Patch -DependsOn Hosts -ForEach { $Upstream.Hosts } {
                    ($using:ran).Enqueue("$($DagNode.ItemIndex)"); if ($env:DAGSHELL_TEST_BREAK_ITEM -eq $DagNode.ItemIndex) { throw 'broken' } }
            ) | Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue
            """;
        File.WriteAllText(Path.Combine(Folder.FullName, "list.txt"), "Name,Site\nweb1,x\nweb2,y");
        Directory.CreateDirectory(Path.Combine(Folder.FullName, "sub"));
        Run(Break("0") + script);
        Assert.NotEmpty(TakeRan());

        ShellResult result = Run(Break("0") + script);
        Assert.Equal(["0"], TakeRan());
        Assert.Empty(result.Streams.Warning);
        Run(Mend + script);
        Assert.Equal(["0"], TakeRan());
    }

    [Fact]
    public void Lines_of_a_file_are_the_same_wherever_they_stand_in_it()
    {
        string list = Path.Combine(Folder.FullName, "list.txt");
        Shell["list"] = list;
        File.WriteAllLines(list, ["a", "b", "c"]);
        Run(Break("b") + Patch + "Get-Nodes (Get-Content $list)" + Resume);
        TakeRan();
        File.WriteAllLines(list, ["new", "c", "b", "a"]);

        Run(Mend + Patch + "Get-Nodes (Get-Content $list)" + Resume);
        Assert.Equal(["b", "new", "Report"], TakeRan());
    }

    [Fact]
    public void A_changed_file_is_another_item()
    {
        foreach (string name in (string[])["a", "b", "c"])
        {
            File.WriteAllText(Path.Combine(Folder.FullName, name + ".csv"), name);
        }

        string script = $$"""
            $folder = '{{Folder.FullName}}'
            New-DagNode Load -ForEach { Get-ChildItem $using:folder -Filter *.csv } {
                ($using:ran).Enqueue($_.BaseName); if ($env:DAGSHELL_TEST_BREAK_ITEM -eq $_.BaseName) { throw 'broken' } } |
                Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue
            """;
        Run(Break("b") + script);
        TakeRan();
        File.WriteAllText(Path.Combine(Folder.FullName, "c.csv"), "longer");

        Run(Mend + script);
        Assert.Equal(["b", "c"], TakeRan());
    }

    [Fact]
    public void An_item_that_cannot_be_known_is_done_again_and_a_warning_says_so_once()
    {
        const string Script = """
            New-DagNode Patch -ForEach { [Threading.CancellationTokenSource]::new(), 'x', [Threading.CancellationTokenSource]::new() } {
                ($using:ran).Enqueue("$($DagNode.ItemIndex)"); if ($env:DAGSHELL_TEST_BREAK_ITEM -and $_ -ne 'x') { throw 'broken' } } |
                Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue
            """;
        Run(Break("b") + Script);
        TakeRan();

        ShellResult result = Run(Mend + Script);
        Assert.Equal(["0", "2"], TakeRan());
        Assert.Contains("Whether 2 items of node 'Patch'", Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
    }

    [Fact]
    public void An_item_whose_output_cannot_be_written_is_done_again_alone()
    {
        const string Script = """
            New-DagNode Patch -ForEach 1, 2, 3 {
                ($using:ran).Enqueue("$_"); if ($_ -ne 2) { ConvertTo-SecureString x -AsPlainText } else { 'ok' } }
            New-DagNode Report -DependsOn Patch { ($using:ran).Enqueue('Report'); if ($env:DAGSHELL_TEST_BREAK_ITEM) { throw 'no' } }
            """;
        ShellResult first = Run(Break("b") + "& {" + Script + "}" + Resume);
        TakeRan();
        Assert.Contains("item 'Patch#", Assert.Single(first.Streams.Warning), StringComparison.Ordinal);

        Run(Mend + "& {" + Script + "}" + Resume);
        Assert.Equal(["1", "3", "Report"], TakeRan());
    }

    [Fact]
    public void Credentials_are_items_that_are_known_again()
    {
        const string Script = """
            $credentials = 'a', 'b' | ForEach-Object { [pscredential]::new($_, (ConvertTo-SecureString "$_ secret" -AsPlainText)) }
            New-DagNode Log -ForEach { $using:credentials } { ($using:ran).Enqueue($_.UserName); if ($env:DAGSHELL_TEST_BREAK_ITEM -eq $_.UserName) { throw 'broken' } } |
                Invoke-Dag -Checkpoint $journal -Resume -ErrorAction SilentlyContinue
            """;
        Run(Break("b") + Script);
        Assert.DoesNotContain("secret", File.ReadAllText(Journal), StringComparison.Ordinal);
        TakeRan();

        Run(Mend + Script);
        Assert.Equal(["b"], TakeRan());
    }

    [Fact]
    public void Verbose_says_how_many_items_are_restored()
    {
        Run(Break("b") + Patch + "Get-Nodes 'a', 'b', 'c'" + Resume);
        TakeRan();
        ShellResult result = Run(Mend + Patch + "Get-Nodes 'a', 'b', 'c', 'd'" + Resume + " -Verbose");

        string[] said = [.. result.Streams.Verbose];
        Assert.Contains(said, text => text.StartsWith("[Patch] runs", StringComparison.Ordinal)
            && text.Contains("2 items of it are done", StringComparison.Ordinal));
        Assert.Contains("[Patch] 2 of 4 items restored from the checkpoint: they are done, and have not changed", said);
    }

    [Fact]
    public void Results_say_which_items_were_restored()
    {
        Run(Break("b") + Patch + "Get-Nodes 'a', 'b'" + Resume);
        TakeRan();
        ShellResult result = Run(Mend + Patch + "$r = Get-Nodes 'b', 'a'" + Resume
            + "; $r[0].Items | ForEach-Object { \"$($_.Item) $($_.FromCheckpoint) $($_.Attempts) $($_.Output)\" }");

        Assert.Equal(["b False 1 ok b", "a True 0 ok a"], result.Text);
    }

    [Theory]
    [InlineData("'a', 'b', 'c'", "a,b,c")]
    [InlineData("{ 'a', 'b', 'c' }", "a,b,c")]
    [InlineData("{ Get-Variable PWD, HOME }", "PWD,HOME")]
    [InlineData("{ [pscustomobject] @{ Name = 'x' }; @{ Name = 'y' } }", "x,y")]
    [InlineData("@()", "")]
    [InlineData("{ }", "")]
    [InlineData("{ $null }", "")]
    [InlineData("{ , (1, 2); , (3, 4) }", "1 2,3 4")]
    public void A_node_that_is_restored_has_its_items_and_so_have_those_after_it(string items, string values)
    {
        string script = $$"""
            New-DagNode Patch -ForEach {{items}} { if ($_ -eq 'b') { Skip-DagNode 'no need' }; "ok $($DagNode.ItemIndex)" }
            New-DagNode Report -DependsOn Patch {
                ($using:ran).Enqueue('Report'); if ($env:DAGSHELL_TEST_BREAK_ITEM) { throw 'no' }
                $DagNode.Dependencies['Patch'].Items | ForEach-Object { "$($_.Index) $($_.Status) $($_.SkipReason)$($_.Output)" } }
            """;
        Run(Break("Report") + "& {" + script + "}" + Resume);
        const string Show = """
            ; $patch = $r | Where-Object Name -eq Patch
            "$($patch.FromCheckpoint) $($patch.Items.Count)"
            @($patch.Items | ForEach-Object { if ($_.Item.Name) { $_.Item.Name } else { "$($_.Item)" } }) -join ','
            $patch.Items | Where-Object { -not $_.FromCheckpoint -or $_.Attempts -or $_.Error }
            ($r | Where-Object Name -eq Report).Output
            """;

        // Restored, and restored again.
        ShellResult before = Run(Break("Report") + "$r = & {" + script + "}" + Resume + Show);
        ShellResult result = Run(Mend + "$r = & {" + script + "}" + Resume + Show);
        int expected = values.Split(',', StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.Equal([$"True {expected}", values], before.Text[..2]);
        Assert.Equal(
            [
                $"True {expected}", values,
                .. Enumerable.Range(0, expected).Select(item =>
                    values.StartsWith("a,", StringComparison.Ordinal) && item == 1 ? "1 Skipped no need" : $"{item} Succeeded ok {item}"),
            ],
            result.Text);
    }

    [Theory]
    [InlineData("{ [pscredential]::new('me', $using:secret) }")]
    [InlineData("{ @{ UserName = 'me'; Password = ConvertFrom-SecureString $using:secret -AsPlainText } }")]
    public void Items_that_a_journal_cannot_or_must_not_keep_are_null_where_their_node_is_restored(string items)
    {
        string script = $$"""
            $secret = ConvertTo-SecureString "a<&b _x0041_`tc" -AsPlainText
            $r = & {
                New-DagNode Patch -ForEach {{items}} { $_.UserName }
                New-DagNode Report -DependsOn Patch { if ($env:DAGSHELL_TEST_BREAK_ITEM) { throw 'no' } }
            }
            """;
        Run(Break("Report") + script + Resume);
        Assert.DoesNotContain("b _x", File.ReadAllText(Journal), StringComparison.Ordinal);

        ShellResult result = Run(Mend + script + Resume
            + "; $r[0].Items | ForEach-Object { \"$($null -eq $_.Item) $($_.Status) $($_.Output)\" }");
        Assert.Equal(["True Succeeded me"], result.Text);
    }

    [Fact]
    public void Items_are_restored_in_the_caller_s_session_too()
    {
        Run(Break("b") + Patch + "Get-Nodes 'a', 'b', 'c'" + Resume + " -Sequential");
        TakeRan();

        Run(Mend + Patch + "Get-Nodes 'c', 'b', 'a'" + Resume + " -Sequential");
        Assert.Equal(["b", "Report"], TakeRan());
    }

    [Fact]
    public void An_item_that_skipped_itself_is_asked_again_and_a_node_that_is_done_gives_what_it_gave()
    {
        const string Script = """
            New-DagNode Patch -ForEach 1, 2, 3 { ($using:ran).Enqueue("$_"); "out $_"; if ($_ -eq 2) { Skip-DagNode 'no need' }; if ($env:DAGSHELL_TEST_BREAK_ITEM -eq $_) { throw 'x' } }
            New-DagNode Report -DependsOn Patch { ($using:ran).Enqueue('Report'); if ($env:DAGSHELL_TEST_BREAK_ITEM -eq 'r') { throw 'no' }; $Upstream.Patch -join ',' }
            """;
        Run(Break("3") + "& {" + Script + "}" + Resume);
        TakeRan();
        Run(Break("r") + "& {" + Script + "}" + Resume);
        Assert.Equal(["2", "3", "Report"], TakeRan());

        ShellResult result = Run(Mend + "& {" + Script + "}" + Resume);
        Assert.Equal(["Report"], TakeRan());
        Assert.Equal(["out 1,out 2,out 3"], result.NodeOutput("Report"));
    }

    [Fact]
    public void A_chain_of_nodes_with_items_goes_on_where_it_was()
    {
        const string Script = """
            New-DagNode First -ForEach 1, 2 { ($using:ran).Enqueue("f$_"); $_ * 10 }
            New-DagNode Second -DependsOn First -ForEach { $Upstream.First } { ($using:ran).Enqueue("s$_"); if ($env:DAGSHELL_TEST_BREAK_ITEM -eq $_) { throw 'x' }; $_ + 1 }
            """;
        Run(Break("20") + "& {" + Script + "}" + Resume);
        Assert.Equal(["f1", "f2", "s10", "s20"], TakeRan());

        ShellResult result = Run(Mend + "& {" + Script + "}" + Resume);
        Assert.Equal(["s20"], TakeRan());
        Assert.Equal([11, 21], result.NodeOutput("Second"));
    }

    [Fact]
    public void Force_does_all_items_again()
    {
        Run(Break("b") + Patch + "Get-Nodes 'a', 'b'" + Resume);
        TakeRan();

        Run(Mend + Patch + "Get-Nodes 'a', 'b' | Invoke-Dag -Checkpoint $journal -Force");
        Assert.Equal(["a", "b", "Report"], TakeRan());
    }

    private static string Break(string item) => $"$env:DAGSHELL_TEST_BREAK_ITEM = '{item}';";

    private static string Mend => "$env:DAGSHELL_TEST_BREAK_ITEM = $null;";
}

namespace DagShell.Tests.Nesting;

/// <summary>Pictures of dags with dags in them, and of nodes with items.</summary>
public sealed class DagNodePictureTests : ShellTests
{
    private const string Nodes = """
        $d = New-DagNode D -Dag { New-DagNode X { }; New-DagNode Y { } -DependsOn X } -DependsOn A
        $n = (New-DagNode A { }), $d, (New-DagNode B { } -DependsOn D)

        """;

    private readonly ScratchFolder _folder = new();

    [Fact]
    public void A_chart_has_a_box_around_what_is_inside_and_leads_through_it()
    {
        string file = Path.Combine(_folder.FullName, "x.mmd");
        Run(Nodes + "$n | Export-Dag $file", ("file", file));

        Assert.Equal(
            """
            flowchart TD
                n0["A"]
                subgraph d1["D"]
                  n1["D"]
                  n2["D/X"]
                  n3["D/Y"]
                end
                n4["B"]
                n0 --> n1
                n1 --> n2
                n2 --> n3
                n3 --> n4

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(file).ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("dot", "subgraph cluster_1 { label=\"D\"")]
    [InlineData("json", "\"dag\": \"D\"")]
    [InlineData("svg", "D/Y")]
    public void Other_formats_know_what_is_inside(string extension, string part)
    {
        string file = Path.Combine(_folder.FullName, "x." + extension);
        Run(Nodes + "$n | Invoke-Dag | Export-Dag $file", ("file", file));

        Assert.Contains(part, File.ReadAllText(file).Replace("\":\"", "\": \"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Items_are_counted_in_pictures_figures_and_exports()
    {
        string file = Path.Combine(_folder.FullName, "x.json");
        string picture = Path.Combine(_folder.FullName, "x.svg");
        ShellResult result = Run("""
            $r = New-DagNode A { if ($_ -eq 2) { throw 'no' } } -ForEach 1, 2, 3 | Invoke-Dag -ErrorAction SilentlyContinue
            $r | Export-Dag $picture
            $r | Export-DagRun $file
            $figures = $r | Measure-DagRun
            "$($figures.Items) $($figures.FailedItems)"
            """, ("file", file), ("picture", picture));

        Assert.Contains("3 items, 1 failed", File.ReadAllText(picture), StringComparison.Ordinal);
        Assert.Equal("3 1", result.Text[^1]);
        Assert.Contains("\"items\":", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_nodes_counts_items_and_a_trace_has_each_of_them()
    {
        string file = Path.Combine(_folder.FullName, "x.csv");
        string trace = Path.Combine(_folder.FullName, "x.trace.json");
        ShellResult result = Run("""
            $r = (New-DagNode A { if ($_ -eq 2) { throw 'no' } } -ForEach 1, 2, 3), (New-DagNode B { }) |
                Invoke-Dag -ErrorAction SilentlyContinue
            $r | Export-DagRun $file
            $r | Export-DagRun $trace
            Import-Csv $file | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Items) $($_.ItemsDone) $($_.ItemsFailed)." }
            """, ("file", file), ("trace", trace));

        Assert.Equal(["A 3 3 1.", "B   ."], result.Text);
        string text = File.ReadAllText(trace);
        Assert.All(["\"A#0\"", "\"A#1\"", "\"A#2\""], name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_console_counts_items_in_the_box_of_their_node()
    {
        ShellResult result = Run("""
            New-DagNode A { if ($_ -eq 2) { throw 'no' } } -ForEach 1, 2, 3 | Invoke-Dag -ErrorAction SilentlyContinue | Show-Dag -Width 80
            """);

        Assert.Contains(result.Text, line => line.Contains("┃ 3 items, 1 failed ┃", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_of_a_journal_knows_which_items_failed()
    {
        string journal = Path.Combine(_folder.FullName, "x.journal");
        string file = Path.Combine(_folder.FullName, "x.json");
        Run("""
            New-DagNode A { if ($_ -eq 2) { throw "no $_" } } -ForEach 1, 2, 3 |
                Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue
            Get-DagRun $journal | Export-DagRun $file
            """, ("file", file), ("journal", journal));

        string text = File.ReadAllText(file);
        Assert.Contains("\"failedItems\":", text, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"A#1\"", text, StringComparison.Ordinal);
        Assert.Contains("\"message\": \"no 2\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_tells_how_many_items_there_are()
    {
        ShellResult result = Run(
            "(New-DagNode A { } -ForEach 1, 2), (New-DagNode B { } -ForEach { 1 }) | Invoke-Dag -WhatIf | Out-String -Width 200");

        Assert.Contains("A (items: 2)", result.Text[0], StringComparison.Ordinal);
        Assert.Contains("B (items: not known yet)", result.Text[0], StringComparison.Ordinal);
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

namespace DagShell.Tests.Pictures;

public sealed class ShowDagTests : IDisposable
{
    private readonly ShellSession _shell = new();
    private readonly TempFolder _temp = new();

    public void Dispose()
    {
        _shell.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void A_dag_is_drawn_with_boxes_and_arrows()
    {
        ShellResult result = _shell.Run("@(" + Samples.Diamond + ") | Show-Dag -Width 80");

        Assert.Equal(
            [
                "        ┌─────────┐",
                "        │ Extract │",
                "        └────┬────┘",
                "      ┌──────┴─────┐",
                "┌─────▼─────┐  ┌───▼───┐",
                "│ Transform │  │ Check │",
                "└─────┬─────┘  └───┬───┘",
                "      └──────┬─────┘",
                "         ┌───▼──┐",
                "         │ Load │",
                "         └──────┘",
            ],
            result.Text);
    }

    [Fact]
    public void Boxes_of_fallbacks_and_clean_up_say_what_they_are()
    {
        ShellResult result =
            _shell.Run("(New-DagNode A { }), (New-DagNode B { } -FallbackFor A), (New-DagNode Down { } -CleanUpOf A) | Show-Dag -Width 80");

        Assert.Contains(result.Text, line => line.Contains("│ fallback for A │", StringComparison.Ordinal));
        Assert.Contains(result.Text, line => line.Contains("│ cleans up after A │", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chain_runs_straight_down()
    {
        ShellResult result = _shell.Run("(New-DagNode A { }), (New-DagNode B { } -DependsOn A) | Show-Dag");

        Assert.Equal(["┌─────┐", "│  A  │", "└──┬──┘", "   │", "┌──▼──┐", "│  B  │", "└─────┘"], result.Text);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(200)]
    public void No_line_is_longer_than_the_window_is_wide(int width)
    {
        ShellResult result = _shell.Run("@(" + Samples.Random(7, 120).Script + ") | Show-Dag -Width $width", ("width", width));

        Assert.Null(result.Thrown);
        Assert.NotEmpty(result.Text);
        Assert.All(result.Text, line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void The_lines_lead_from_each_node_to_those_that_depend_on_it_and_nowhere_else()
    {
        for (int seed = 1; seed <= 120; seed++)
        {
            var (script, edges) = Samples.Random(seed, count: 6 + (seed % 25), dependencies: 1 + (seed % 4));
            ShellResult result = _shell.Run("@(" + script + ") | Show-Dag -Width 600");

            HashSet<(string From, string To)> drawn = ConsoleTracer.Edges(result.Text);
            string difference = $"seed {seed}: missing {Text(edges.Except(drawn))}; too many {Text(drawn.Except(edges))}";
            Assert.True(edges.SetEquals(drawn), difference + '\n' + string.Join('\n', result.Text));
        }

        static string Text(IEnumerable<(string From, string To)> edges) =>
            string.Join(", ", edges.Select(edge => $"{edge.From}>{edge.To}"));
    }

    [Fact]
    public void Hundreds_of_nodes_are_folded_by_level()
    {
        ShellResult result = _shell.Run("""
            $nodes = @(
                New-DagNode First { }
                1..300 | ForEach-Object { New-DagNode "Copy $_" { } -DependsOn First }
                New-DagNode Last { } -DependsOn (1..300 | ForEach-Object { "Copy $_" })
            )
            $nodes | Show-Dag -Width 100
            """);

        Assert.InRange(result.Text.Length, 10, 20);
        Assert.Contains(result.Text, line => line.Contains("║ 300 nodes", StringComparison.Ordinal));
        Assert.Contains(result.Text, line => line.Contains("Copy 1 · Copy 2 · Copy 3", StringComparison.Ordinal));
        Assert.Contains(result.Text, line => line.Contains("more ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_very_long_chain_is_drawn_in_bands()
    {
        ShellResult result = _shell.Run("""
            $nodes = foreach ($i in 1..3000) { if ($i -eq 1) { New-DagNode n1 { } } else { New-DagNode "n$i" { } -DependsOn "n$($i - 1)" } }
            $nodes | Show-Dag -Width 100
            """);

        Assert.InRange(result.Text.Length, 100, 1_000);
        Assert.Contains(result.Text, line => line.Contains("levels 0 to 24: 25 nodes", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_is_drawn_with_the_states_of_its_nodes()
    {
        ShellResult result = _shell.Run("""
            $nodes = @(
                New-DagNode Good { }
                New-DagNode Bad { throw 'no' } -DependsOn Good
                New-DagNode After { } -DependsOn Bad
            )
            $null = $nodes | Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue
            $run | Show-Dag
            """);

        string drawing = string.Join('\n', result.Text);
        Assert.Contains("✓ Good", drawing, StringComparison.Ordinal);
        Assert.Contains("✗ Bad", drawing, StringComparison.Ordinal);
        Assert.Contains("» After", drawing, StringComparison.Ordinal);
        Assert.Equal(["✗ 1 failed   ✓ 1 succeeded   » 1 skipped", "✗ Bad at line 3: no"], result.Text[^2..]);
        Assert.DoesNotContain('\e', drawing);
    }

    [Fact]
    public void A_run_that_another_goes_on_with_is_drawn_until_it_ends()
    {
        using Gate gate = new();
        ShellResult result = _shell.Run(
            """
            $journal = Join-Path $folder n.journal
            $nodes = (New-DagNode First { }), (New-DagNode Slow { ($using:gate).Pass() } -DependsOn First)
            $job = $nodes | Invoke-Dag -Checkpoint $journal -AsJob
            while (-not ((Test-Path $journal) -and (Show-Dag -Checkpoint $journal) -match '► Slow')) { }
            $other = [powershell]::Create().AddScript({
                param($Manifest, $Journal)
                Import-Module $Manifest
                Show-Dag -Checkpoint $Journal -Wait
            }).AddArgument((Get-Module DagShell).Path).AddArgument($journal)
            $drawing = $other.BeginInvoke()
            $drawing.AsyncWaitHandle.WaitOne(1500)
            $gate.Open()
            $other.EndInvoke($drawing)
            $job | Wait-Job | Remove-Job
            """,
            ("folder", _temp.Root), ("gate", gate));

        Assert.Null(result.Thrown);
        Assert.Equal("False", result.Text[0]);
        Assert.Equal("✓ 2 succeeded", result.Text[^1]);
    }

    [Theory]
    [InlineData("Show-Dag")]
    [InlineData("Export-Dag x.svg")]
    [InlineData("Export-DagRun x.html")]
    [InlineData("Measure-DagRun")]
    public void Nothing_is_one_error(string command)
    {
        ShellResult result = _shell.Run($"Set-Location $folder; $null | {command}", ("folder", _temp.Root));

        Assert.Empty(result.Streams.Error);
        Assert.Contains("Nothing ($null)", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_temp.Root));
    }

    [Fact]
    public void Results_stand_for_their_run()
    {
        ShellResult result = _shell.Run("New-DagNode A { } | Invoke-Dag | Show-Dag");

        Assert.Contains(result.Text, line => line.Contains("✓ A", StringComparison.Ordinal));
    }

    [Fact]
    public void States_are_coloured_where_the_user_wants_it()
    {
        ShellResult result = _shell.Run("""
            & {
                $PSStyle = [pscustomobject]@{ OutputRendering = 'Ansi' }
                New-DagNode A { } | Invoke-Dag | Show-Dag
            }
            """);

        Assert.Contains(result.Text, line => line.Contains("\e[32m", StringComparison.Ordinal));
    }

    [Fact]
    public void Wide_characters_take_two_columns()
    {
        ShellResult result = _shell.Run("New-DagNode '数据' { } | Show-Dag");

        Assert.Equal(["┌──────┐", "│ 数据 │", "└──────┘"], result.Text);
    }

    [Fact]
    public void Names_are_cut_in_the_middle_where_there_is_no_room()
    {
        ShellResult result = _shell.Run("""
            $nodes = 1..6 | ForEach-Object { New-DagNode "Copy the archive number $_" { } }
            $nodes | Show-Dag -Width 100
            """);

        Assert.Contains("│ Copy…ber 1  │", result.Text[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_dag_that_is_not_valid_is_an_error()
    {
        ShellResult result = _shell.Run("New-DagNode A { } -DependsOn B | Show-Dag");

        Assert.StartsWith("InvalidDag", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_neither_dag_nor_run_is_an_error()
    {
        ShellResult result = _shell.Run("'text' | Show-Dag");

        Assert.StartsWith("InvalidDag", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("'text'", result.ThrownRecord.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_goes_on_is_drawn_as_it_stands()
    {
        ShellResult result = _shell.Run("""
            $nodes = @(
                New-DagNode First { }
                New-DagNode Slow { while (-not (Test-Path $using:gate)) { [System.Threading.Thread]::Sleep(10) } } -DependsOn First
                New-DagNode Later { } -DependsOn Slow
            )
            $nodes | Invoke-Dag -RunVariable run | ForEach-Object {
                if ($_.Name -eq 'First') {
                    while (-not ($drawing = ($run | Show-Dag) -join "`n").Contains('►')) { }
                    $drawing
                    [System.IO.File]::WriteAllText($gate, '')
                }
            }
            """,
            ("gate", Path.Combine(_temp.Root, "gate")));

        string drawing = result.Text[0];
        Assert.Contains("✓ First", drawing, StringComparison.Ordinal);
        Assert.Contains("► Slow", drawing, StringComparison.Ordinal);
        Assert.Contains("· Later", drawing, StringComparison.Ordinal);
    }
}

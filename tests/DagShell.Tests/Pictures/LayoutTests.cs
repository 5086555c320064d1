namespace DagShell.Tests.Pictures;

/// <summary>What the layered layout promises, seen in the SVG that it ends up in.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly ShellSession _shell = new();
    private readonly TempFolder _temp = new();

    public void Dispose()
    {
        _shell.Dispose();
        _temp.Dispose();
    }

    [Theory]
    [InlineData(1, 5, 2)]
    [InlineData(2, 40, 2)]
    [InlineData(3, 40, 4)]
    [InlineData(4, 150, 3)]
    [InlineData(5, 300, 2)]
    public void No_two_nodes_overlap_and_no_edge_runs_through_a_node_that_it_has_nothing_to_do_with(int seed, int count, int dependencies)
    {
        SvgPicture picture = Draw(Samples.Random(seed, count, dependencies).Script);

        Assert.Equal(count, picture.Nodes.Count);
        for (int one = 0; one < count; one++)
        {
            var box = picture.Boxes[one];
            Assert.True(box.Left >= 0 && box.Top >= 0 && box.Right <= picture.Width && box.Bottom <= picture.Height);
            for (int other = one + 1; other < count; other++)
            {
                Assert.False(Overlap(box, picture.Boxes[other]), $"{one} and {other} overlap.");
            }
        }

        foreach (var (from, to, points) in picture.Edges)
        {
            for (int node = 0; node < count; node++)
            {
                Assert.False(
                    node != from && node != to && points.Any(point => IsInside(point, picture.Boxes[node])),
                    $"The edge from {from} to {to} runs through {node}.");
            }
        }
    }

    [Fact]
    public void Edges_begin_and_end_at_their_nodes()
    {
        var (script, edges) = Samples.Random(9, 60);
        SvgPicture picture = Draw(script);

        Assert.Equal(edges.Count, picture.Edges.Count);
        foreach (var (from, to, points) in picture.Edges)
        {
            Assert.True(IsAt(points[0], picture.Boxes[from]), $"The edge from {from} to {to} does not begin there.");
            Assert.True(IsAt(points[^1], picture.Boxes[to]), $"The edge from {from} to {to} does not end there.");
        }
    }

    [Fact]
    public void The_edges_of_a_tree_do_not_cross()
    {
        // Each node depends on one other; defined in an order that has nothing to do with the tree.
        string script = string.Join('\n', Enumerable.Range(0, 60).OrderBy(node => node * 37 % 61).Select(node =>
            node == 0 ? "New-DagNode n0 { }" : $"New-DagNode n{node} {{ }} -DependsOn n{(node - 1) / 3}"));
        SvgPicture picture = Draw(script);

        Assert.Equal(0, Crossings(picture));
    }

    [Fact]
    public void A_chain_is_straight_also_beside_others()
    {
        SvgPicture picture = Draw("""
            New-DagNode Start { }
            foreach ($lane in 1..4) {
                New-DagNode "Stop $lane" { } -DependsOn Start
                New-DagNode "Bring up to date $lane" { } -DependsOn "Stop $lane"
                New-DagNode "Start $lane" { } -DependsOn "Bring up to date $lane"
            }
            New-DagNode End { } -DependsOn (1..4 | ForEach-Object { "Start $_" })
            """);

        foreach (var (from, to, points) in picture.Edges.Where(edge => edge.From > 0 && edge.To < 13))
        {
            Assert.True(Spread(points) < 1, $"The edge from {from} to {to} is not straight.");
        }

        // Across the direction of the picture, whichever that is.
        static double Spread(IReadOnlyList<(double X, double Y)> points) =>
            Math.Min(points.Max(point => point.X) - points.Min(point => point.X),
                points.Max(point => point.Y) - points.Min(point => point.Y));
    }

    [Fact]
    public void A_star_that_is_wider_than_a_screen_is_laid_on_its_side()
    {
        SvgPicture picture = Draw("New-DagNode hub { }; 1..100 | ForEach-Object { New-DagNode \"leaf number $_\" { } -DependsOn hub }");

        Assert.True(picture.Height > picture.Width);
    }

    [Fact]
    public void Thousands_of_nodes_are_laid_out_in_seconds()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        SvgPicture picture = Draw(Samples.Random(11, 3_000).Script);

        Assert.Equal(3_000, picture.Nodes.Count);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    private static bool Overlap(
        (double Left, double Top, double Right, double Bottom) one, (double Left, double Top, double Right, double Bottom) other) =>
        one.Left < other.Right && other.Left < one.Right && one.Top < other.Bottom && other.Top < one.Bottom;

    private static bool IsInside((double X, double Y) point, (double Left, double Top, double Right, double Bottom) box) =>
        point.X > box.Left && point.X < box.Right && point.Y > box.Top && point.Y < box.Bottom;

    /// <summary>Whether a point is on the border of a box, give or take the head of an arrow.</summary>
    private static bool IsAt((double X, double Y) point, (double Left, double Top, double Right, double Bottom) box) =>
        point.X >= box.Left - 7 && point.X <= box.Right + 7 && point.Y >= box.Top - 7 && point.Y <= box.Bottom + 7 && !IsInside(point, box);

    private static int Crossings(SvgPicture picture)
    {
        int crossings = 0;
        for (int one = 0; one < picture.Edges.Count; one++)
        {
            for (int other = one + 1; other < picture.Edges.Count; other++)
            {
                var (a, b) = (picture.Edges[one], picture.Edges[other]);
                bool areApart = a.From != b.From && a.To != b.To && a.From != b.To && a.To != b.From;
                crossings += areApart && Cross(a.Points[0], a.Points[^1], b.Points[0], b.Points[^1]) ? 1 : 0;
            }
        }

        return crossings;
    }

    private static bool Cross((double X, double Y) a, (double X, double Y) b, (double X, double Y) c, (double X, double Y) d)
    {
        return Side(a, b, c) * Side(a, b, d) < 0 && Side(c, d, a) * Side(c, d, b) < 0;

        static double Side((double X, double Y) from, (double X, double Y) to, (double X, double Y) point) =>
            ((to.X - from.X) * (point.Y - from.Y)) - ((to.Y - from.Y) * (point.X - from.X));
    }

    private SvgPicture Draw(string script)
    {
        ShellResult result = _shell.Run($"@({script}) | Export-Dag $path -Force", ("path", _temp["graph.svg"]));
        Assert.Null(result.Thrown);
        return SvgPicture.Load(_temp["graph.svg"]);
    }
}

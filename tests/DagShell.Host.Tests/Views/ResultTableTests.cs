using System.Management.Automation;
using DagShell.Host.Views;
using Spectre.Console.Testing;

namespace DagShell.Host.Tests.Views;

public sealed class ResultTableTests
{
    private static readonly NodeResult Good = new("Extract", "Succeeded", 1, TimeSpan.FromSeconds(1.2), "3 rows");
    private static readonly NodeResult Bad =
        new("Load", "Failed", 3, TimeSpan.FromMilliseconds(40), "no answer from a host with a rather long name");

    private static readonly NodeResult Idle = new("Report", "Skipped", 0, TimeSpan.Zero, "dependency 'Load' failed");

    [Fact]
    public void A_line_for_each_node_and_the_counts()
    {
        string[] lines = Lines([Good, Bad, Idle], width: 80, plain: true);
        Assert.Equal("| Name    | Status    | Attempts | Duration | Result                       |", lines[1]);
        Assert.Equal("| Extract | Succeeded |        1 |    1.2 s | 3 rows                       |", lines[3]);
        Assert.Equal("| Load    | Failed    |        3 |    40 ms | no answer from a host with … |", lines[4]);
        Assert.Equal("| Report  | Skipped   |        0 |          | dependency 'Load' failed     |", lines[5]);
        Assert.Equal("1 succeeded, 1 failed, 1 skipped", lines[^1]);
    }

    [Fact]
    public void Statuses_have_colours_on_a_terminal()
    {
        using TestConsole console = new() { EmitAnsiSequences = true };
        console.Write(ResultTable.Of([Good, Bad], 80, plain: false));
        Assert.Contains("\e[38;5;2mSucceeded", console.Output, StringComparison.Ordinal);
        Assert.Contains("\e[38;5;9mFailed", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_very_many_nodes_those_that_went_well_are_left_out()
    {
        string[] lines = Lines([.. Enumerable.Range(0, 1000).Select(i => Good with { Name = $"N{i}" }), Bad], width: 80, plain: true);
        Assert.StartsWith("| Load", lines[3], StringComparison.Ordinal);
        Assert.Equal("1,000 succeeded, 1 failed (801 not shown)", lines[^1]);
        Assert.Equal(205, lines.Length);
    }

    [Fact]
    public void A_result_is_read_by_its_properties()
    {
        PSObject result = new();
        result.Properties.Add(new PSNoteProperty("Name", "A"));
        result.Properties.Add(new PSNoteProperty("Status", "Succeeded"));
        result.Properties.Add(new PSNoteProperty("Attempts", 2));
        result.Properties.Add(new PSNoteProperty("Duration", TimeSpan.FromSeconds(2)));
        result.Properties.Add(new PSNoteProperty("Output", new object?[] { 1, "two\nlines", null, 4 }));
        Assert.Equal(
            new NodeResult("A", "Succeeded", 2, TimeSpan.FromSeconds(2), "1, two lines, , … (4 objects)"),
            NodeResult.From(result));
    }

    private static string[] Lines(NodeResult[] results, int width, bool plain)
    {
        using TestConsole console = new();
        console.Profile.Width = width;
        console.Write(ResultTable.Of(results, width, plain));
        return [.. console.Lines.Select(line => line.TrimEnd())];
    }
}

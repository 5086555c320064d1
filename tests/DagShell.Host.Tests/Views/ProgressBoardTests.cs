using System.Management.Automation;
using DagShell.Host.Views;
using Microsoft.Extensions.Time.Testing;

namespace DagShell.Host.Tests.Views;

public sealed class ProgressBoardTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ProgressBoard _board;

    public ProgressBoardTests() => _board = new(_clock);

    [Fact]
    public void Activities_stand_under_their_parents()
    {
        Update(1, "Run", -1);
        Update(2, "Other", -1);
        Update(3, "Node", 1);
        Update(4, "Copying", 3);
        Assert.Equal([(0, "Run"), (1, "Node"), (2, "Copying"), (0, "Other")], _board.Rows().Select(row => (row.Depth, row.Activity)));
    }

    [Fact]
    public void A_completed_activity_is_gone_with_all_under_it()
    {
        Update(1, "Run", -1);
        Update(3, "Node", 1);
        Update(4, "Copying", 3);
        _board.Update(0, new ProgressRecord(1, "Run", " ") { RecordType = ProgressRecordType.Completed });
        Assert.Empty(_board.Rows());
    }

    [Fact]
    public void Time_counts_from_the_first_record_of_an_activity()
    {
        Update(1, "A", -1);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Update(1, "A", -1);
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.Single(_board.Rows()).Elapsed);

        // Another node in the same slot.
        Update(1, "B", -1);
        Assert.Equal(TimeSpan.Zero, Assert.Single(_board.Rows()).Elapsed);
    }

    [Fact]
    public void Ids_of_different_sources_are_different_activities()
    {
        _board.Update(1, new ProgressRecord(0, "A", "x"));
        _board.Update(2, new ProgressRecord(0, "B", "x"));
        Assert.Equal(2, _board.Rows().Count);
    }

    [Fact]
    public void Activities_that_are_each_others_parents_do_no_harm()
    {
        Update(1, "A", 2);
        Update(2, "B", 1);
        Assert.Empty(_board.Rows());
        _board.Update(0, new ProgressRecord(1, "A", " ") { RecordType = ProgressRecordType.Completed });
        Assert.Empty(_board.Rows());
    }

    [Fact]
    public void Texts_are_one_line()
    {
        _board.Update(0, new ProgressRecord(1, "two\nlines", "\e[31mred\e[0m\t!"));
        ProgressRow row = Assert.Single(_board.Rows());
        Assert.Equal(("two lines", "red !"), (row.Activity, row.Status));
    }

    private void Update(int id, string activity, int parent) =>
        _board.Update(0, new ProgressRecord(id, activity, "status") { ParentActivityId = parent });
}

using System.Management.Automation;
using System.Text.RegularExpressions;
using DagShell.Host.Views;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console.Testing;

namespace DagShell.Host.Tests.Views;

public sealed class RunViewTests : IDisposable
{
    private readonly TestConsole _console = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly ConsoleOutput _output;
    private readonly ProgressBoard _board;

    public RunViewTests()
    {
        _output = new(_console);
        _board = new(_clock);
    }

    public void Dispose() => _console.Dispose();

    [Fact]
    public void The_live_view_has_a_line_for_the_run_and_one_for_each_running_node()
    {
        _board.Update(0, new ProgressRecord(1, "Run", "1 of 4 done, 2 running") { PercentComplete = 25, SecondsRemaining = 90 });
        _board.Update(0, new ProgressRecord(2, "Extract", "attempt 2") { ParentActivityId = 1 });
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        _board.Update(0, new ProgressRecord(3, "Load", "attempt 1") { ParentActivityId = 1 });
        new LiveView(_output, _board, _clock).Draw();
        Assert.Equal(
            [
                "Run              1.5 s   25%  1 of 4 done, 2 running  1 min 30 s left",
                "  Extract        1.5 s  attempt 2",
                "  Load           0.0 s  attempt 1",
            ],
            _console.Lines.Select(WithoutSpinner));
    }

    [Fact]
    public void The_live_view_says_how_many_did_not_fit()
    {
        _console.Profile.Height = 6;
        for (int i = 0; i < 9; i++)
        {
            _board.Update(0, new ProgressRecord(i, $"A{i}", "x"));
        }

        new LiveView(_output, _board, _clock).Draw();
        Assert.Equal(5, _console.Lines.Count);
        Assert.Equal("  and 5 more", _console.Lines[4]);
    }

    [Fact]
    public void The_live_view_leaves_nothing_behind_when_the_run_is_over()
    {
        _console.EmitAnsiSequences = true;
        _board.Update(0, new ProgressRecord(1, "Run", "x"));
        LiveView view = new(_output, _board, _clock);
        view.Draw();
        view.Follow(Task.CompletedTask);
        Assert.EndsWith("\e[J\e[?25h", _console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plain_view_has_a_line_for_each_node_as_it_ends()
    {
        PlainView view = new(_output, _board, _clock);
        view.Finished(new("A", "Succeeded", 1, TimeSpan.FromSeconds(2), "output"));
        view.Finished(new("B", "Failed", 3, TimeSpan.FromSeconds(75), "no answer"));
        view.Finished(new("C", "Skipped", 0, TimeSpan.Zero, "dependency 'B' failed"));
        Assert.Equal(
            ["Succeeded A (2.0 s)", "Failed    B (1 min 15 s, 3 attempts): no answer", "Skipped   C: dependency 'B' failed"],
            _console.Lines);
    }

    [Fact]
    public void The_plain_view_tells_progress_when_it_changed_and_some_time_has_passed()
    {
        PlainView view = new(_output, _board, _clock);
        Tell("1 of 9");
        Tell("2 of 9");
        _clock.Advance(TimeSpan.FromSeconds(6));
        Tell("2 of 9");
        Tell("3 of 9");
        _clock.Advance(TimeSpan.FromSeconds(6));
        Tell("2 of 9");
        Assert.Equal(["Run: 1 of 9", "Run: 2 of 9"], _console.Lines);
        Tell("4 of 9");
        Assert.Equal("Run: 4 of 9", _console.Lines[^1]);

        void Tell(string status)
        {
            _board.Update(0, new ProgressRecord(1, "Run", status));
            _board.Update(0, new ProgressRecord(2, "Node", "under it") { ParentActivityId = 1 });
            view.Progressed();
        }
    }

    private static string WithoutSpinner(string line) => Regex.Replace(line, "[\u2800-\u28FF] ", "");
}

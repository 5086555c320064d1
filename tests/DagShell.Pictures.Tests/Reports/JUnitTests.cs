using System.Xml.Linq;
using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Pictures.Reports;
using DagShell.Pictures.Tests.Samples;
using static DagShell.Pictures.Tests.Samples.RunBuilder;

namespace DagShell.Pictures.Tests.Reports;

/// <summary>JUnit's XML of a run: what CI systems read out of it.</summary>
public sealed class JUnitTests
{
    [Fact]
    public void Every_way_in_which_a_node_may_stand_has_its_elements_and_is_counted_once()
    {
        RunBuilder run = new() { Status = RunStatus.Interrupted };
        run.Good("Good", 0, 1.5);
        run.Add(
            new Node("Flaky"), NodeState.Succeeded, 0, 5,
            [
                Failed(1, 0, "not yet"), Failed(2, 2, "still not"), Attempt(3, 4, 1, AttemptOutcomeKind.Succeeded),
            ],
            default);
        run.Add(
            new Node("Polled"), NodeState.Succeeded, 0, 3,
            [
                Failed(1, 0, "does not hold") with { FailureKind = FailureKind.PreconditionNotMet },
                Attempt(1, 2, 1, AttemptOutcomeKind.Succeeded),
            ],
            default);
        run.Add(
            new Node("Restored"), NodeState.Succeeded, null, 0, [],
            new NodeEnding("done in an earlier run", null, null) { IsRestored = true });
        run.Add(
            new Node("Bad"), NodeState.Failed, 0, 4,
            [Failed(1, 0, "first"), Failed(2, 3, "<last>") with { FailureKind = FailureKind.AttemptTimedOut }],
            new NodeEnding("<last>", "/srv/x.ps1:7", "at Stop-It") { Log = ["12:00:00  one", "12:00:01  two"] });
        run.Add(
            new Node("Tolerated") { ContinueOnError = true }, NodeState.Failed, 0, 1, [Failed(1, 0, "no matter")],
            new NodeEnding("no matter", null, null));
        run.Bad("Stood for", 0, 1, new NodeEnding("primary", null, null));
        run.Add(
            new Node("Stand-in") { FallbackFor = "Stood for" }, NodeState.Succeeded, 1, 2,
            [Attempt(1, 1, 1, AttemptOutcomeKind.Succeeded)], default);
        run.Bad("Lost", 0, 1, new NodeEnding("lost", null, null));
        run.Add(
            new Node("Lost too") { FallbackFor = "Lost" }, NodeState.Failed, 1, 2, [Failed(1, 1, "lost too")],
            new NodeEnding("lost too", null, null));
        run.Skipped("Skipped", "Bad");
        run.Add(
            new Node("Cancelled"), NodeState.Cancelled, 1, 2, [Attempt(1, 1, 1, AttemptOutcomeKind.Stopped)],
            new NodeEnding("it was at line 3", null, null, "the run's timeout"));
        run.Add(new Node("Running"), NodeState.Running, 4, null, [Attempt(1, 4, null, null)], new NodeEnding("was running", null, null));
        run.Add(new Node("Waiting"), NodeState.Waiting, 0, null, [Failed(1, 0, "not yet")], new NodeEnding("not yet", null, null));
        run.Add(new Node("Pending"), NodeState.Pending, null, null, [], default);

        using MemoryStream stream = new();
        RunReportFile.Write(run.Build(), DagReportFormat.JUnit, stream);
        XElement suites = XDocument.Parse(System.Text.Encoding.UTF8.GetString(stream.ToArray())).Root!;

        XElement suite = Assert.Single(suites.Elements());
        Assert.All([suites, suite], counted => Assert.Equal(
            "Nightly, 15 tests, 3 failures, 2 errors, 5 skipped, in 5",
            $"{Of(counted, "name")}, {Of(counted, "tests")} tests, {Of(counted, "failures")} failures, {Of(counted, "errors")} errors, "
                + $"{Of(counted, "skipped")} skipped, in {Of(counted, "time")}"));
        Assert.Equal(
            [
                "Good 1.5",
                "Flaky 5 flakyFailure(attempt 1: not yet|Error) flakyFailure(attempt 2: still not|Error)",
                "Polled 3",
                "Restored 0 system-out()=done in an earlier run",
                "Bad 4 failure(<last>|AttemptTimedOut)=<last>;/srv/x.ps1:7;at Stop-It rerunFailure(attempt 1: first|Error) "
                    + "system-out()=12:00:00  one;12:00:01  two",
                "Tolerated 1 skipped(no matter|)",
                "Stood for 1 skipped(primary|)",
                "Stand-in 1",
                "Lost 1 failure(lost|Error)=lost",
                "Lost too 1 failure(lost too|Error)=lost too",
                "Skipped 0 skipped(dependency 'Bad' failed|)",
                "Cancelled 1 skipped(the run's timeout|)",
                "Running 1 error(was running|Running)=was running",
                "Waiting 5 error(not yet|Error)=not yet",
                "Pending 0 skipped(Pending|)",
            ],
            suite.Elements("testcase").Select(Describe));
    }

    private static string Describe(XElement test) =>
        string.Join(' ', test.Elements().Select(DescribeEnd).Prepend($"{Of(test, "name")} {Of(test, "time")}"));

    private static string DescribeEnd(XElement end)
    {
        string facts = end.Name == "system-out" ? string.Empty : $"{Of(end, "message")}|{Of(end, "type")}";

        // An attempt's text is its message once more.
        bool isAttempt = end.Name.LocalName.EndsWith("Failure", StringComparison.Ordinal);
        return $"{end.Name}({facts}){(isAttempt || end.Value.Length == 0 ? string.Empty : "=" + end.Value)}".Replace('\n', ';');
    }

    private static string? Of(XElement element, string attribute) => (string?)element.Attribute(attribute);

    private static AttemptRecord Failed(int number, double start, string message) =>
        Attempt(number, start, 1, AttemptOutcomeKind.Failed, message);
}

using System.Globalization;
using System.Text;
using System.Xml;
using DagShell.Engine.Analysis;
using DagShell.Engine.Running;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Reports;

/// <summary>
/// Writes a run as JUnit's XML, as CI systems show test results: a node is a test case. A failure that the run goes on after, because it
/// may be or a fallback stands for it, is no failure there, and neither is what was cancelled: those are skipped.
/// </summary>
internal sealed class RunJUnitWriter
{
    private readonly RunSnapshot _run;
    private readonly XmlWriter _xml;
    private readonly string _suite;

    private RunJUnitWriter(RunSnapshot run, XmlWriter xml)
    {
        _run = run;
        _xml = xml;
        _suite = MarkupText.Clean(run.Name ?? "dag");
    }

    private RunHistory History => _run.History;

    /// <summary>Writes the run.</summary>
    public static void Write(RunSnapshot run, Stream stream)
    {
        XmlWriterSettings settings = new()
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Indent = true,
            NewLineChars = "\n",
            CloseOutput = false,
        };
        using var xml = XmlWriter.Create(stream, settings);
        new RunJUnitWriter(run, xml).Write();
    }

    private void Write()
    {
        Verdict[] verdicts = [.. Enumerable.Range(0, History.Nodes.Count).Select(VerdictOf)];
        _xml.WriteStartDocument();
        _xml.WriteStartElement("testsuites");
        WriteCounts(verdicts);
        _xml.WriteStartElement("testsuite");
        WriteCounts(verdicts);
        _xml.WriteAttributeString("timestamp", History.StartTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        _xml.WriteStartElement("properties");
        WriteProperty("runId", _run.Id.ToString());
        WriteProperty("status", History.Status.ToString());
        WriteProperty("throttleLimit", History.ThrottleLimit.ToString(CultureInfo.InvariantCulture));
        _xml.WriteEndElement();
        for (int node = 0; node < verdicts.Length; node++)
        {
            WriteCase(node, verdicts[node]);
        }

        _xml.WriteEndElement();
        _xml.WriteEndElement();
        _xml.WriteEndDocument();
    }

    private void WriteCounts(Verdict[] verdicts)
    {
        _xml.WriteAttributeString("name", _suite);
        WriteNumber("tests", verdicts.Length);
        WriteNumber("failures", verdicts.Count(verdict => verdict == Verdict.Failed));
        WriteNumber("errors", verdicts.Count(verdict => verdict == Verdict.Broken));
        WriteNumber("skipped", verdicts.Count(verdict => verdict == Verdict.Skipped));
        _xml.WriteAttributeString("time", Seconds(History.EndTime - History.StartTime));
    }

    private void WriteCase(int node, Verdict verdict)
    {
        NodeHistory of = History.Nodes[node];
        NodeEnding ending = _run.Endings[node];
        _xml.WriteStartElement("testcase");
        _xml.WriteAttributeString("name", MarkupText.Clean(History.Graph[node].Name));
        _xml.WriteAttributeString("classname", _suite);
        _xml.WriteAttributeString("time", Seconds(of.StartTime is null ? TimeSpan.Zero : History.DurationOf(node)));
        switch (verdict)
        {
            case Verdict.Failed or Verdict.Broken:
                string details = string.Join('\n', new[] { ending.Message, ending.Position, ending.Stack }.OfType<string>());
                string kind = of.Attempts is [.., { FailureKind: { } failure }] ? failure.ToString() : of.State.ToString();
                WriteEnd(verdict == Verdict.Failed ? "failure" : "error", ending.Message ?? of.State.ToString(), kind, details);
                break;
            case Verdict.Skipped:
                WriteEnd("skipped", ending.CancelReason ?? ending.Message ?? of.State.ToString(), null, null);
                break;
        }

        foreach (AttemptRecord attempt in of.Attempts.Where(attempt => attempt is { IsPoll: false, Outcome: AttemptOutcomeKind.Failed }))
        {
            // The last one of a node that failed is the failure itself.
            if (attempt != of.Attempts[^1] || of.State == NodeState.Succeeded)
            {
                string message = $"attempt {attempt.Number}: {attempt.Message}";
                WriteEnd(
                    of.State == NodeState.Succeeded ? "flakyFailure" : "rerunFailure", message, attempt.FailureKind?.ToString(), message);
            }
        }

        // Of one that succeeded and was not run, why.
        IEnumerable<string> reason = of.State == NodeState.Succeeded && ending.Message is { } why ? [why] : [];
        string[] said = [.. reason, .. ending.Log ?? []];
        if (said.Length > 0)
        {
            _xml.WriteElementString("system-out", MarkupText.Clean(string.Join('\n', said)));
        }

        _xml.WriteEndElement();
    }

    private void WriteEnd(string element, string message, string? type, string? details)
    {
        _xml.WriteStartElement(element);
        _xml.WriteAttributeString("message", MarkupText.Clean(message));
        if (type is not null)
        {
            _xml.WriteAttributeString("type", type);
        }

        if (details is not null)
        {
            _xml.WriteString(MarkupText.Clean(details));
        }

        _xml.WriteEndElement();
    }

    private void WriteProperty(string name, string value)
    {
        _xml.WriteStartElement("property");
        _xml.WriteAttributeString("name", name);
        _xml.WriteAttributeString("value", value);
        _xml.WriteEndElement();
    }

    private void WriteNumber(string name, int value) =>
        _xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private Verdict VerdictOf(int node) => History.Nodes[node].State switch
    {
        NodeState.Succeeded => Verdict.Well,
        NodeState.Failed when Failures.Counts(History, node) => Verdict.Failed,
        NodeState.Running or NodeState.Waiting => Verdict.Broken,
        _ => Verdict.Skipped,
    };

    private enum Verdict
    {
        Well,
        Failed,
        Skipped,

        /// <summary>It has no end: the run goes on, or was broken off.</summary>
        Broken,
    }
}

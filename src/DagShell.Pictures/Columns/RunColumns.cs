using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Columns;

/// <summary>A run as the columns that its page draws from: a value a node, or an attempt, a wait, an edge.</summary>
internal sealed class RunColumns
{
    /// <summary>The more units a run has, the longer its numbers, and the larger the page.</summary>
    private const long MostUnits = 2_000_000_000;

    /// <summary>What outputs and scripts take together at most, in characters; those of failed nodes go first.</summary>
    private const int MostText = 4_000_000;

    private readonly RunSnapshot _run;
    private readonly ColumnFile _file = new();
    private readonly TextTable _texts = new();
    private readonly TimeUnit _unit;
    private int _textLeft = MostText;

    private RunColumns(RunSnapshot run)
    {
        _run = run;
        _unit = TimeUnit.For(run.History, MostUnits);
    }

    private RunHistory History => _run.History;

    private DagGraph Graph => History.Graph;

    private IEnumerable<int> Nodes => Enumerable.Range(0, Graph.Count);

    /// <summary>Makes the columns of a run.</summary>
    /// <param name="run">The run.</param>
    public static ColumnFile Of(RunSnapshot run)
    {
        RunColumns columns = new(run);
        columns.AddNodes();
        columns.AddAttempts();
        columns.AddWaits();
        columns.AddEdges();
        columns.AddItems();
        columns.AddEndings();
        return columns._file;
    }

    private void AddNodes()
    {
        _file.AddNumbers("unit", [_unit.Ticks]);
        _file.AddLines("name", Nodes.Select(node => Graph[node].Name));
        _file.AddNumbers("state", Nodes.Select(node => (long)History.Nodes[node].State));
        _file.AddNumbers("flags", Nodes.Select(FlagsOf));
        _file.AddDeltas("ready", Nodes.Select(node => _unit.Of(History.Nodes[node].ReadyTime)));
        _file.AddDeltas("start", Nodes.Select(node => _unit.Of(History.Nodes[node].StartTime)));
        _file.AddDeltas("end", Nodes.Select(node => _unit.Of(History.Nodes[node].EndTime)));
    }

    private long FlagsOf(int node)
    {
        NodeHistory of = History.Nodes[node];
        NodeFlags flags = _run.Figures.IsCritical(node) && of.StartTime is not null ? NodeFlags.Critical : NodeFlags.None;
        flags |= Failures.Counts(History, node) ? NodeFlags.CountsAsFailed : NodeFlags.None;
        flags |= _run.Endings[node].IsRestored ? NodeFlags.Restored : NodeFlags.None;
        return (long)flags;
    }

    private void AddAttempts()
    {
        _file.AddNumbers("attempts", Nodes.Select(node => (long)History.Nodes[node].Attempts.Count));
        _file.AddNumbers("attempt.slot", Attempts().Select(attempt => (long)attempt.Of.Slot));
        _file.AddNumbers("attempt.number", Attempts().Select(attempt => (long)attempt.Of.Number));
        _file.AddDeltas("attempt.start", Attempts().Select(attempt => _unit.Of(attempt.Of.StartTime)));
        _file.AddNumbers("attempt.length", Attempts().Select(attempt => _unit.LengthOf(attempt.Of.StartTime, attempt.Of.EndTime)));
        _file.AddNumbers("attempt.kind", Attempts().Select(attempt => (long)AttemptKinds.Of(attempt.Of, attempt.IsLast)));
        _file.AddNumbers("attempt.message", Attempts().Select(attempt => attempt.IsLast ? 0 : _texts.NumberOf(attempt.Of.Message)));
    }

    private IEnumerable<(AttemptRecord Of, bool IsLast)> Attempts()
    {
        foreach (NodeHistory node in History.Nodes)
        {
            for (int i = 0; i < node.Attempts.Count; i++)
            {
                yield return (node.Attempts[i], i + 1 == node.Attempts.Count);
            }
        }
    }

    private void AddWaits()
    {
        _file.AddNumbers("waits", History.Nodes.Select(node => (long)node.Waits.Count));
        _file.AddNumbers("wait.kind", History.Nodes.SelectMany(node => node.Waits).Select(wait => (long)wait.Kind));
        _file.AddDeltas("wait.start", History.Nodes.SelectMany(node => node.Waits).Select(wait => _unit.Of(wait.StartTime)));
        _file.AddNumbers(
            "wait.length", History.Nodes.SelectMany(node => node.Waits).Select(wait => _unit.LengthOf(wait.StartTime, wait.EndTime)));
    }

    private void AddEdges()
    {
        _file.AddNumbers("upstream", Nodes.Select(node => (long)Graph.Upstream(node).Length));
        _file.AddDeltas("upstream.node", Nodes.SelectMany(node => Graph.Upstream(node).ToArray()).Select(node => (long)node));
    }

    /// <summary>
    /// How many items nodes have, when slots did some, and which failed. All of that is bounded: there may be a million items.
    /// </summary>
    private void AddItems()
    {
        if (!History.Nodes.Any(node => node.Items is not null))
        {
            return;
        }

        _file.AddNumbers("items", Nodes.Select(node => (long)(History.Nodes[node].Items?.Total ?? 0)));
        _file.AddNumbers("items.done", Nodes.Select(node => (long)(History.Nodes[node].Items?.Done ?? 0)));
        _file.AddNumbers("items.failed", Nodes.Select(node => (long)(History.Nodes[node].Items?.Failed ?? 0)));
        WorkStretch[] stretches = [.. WorkStretch.Of(History)];
        _file.AddDeltas("stretch.node", stretches.Select(stretch => (long)stretch.Node));
        _file.AddNumbers("stretch.slot", stretches.Select(stretch => (long)stretch.Slot));
        _file.AddDeltas("stretch.start", stretches.Select(stretch => _unit.Of(stretch.StartTime)));
        _file.AddNumbers("stretch.length", stretches.Select(stretch => _unit.LengthOf(stretch.StartTime, stretch.EndTime)));
        _file.AddNumbers(
            "stretch.kind", stretches.Select(stretch => (long)(stretch.HasFailed ? AttemptKind.Failed : AttemptKind.Succeeded)));
        ItemEnding[] failed = [.. Nodes.SelectMany(node => _run.Endings[node].FailedItems ?? [])];
        _file.AddNumbers("failed", Nodes.Select(node => (long)(_run.Endings[node].FailedItems?.Count ?? 0)));
        _file.AddNumbers("failed.name", failed.Select(item => _texts.NumberOf(item.Name)));
        _file.AddNumbers("failed.value", failed.Select(item => _texts.NumberOf(item.Value)));
        _file.AddNumbers("failed.message", failed.Select(item => _texts.NumberOf(item.Message)));
        _file.AddNumbers("failed.position", failed.Select(item => _texts.NumberOf(item.Position)));
        _file.AddNumbers("failed.attempts", failed.Select(item => (long)item.Attempts));
        _file.AddNumbers("failed.length", failed.Select(item => _unit.LengthOf(item.Duration)));
    }

    private void AddEndings()
    {
        AddTexts("message", node => _run.Endings[node].Message);
        AddTexts("position", node => _run.Endings[node].Position);
        AddTexts("source", node => _run.Endings[node].SourceLine);
        AddTexts("stack", node => _run.Endings[node].Stack);
        AddTexts("description", node => Graph[node].Description);
        AddTexts("pool", node => Graph[node].Pool);
        AddTexts("rules", node => string.Join('\n', NodeFacts.Rules(Graph[node], ofRun: true)));
        AddTexts("log", node => _run.Endings[node].Log is { Count: > 0 } log ? string.Join('\n', log) : null);
        long[] scripts = Rationed(node => _run.Endings[node].Script);
        long[] outputs = Rationed(node => _run.Endings[node].Output);
        _file.AddNumbers("script", scripts);
        _file.AddNumbers("output", outputs);
        _file.AddTexts("texts", _texts.Texts);
    }

    private void AddTexts(string name, Func<int, string?> textOf) =>
        _file.AddNumbers(name, Nodes.Select(node => _texts.NumberOf(textOf(node))));

    /// <summary>Texts that help to look into a node, as long as there is room: of the failed ones first.</summary>
    private long[] Rationed(Func<int, string?> textOf)
    {
        long[] numbers = new long[Graph.Count];
        foreach (int node in FailedFirst())
        {
            int count = _texts.Texts.Count;
            string? text = textOf(node);
            if (text is not null && (text.Length <= _textLeft || _texts.Has(text)))
            {
                numbers[node] = _texts.NumberOf(text);
                _textLeft -= _texts.Texts.Count > count ? text.Length : 0;
            }
        }

        return numbers;
    }

    private IEnumerable<int> FailedFirst() => Nodes.Where(node => History.Nodes[node].State == NodeState.Failed)
        .Concat(Nodes.Where(node => History.Nodes[node].State != NodeState.Failed));
}

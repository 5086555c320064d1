using DagShell.Engine.Graph;

namespace DagShell.Engine.Journal;

/// <summary>What a journal says, up to the last line that is whole.</summary>
public sealed class JournalContents
{
    private readonly List<JournalRun> _runs = [];
    private readonly Dictionary<string, TimeSpan> _durations = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, JournalSuccess> _done = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, JournalNode> _nodes = new(StringComparer.OrdinalIgnoreCase);
    private List<JournalRecord> _records = [];

    internal JournalContents()
    {
    }

    /// <summary>The runs in it: the first, and those that resumed it. None, if nothing was written before the process was killed.</summary>
    public IReadOnlyList<JournalRun> Runs => _runs;

    /// <summary>
    /// The nodes that are done, and need not run again as long as their definition is the same and all before them is done.
    /// </summary>
    public IReadOnlyDictionary<string, JournalSuccess> Done => _done;

    /// <summary>How long nodes took when they last succeeded, by name.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Durations => _durations;

    /// <summary>
    /// Whether the last run has ended, and has succeeded, and left no node of its dag aside that is not done: there is nothing to resume.
    /// </summary>
    public bool IsFinished => _runs.Count > 0 && _runs[^1].End?.Status == RunStatus.Succeeded
        && _runs[^1].Header.Nodes.All(node => !node.IsOutside || _done.ContainsKey(node.Name));

    /// <summary>
    /// Whether bytes follow the last whole line: a line that was being written when the process, or the machine, went down.
    /// </summary>
    public bool IsTorn { get; internal set; }

    /// <summary>Where the last whole line ends.</summary>
    internal long Length { get; set; }

    /// <summary>The checksum of all whole lines.</summary>
    internal uint Checksum { get; set; } = LineChecksum.Start;

    /// <summary>Finds what need not run again: what is done, is defined as it was, and has nothing before it that must run again.</summary>
    /// <param name="graph">What is to be run.</param>
    /// <param name="definitions">The definition of each node, by index.</param>
    /// <param name="canRestore">Whether a node can be restored from what it gave back; <see langword="null"/> if all can.</param>
    /// <returns>What these nodes gave back, by index.</returns>
    public IReadOnlyDictionary<int, string> FindDone(
        DagGraph graph, IReadOnlyList<string> definitions, Func<int, string, bool>? canRestore = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(definitions);
        var found = new Dictionary<int, string>();
        foreach (int node in graph.TopologicalOrder)
        {
            bool isUpstreamDone = true;
            foreach (int dependency in graph.Upstream(node))
            {
                isUpstreamDone &= found.ContainsKey(dependency);
            }

            if (isUpstreamDone
                && _done.TryGetValue(graph[node].Name, out JournalSuccess? success)
                && success.Definition == definitions[node]
                && (canRestore is null || canRestore(node, success.Output)))
            {
                found.Add(node, success.Output);
            }
        }

        return found;
    }

    internal void Add(JournalHeader header)
    {
        if (header.IsResumed != _runs.Count > 0)
        {
            throw new FormatException("A run that resumes none, or that follows another without resuming it.");
        }

        var nodes = new Dictionary<string, JournalNode>(header.Nodes.Count, StringComparer.OrdinalIgnoreCase);
        var done = new Dictionary<string, JournalSuccess>(StringComparer.OrdinalIgnoreCase);
        foreach (JournalNode node in header.Nodes)
        {
            nodes[node.Name] = node;
            if (node.IsRestored && _done.TryGetValue(node.Name, out JournalSuccess? success) && success.Definition == node.Definition)
            {
                done[node.Name] = success;
            }

            if (node.EarlierDuration is { } duration)
            {
                _durations[node.Name] = duration;
            }
        }

        // What the run did not take over is no longer done: it may have been at work on it when it was killed.
        _nodes = nodes;
        _done = done;
        _records = [];
        _runs.Add(new JournalRun(header, _records));
    }

    internal void Add(JournalRecord record)
    {
        if (_runs.Count == 0 || _runs[^1].End is not null)
        {
            throw new FormatException("A record outside of a run.");
        }

        if (record.Node is not null && !_nodes.ContainsKey(record.Node))
        {
            throw new FormatException("A record of a node that the run does not have.");
        }

        _records.Add(record);
        if (record.Kind != JournalRecordKind.Succeeded)
        {
            return;
        }

        _durations[record.Node!] = record.Time - (record.StartTime ?? record.Time);
        if (record.Output is not null)
        {
            _done[record.Node!] = new JournalSuccess(_nodes[record.Node!].Definition, record.Output);
        }
    }
}

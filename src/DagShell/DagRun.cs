using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;

namespace DagShell;

/// <summary>A run of a dag as a whole.</summary>
/// <remarks>Written by the thread of Invoke-Dag alone; may be read from any thread while the run goes on.</remarks>
public sealed class DagRun
{
    private readonly object _lock = new();
    private readonly RunOptions _options;
    private readonly OrderedDictionary _nodes = new(StringComparer.OrdinalIgnoreCase);
    private volatile DagGraph? _graph;

    /// <summary>
    /// Of a run that a journal tells of: what it says of it as a whole, and of the nodes, which is read when it is asked for.
    /// </summary>
    private readonly JournalOutline? _outline;
    private readonly Lazy<JournalReplay>? _replay;
    private volatile RunStatusBox _status = new(RunStatus.Running, null);

    /// <summary>What knows of the nodes that have no result yet; none when all have one.</summary>
    private volatile Scheduler? _scheduler;

    internal DagRun(Dag dag, DagPlan plan, RunOptions options, DateTime startTime)
    {
        Name = dag.Name;
        Description = dag.Description;
        _graph = plan.Graph;
        _options = options;
        StartTime = startTime;
    }

    /// <summary>A run that a journal tells of.</summary>
    /// <param name="outline">What the journal says of it as a whole.</param>
    /// <param name="path">The journal.</param>
    /// <param name="goesOn">Whether the journal is still written to.</param>
    /// <param name="replay">Reads what it says of the nodes, when somebody asks.</param>
    internal DagRun(JournalOutline outline, string path, bool goesOn, Func<JournalReplay> replay)
    {
        Name = outline.Header.DagName;
        Description = outline.Header.Description;
        Path = path;
        _outline = outline;
        _replay = new Lazy<JournalReplay>(replay);
        _options = new RunOptions { RunId = outline.Header.RunId, ThrottleLimit = Math.Max(1, outline.Header.ThrottleLimit) };
        StartTime = outline.Header.StartTime.LocalDateTime;
        RunStatus status = outline.Status ?? (goesOn ? RunStatus.Running : RunStatus.Interrupted);
        _status = new RunStatusBox(status, status == RunStatus.Running ? null : outline.LastTime.LocalDateTime);
    }

    /// <summary>The run's id, new for each run.</summary>
    public Guid Id => _options.RunId;

    /// <summary>The dag's name, if it has one.</summary>
    public string? Name { get; }

    /// <summary>How the run stands or ended.</summary>
    public RunStatus Status => _status.Status;

    /// <summary>When it started, local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>When it ended, local time; null while it goes on.</summary>
    public DateTime? EndTime => _status.EndTime;

    /// <summary>How long it took, or goes on already.</summary>
    public TimeSpan Duration => (EndTime ?? DateTime.Now) - StartTime;

    /// <summary>How many nodes it has.</summary>
    public int NodeCount => _outline?.NodeCount ?? Graph.Count;

    /// <summary>How many nodes have a result.</summary>
    public int EndedCount
    {
        get
        {
            lock (_lock)
            {
                return _outline?.EndedCount ?? _nodes.Count;
            }
        }
    }

    /// <summary>Its journal, if it keeps one or was read from it.</summary>
    public string? Path { get; internal init; }

    /// <summary>The earlier runs that it goes on with, which its journal has too, the newest first; none if it started anew.</summary>
    public EarlierRun[] ResumedFrom { get; internal init; } = [];

    /// <summary>The names of the nodes that failed.</summary>
    public string[] FailedNodes
    {
        get
        {
            if (_outline is not null)
            {
                return [.. _outline.FailedNodes];
            }

            lock (_lock)
            {
                return [.. _nodes.Values.Cast<DagNodeResult>().Where(node => node.Status == NodeState.Failed).Select(node => node.Name)];
            }
        }
    }

    /// <summary>
    /// The names of the nodes that run, or wait between two attempts or for a precondition; of a run that was interrupted, those that did
    /// then. None when the run has ended.
    /// </summary>
    public string[] RunningNodes
    {
        get
        {
            if (Status is not (RunStatus.Running or RunStatus.Interrupted))
            {
                return [];
            }

            RunHistory history = Replay?.History ?? ToHistory();
            return [.. Enumerable.Range(0, history.Nodes.Count)
                .Where(node => history.Nodes[node].State is NodeState.Running or NodeState.Waiting)
                .Select(node => history.Graph[node].Name)];
        }
    }

    /// <summary>Its duration as tables show it.</summary>
    [Hidden]
    public string DurationText => DagShell.DurationText.Of(Duration);

    /// <summary>
    /// The results by node name, in the order in which the nodes finished; while the run goes on, of those that have. A copy.
    /// </summary>
    public IDictionary Nodes
    {
        get
        {
            lock (_lock)
            {
                AddRecorded();
                var copy = new OrderedDictionary(_nodes.Count, StringComparer.OrdinalIgnoreCase);
                foreach (DictionaryEntry entry in _nodes)
                {
                    copy.Add(entry.Key, entry.Value);
                }

                return copy;
            }
        }
    }

    /// <summary>What the dag is for, in the user's words.</summary>
    internal string? Description { get; }

    /// <summary>How many columns of a table the longest name takes, of so many nodes as were looked at.</summary>
    internal int NameWidth { get; set; }

    /// <summary>Of how many nodes the names were looked at for that.</summary>
    internal int NamesMeasured { get; set; }

    /// <summary>The line that goes on with the run, if it keeps a journal.</summary>
    internal string? ResumeCommand { get; init; }

    /// <summary>What is run.</summary>
    internal DagGraph Graph => _scheduler?.Graph ?? _graph ?? Replay!.History.Graph;

    /// <summary>What its journal says, of a run that was read from it; null for one of this session.</summary>
    internal JournalReplay? Replay => _replay?.Value;

    /// <summary>Whether a node of it has failed, of a run of this session. For its own thread.</summary>
    internal bool HasFailedNode { get; private set; }

    /// <summary>Takes secrets out of a text that is to be shown.</summary>
    internal Func<string?, string?> WithoutSecrets { get; init; } = static text => text;

    /// <summary>Finds what a node said.</summary>
    internal Func<int, DagLogLine[]> LogOf { get; init; } = static _ => [];

    /// <summary>The most attempts that run at once.</summary>
    internal int ThrottleLimit => _options.Width;

    /// <inheritdoc/>
    public override string ToString() => $"{Name ?? "run"} {Id}: {Status}";

    /// <summary>Sets what is asked how the nodes stand while the run goes on.</summary>
    internal void Follow(Scheduler scheduler) => _scheduler = scheduler;

    /// <summary>How the run was, or how it stands now.</summary>
    internal RunHistory ToHistory()
    {
        RunStatusBox status = _status;
        NodeHistory[]? known = _scheduler?.Histories();

        // Dags that came at the turn of their nodes stand behind all others; here they come where they belong.
        DagGraph graph = Graph.InOrder(out IReadOnlyList<int> order);
        var nodes = new NodeHistory[order.Count];
        lock (_lock)
        {
            for (int place = 0; place < nodes.Length; place++)
            {
                nodes[place] = ((DagNodeResult?)_nodes[graph[place].Name])?.ToHistory()
                    ?? (known is not null && order[place] < known.Length
                        ? known[order[place]]
                        : new NodeHistory(NodeState.Pending, null, null, []));
            }
        }

        return new RunHistory
        {
            Graph = graph,
            ThrottleLimit = ThrottleLimit,
            Status = status.Status,
            StartTime = StartTime,
            EndTime = status.EndTime ?? DateTime.Now,
            Nodes = nodes,
        };
    }

    /// <summary>The result of a node, if it has one.</summary>
    internal DagNodeResult? ResultOf(string node)
    {
        lock (_lock)
        {
            return (DagNodeResult?)_nodes[node];
        }
    }

    internal void Add(DagNodeResult result)
    {
        lock (_lock)
        {
            _nodes[result.Name] = result;
            HasFailedNode |= result.Status == NodeState.Failed;
        }
    }

    internal void End(RunStatus status, DateTime endTime)
    {
        _status = new RunStatusBox(status, endTime);

        // A run that was stopped has nodes whose results nobody waited for.
        lock (_lock)
        {
            if (_scheduler is { } scheduler && _nodes.Count == NodeCount)
            {
                _graph = scheduler.Graph;
                _scheduler = null;
            }
        }
    }

    /// <summary>The results of a run that a journal tells of are made when somebody looks at them.</summary>
    private void AddRecorded()
    {
        if (_replay is null || _nodes.Count > 0)
        {
            return;
        }

        foreach (NodeResult result in Replay!.Results())
        {
            int standIn = result.State == NodeState.Failed ? Replay.History.StandInFor(result.Index) : -1;
            _nodes[result.Node.Name] = new DagNodeResult(result, this)
            {
                Fallback = standIn < 0 ? null : Replay.History.Graph[standIn].Name,
            };
        }
    }

    /// <summary>Status and end together, so that no reader sees one without the other.</summary>
    private sealed record RunStatusBox(RunStatus Status, DateTime? EndTime);
}

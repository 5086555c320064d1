using DagShell.Engine.Graph;

namespace DagShell.Engine.Journal;

/// <summary>What a journal says, up to the last line that is whole.</summary>
public sealed class JournalContents
{
    private readonly List<JournalRun> _runs = [];
    private Dictionary<string, TimeSpan> _durations = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, JournalSuccess> _done = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, RecordedItems> _items = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, JournalNode> _nodes = new(StringComparer.OrdinalIgnoreCase);
    private List<JournalRecord> _records = [];
    private Dictionary<string, string> _restoredOutputs = [];

    /// <summary>
    /// What is known of nodes whose dags came at the turn of a node around them, in a run before the last, as long as the last has not come
    /// there.
    /// </summary>
    private EarlierDags _earlier = new();

    /// <summary>Nodes of the last run whose dags are still to come, and the names under which that run finds what is done inside.</summary>
    private readonly Dictionary<string, string> _movedFrom = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The dags of items, by the node that they are for; made when somebody looks for some, after all was added.</summary>
    private ILookup<string, (string Name, string Value)>? _dagsOfItems;

    private Dictionary<string, string> _lastDefinitions = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The nodes that failed, with their definition, and the clean-up of others that has run, or had begun to.</summary>
    private Dictionary<string, (string Definition, RunOrigin? Origin)> _failed = new(StringComparer.OrdinalIgnoreCase);
    private HashSet<string> _cleanedUp = new(StringComparer.OrdinalIgnoreCase);

    private readonly bool _keepsRecords;

    /// <param name="keepsRecords">Whether anybody will look at the records of the runs, but for how they ended.</param>
    internal JournalContents(bool keepsRecords = true) => _keepsRecords = keepsRecords;

    /// <summary>The runs in it: the first, and those that resumed it. None, if nothing was written before the process was killed.</summary>
    public IReadOnlyList<JournalRun> Runs => _runs;

    /// <summary>
    /// The nodes that are done, and need not run again as long as their definition is the same and all before them is done.
    /// </summary>
    public IReadOnlyDictionary<string, JournalSuccess> Done => _done;

    /// <summary>
    /// The items of a node that are done, also where the node is not. They need not be done again as long as
    /// <see cref="ItemDefinitionOf"/> is the same and all before the node is done. The same value as often as it was done.
    /// </summary>
    /// <param name="node">A node's name; that which it had in the run before, if its dag came at the turn of the node around it.</param>
    /// <returns>The items, in the order in which they were done.</returns>
    public IReadOnlyList<JournalItem> ItemsOf(string node) => DoneItemsOf(node)?.Done ?? [];

    /// <summary>What stood for what a node does with an item, when that was last known.</summary>
    /// <inheritdoc cref="ItemsOf" path="/param"/>
    /// <returns><see langword="null"/> if there is no such node, or it had no items.</returns>
    public string? ItemDefinitionOf(string node) =>
        (_nodes.GetValueOrDefault(node) ?? _earlier.Nodes.GetValueOrDefault(node))?.ItemDefinition;

    /// <summary>
    /// How each node was defined when it last succeeded, in whichever run; of nodes with output files also in runs of other journals, as
    /// far as these knew it.
    /// </summary>
    public IReadOnlyDictionary<string, string> LastDefinitions => _lastDefinitions;

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

    /// <summary>
    /// Finds what need not run again: what is done, is defined as it was, and has nothing before it that must run again. A set-up whose
    /// clean-up has run must, where a node that is left needs it.
    /// </summary>
    /// <param name="graph">What is to be run.</param>
    /// <param name="definitions">The definition of each node, by index.</param>
    /// <param name="canRestore">Whether a node can be restored from what it gave back; <see langword="null"/> if all can. Asked once of
    /// each.</param>
    /// <param name="isLeft">Whether a node that is not done is to be run now; <see langword="null"/> if all are.</param>
    /// <param name="again">Nodes that are to run again, with all that depends on them; <see langword="null"/> for none.</param>
    /// <returns>What need not run again, and why some must.</returns>
    public RestorePlan FindDone(
        DagGraph graph,
        IReadOnlyList<string> definitions,
        Func<int, string, bool>? canRestore = null,
        Func<int, bool>? isLeft = null,
        IReadOnlySet<int>? again = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(definitions);
        var answers = new Dictionary<int, string?>();
        return RestorePlan.Find(
            graph,
            Find,
            node => _failed.TryGetValue(graph[node].Name, out (string Definition, RunOrigin?) failed)
                && failed.Definition == definitions[node],
            node => _cleanedUp.Contains(graph[node].Name),
            isLeft ?? (_ => true),
            again ?? new HashSet<int>());

        string? Find(int node)
        {
            if (!answers.TryGetValue(node, out string? answer))
            {
                bool isDone = _done.TryGetValue(graph[node].Name, out JournalSuccess? success)
                    && success.Definition == definitions[node]
                    && (canRestore is null || canRestore(node, success.Output));
                answer = isDone ? success!.Output : null;
                answers.Add(node, answer);
            }

            return answer;
        }
    }

    /// <summary>
    /// Takes all that is known of dags of items under the names that these have in a run: they go by the items' values, whatever their
    /// places in the list. What is known of items that are gone is forgotten.
    /// </summary>
    /// <param name="nodes">
    /// The nodes of the run, each behind the node around it: the name, that of the node around, and what stands for the value of the item
    /// whose dag the node stands for, if it is one and that can be known.
    /// </param>
    public void MoveItems(IEnumerable<(string Name, string? Outer, string? ItemValue)> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        if (ItemMoves.Find(_nodes, _earlier, nodes) is not { } moves)
        {
            return;
        }

        _durations = moves.Apply(_durations);
        _lastDefinitions = moves.Apply(_lastDefinitions);
        _done = moves.Apply(_done);
        _failed = moves.Apply(_failed);
        _items = moves.Apply(_items);
        _cleanedUp = _cleanedUp.Select(moves.NameNow).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        EarlierDags earlier = new();
        Dictionary<string, JournalSuccess> doneEarlier = moves.Apply(_earlier.Done);
        Dictionary<string, RecordedItems> itemsEarlier = moves.Apply(_earlier.Items);
        foreach ((string name, JournalNode node) in moves.Apply(_earlier.Nodes))
        {
            earlier.Add(node, doneEarlier.GetValueOrDefault(name), itemsEarlier.GetValueOrDefault(name));
        }

        _nodes = moves.Apply(_nodes);
        _earlier = earlier;
        _movedFrom.Clear();
        _dagsOfItems = null;
    }

    /// <summary>A node of the last run.</summary>
    /// <param name="name">Its name.</param>
    /// <returns><see langword="null"/> if that run has not had it.</returns>
    public JournalNode? NodeOf(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The run that a node was done in, or failed.</summary>
    /// <param name="node">Its name.</param>
    /// <returns>The run; <see langword="null"/> if it neither is done nor failed.</returns>
    public RunOrigin? OriginOf(string node) => _done.TryGetValue(node, out JournalSuccess? success)
        ? success.Origin
        : _failed.GetValueOrDefault(node).Origin;

    internal void Add(JournalHeader header)
    {
        if (header.IsResumed != _runs.Count > 0)
        {
            throw new FormatException("A run that resumes none, or that follows another without resuming it.");
        }

        MoveItems(header.Nodes.Select(node => (node.Name, node.Outer, node.ItemValue)));
        var nodes = new Dictionary<string, JournalNode>(header.Nodes.Count, StringComparer.OrdinalIgnoreCase);
        var done = new Dictionary<string, JournalSuccess>(StringComparer.OrdinalIgnoreCase);
        var failed = new Dictionary<string, (string, RunOrigin?)>(StringComparer.OrdinalIgnoreCase);
        var cleanedUp = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var items = new Dictionary<string, RecordedItems>(StringComparer.OrdinalIgnoreCase);
        _restoredOutputs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (JournalNode node in header.Nodes)
        {
            nodes[node.Name] = node;
            if (node.IsFallenBack)
            {
                failed[node.Name] = (node.Definition, node.Origin);
            }

            if (_cleanedUp.Contains(node.Name) && (node.IsRestored || node.IsOutside))
            {
                cleanedUp.Add(node.Name);
            }

            if (node.IsRestored && _done.TryGetValue(node.Name, out JournalSuccess? success) && success.Definition == node.Definition)
            {
                done[node.Name] = success;
                NoteRestored(node.Name, success);
            }

            if (node.KeepsItems && _items.TryGetValue(node.Name, out RecordedItems? itemsDone))
            {
                itemsDone.BeginRun();
                items[node.Name] = itemsDone;
            }

            if (node.EarlierDuration is { } duration)
            {
                _durations[node.Name] = duration;
            }

            if (node.LastDefinition is { } last)
            {
                _lastDefinitions[node.Name] = last;
            }
        }

        KeepInside(nodes);
        _dagsOfItems = null;

        // What the run did not take over is no longer done: it may have been at work on it when it was killed.
        _nodes = nodes;
        _items = items;
        _done = done;
        _failed = failed;
        _cleanedUp = cleanedUp;
        _records = [];
        _runs.Add(new JournalRun(header, _records) { RestoredOutputs = _restoredOutputs });
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

        if (_keepsRecords || record.Kind == JournalRecordKind.Ended)
        {
            _records.Add(record);
        }

        if (record.Item is not null || record.Kind == JournalRecordKind.Mapped)
        {
            ItemsFor(record.Node!).Add(record, _runs[^1].Origin);
            return;
        }

        if (record.Kind == JournalRecordKind.Expanded)
        {
            Expand(record);
        }
        else if (record.Kind == JournalRecordKind.Started && _nodes[record.Node!].CleanUpOf.Count > 0)
        {
            _cleanedUp.Add(record.Node!);
        }
        else if (record.Kind == JournalRecordKind.Failed)
        {
            _failed[record.Node!] = (_nodes[record.Node!].Definition, _runs[^1].Origin);
        }

        if (record.Kind != JournalRecordKind.Succeeded)
        {
            return;
        }

        _lastDefinitions[record.Node!] = _nodes[record.Node!].Definition;
        if (record.Attempts != 0)
        {
            // Else it was up to date, which says nothing of how long the work takes.
            _durations[record.Node!] = record.Time - (record.StartTime ?? record.Time);
        }

        JournalItemEnds? items = _items.GetValueOrDefault(record.Node!)?.EndsInOrder();
        if (record.Output is not null || items is { AnySkipped: false })
        {
            _done[record.Node!] = new JournalSuccess(_nodes[record.Node!].Definition, record.Output ?? string.Empty, _runs[^1].Origin)
            {
                Items = items,
                ShownOutput = record.ShownOutput,
            };
        }
    }

    private void NoteRestored(string node, JournalSuccess success)
    {
        if (success.ShownOutput is { } output)
        {
            _restoredOutputs[node] = output;
        }
    }

    /// <summary>The dags of items that came at a node's turn in the run before: each name, and what stands for the item's value.</summary>
    /// <param name="node">The name that the node had there.</param>
    /// <returns>Those whose value can be known.</returns>
    public IEnumerable<(string Name, string Value)> DagsOfItems(string node)
    {
        _dagsOfItems ??= _nodes.Values.Concat(_earlier.Nodes.Values)
            .Where(inner => inner is { ItemValue: not null, Outer: not null })
            .ToLookup(inner => inner.Outer!, inner => (inner.Name, inner.ItemValue!), StringComparer.OrdinalIgnoreCase);
        return _dagsOfItems[node].Distinct();
    }

    /// <summary>What a node gave back whose dag came at the turn of a node around it, in a run before.</summary>
    /// <param name="name">The name that it had there.</param>
    /// <returns><see langword="null"/> if it is not done.</returns>
    public JournalSuccess? DoneInside(string name) => _done.GetValueOrDefault(name) ?? _earlier.Done.GetValueOrDefault(name);

    /// <summary>Finds what need not run again of a dag that comes at the turn of its node.</summary>
    /// <param name="graph">The dag.</param>
    /// <param name="find">What a node gave back, if it is done, is as it was, and can be restored.</param>
    /// <returns>What need not run again.</returns>
    public static RestorePlan FindDoneInside(DagGraph graph, Func<int, string?> find) => RestorePlan.Find(
        graph, find, static _ => false, static _ => false, static _ => true, new HashSet<int>());

    /// <summary>It is known which nodes a node stands for.</summary>
    private void Expand(JournalRecord record)
    {
        string dag = record.Node!;
        string from = _movedFrom.GetValueOrDefault(dag, dag);
        EarlierDags earlier = _earlier.TakeInside(dag);
        foreach (JournalNode node in record.Nodes)
        {
            _nodes[node.Name] = node;
            KeepLastDefinition(node);
            if (node.KeepsItems && earlier.Items.TryGetValue(Moved(node.RestoredFrom ?? node.Name), out RecordedItems? items))
            {
                items.BeginRun();
                _items[node.Name] = items;
            }

            if (node.IsRestored)
            {
                _done[node.Name] = earlier.Done.TryGetValue(Moved(node.RestoredFrom ?? node.Name), out JournalSuccess? success)
                    ? success with { Definition = node.Definition }
                    : throw new FormatException("A node is restored that was not done.");
                NoteRestored(node.Name, success);
            }
            else if (node.RestoredFrom is { } before)
            {
                _earlier.MoveInside(earlier, Moved(before), node.Name);
                _movedFrom[node.Name] = before;
            }
        }

        string Moved(string name) =>
            name.StartsWith(from, StringComparison.OrdinalIgnoreCase) ? string.Concat(dag, name.AsSpan(from.Length)) : name;
    }

    /// <summary>Another run begins that goes on with what is inside of nodes whose dags come at their turn.</summary>
    private void KeepInside(Dictionary<string, JournalNode> header)
    {
        EarlierDags kept = new();
        foreach (JournalNode node in _nodes.Values.Concat(_earlier.Nodes.Values))
        {
            if (!header.ContainsKey(node.Name) && !kept.Nodes.ContainsKey(node.Name) && IsKept(node))
            {
                kept.Add(node, DoneInside(node.Name), DoneItemsOf(node.Name));
            }
        }

        _earlier = kept;
        _movedFrom.Clear();

        bool IsKept(JournalNode? node)
        {
            while (node?.Outer is { } outer)
            {
                if (header.TryGetValue(outer, out JournalNode? around))
                {
                    return around.KeepsItems;
                }

                node = _nodes.GetValueOrDefault(outer) ?? _earlier.Nodes.GetValueOrDefault(outer);
            }

            return false;
        }
    }

    /// <summary>Another node may have had the name before.</summary>
    private void KeepLastDefinition(JournalNode node)
    {
        if ((node.LastDefinition ?? (node.IsRestored ? node.Definition : null)) is { } last)
        {
            _lastDefinitions[node.Name] = last;
        }
        else
        {
            _lastDefinitions.Remove(node.Name);
        }
    }

    private RecordedItems? DoneItemsOf(string node) => _items.GetValueOrDefault(node) ?? _earlier.Items.GetValueOrDefault(node);

    private RecordedItems ItemsFor(string node)
    {
        if (!_items.TryGetValue(node, out RecordedItems? items))
        {
            _items.Add(node, items = new RecordedItems());
        }

        return items;
    }
}

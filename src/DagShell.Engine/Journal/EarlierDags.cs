namespace DagShell.Engine.Journal;

/// <summary>
/// What earlier runs have done inside of nodes whose dags come at their turn, as long as the last run has not come there. When it comes
/// there, what it knows anew is all that counts; but of a dag in that one, which comes later still, the rest is kept under the name that
/// the node has now.
/// </summary>
internal sealed class EarlierDags
{
    private readonly Dictionary<string, JournalNode> _nodes = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, JournalSuccess> _done = new(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, RecordedItems> _items = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of the nodes of a node's dag, by that node's.</summary>
    private readonly Dictionary<string, List<string>> _inside = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The nodes.</summary>
    public IReadOnlyDictionary<string, JournalNode> Nodes => _nodes;

    /// <summary>What those gave back that are done.</summary>
    public IReadOnlyDictionary<string, JournalSuccess> Done => _done;

    /// <summary>The items that are done of those that have some.</summary>
    public IReadOnlyDictionary<string, RecordedItems> Items => _items;

    /// <summary>Adds a node that is not there yet.</summary>
    public void Add(JournalNode node, JournalSuccess? success, RecordedItems? items)
    {
        _nodes.Add(node.Name, node);
        if (success is not null)
        {
            _done.Add(node.Name, success);
        }

        if (items is not null)
        {
            _items.Add(node.Name, items);
        }

        if (node.Outer is { } outer)
        {
            if (!_inside.TryGetValue(outer, out List<string>? names))
            {
                _inside.Add(outer, names = []);
            }

            names.Add(node.Name);
        }
    }

    /// <summary>Takes all out that is inside of a node.</summary>
    public EarlierDags TakeInside(string node)
    {
        EarlierDags taken = new();
        Stack<string> around = new([node]);
        while (around.TryPop(out string? outer))
        {
            if (!_inside.Remove(outer, out List<string>? names))
            {
                continue;
            }

            foreach (string name in names)
            {
                _nodes.Remove(name, out JournalNode? inner);
                _done.Remove(name, out JournalSuccess? success);
                _items.Remove(name, out RecordedItems? items);
                taken.Add(inner!, success, items);
                around.Push(name);
            }
        }

        return taken;
    }

    /// <summary>Adds what was inside of a node, which has another name now.</summary>
    /// <param name="earlier">Where it was.</param>
    /// <param name="from">The name that the node had there.</param>
    /// <param name="to">The name that it has.</param>
    public void MoveInside(EarlierDags earlier, string from, string to)
    {
        EarlierDags moved = earlier.TakeInside(from);
        foreach (JournalNode node in moved._nodes.Values)
        {
            string name = to + node.Name[from.Length..];
            if (!_nodes.ContainsKey(name))
            {
                Add(
                    node with { Name = name, Outer = to + node.Outer![from.Length..] },
                    moved._done.GetValueOrDefault(node.Name),
                    moved._items.GetValueOrDefault(node.Name));
            }
        }
    }
}

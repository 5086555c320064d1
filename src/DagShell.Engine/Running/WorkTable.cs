namespace DagShell.Engine.Running;

/// <summary>
/// All work of a run that takes slots, by its unit: of a node that is its index, and items, which nobody knows before their node's turn,
/// get the numbers from <see cref="FirstItemUnit"/> on, those of one node one after the other.
/// </summary>
/// <remarks>Belongs to <see cref="RunState"/>.</remarks>
internal sealed class WorkTable(int nodeCount)
{
    public const int FirstItemUnit = 1 << 30;

    /// <summary>Behind the last node there may be room for those that come later.</summary>
    private WorkRecord[] _nodes = new WorkRecord[nodeCount];
    private int _nodeCount = nodeCount;

    /// <summary>The items of nodes, by their units.</summary>
    private readonly List<NodeItems> _mapped = [];
    private readonly Dictionary<int, NodeItems> _byNode = [];
    private int _nextUnit = FirstItemUnit;

    /// <summary>The items of every node that has been asked for them.</summary>
    public IReadOnlyList<NodeItems> Mapped => _mapped;

    public ref WorkRecord this[int unit]
    {
        get
        {
            if (unit < FirstItemUnit)
            {
                return ref _nodes[unit];
            }

            NodeItems items = ItemsWith(unit);
            return ref items.Records[unit - items.FirstUnit];
        }
    }

    /// <summary>The node that a unit is, or is an item of.</summary>
    public int NodeOf(int unit) => unit < FirstItemUnit ? unit : ItemsWith(unit).NodeIndex;

    /// <summary>Which item of its node a unit is; -1 of a node.</summary>
    public int ItemOf(int unit) => unit < FirstItemUnit ? -1 : unit - ItemsWith(unit).FirstUnit;

    /// <summary>The items of a node; null if it has none, or has not been asked for them.</summary>
    public NodeItems? ItemsOf(int node) => _byNode.Count == 0 ? null : _byNode.GetValueOrDefault(node);

    /// <summary>The items that a unit is one of; null of a node.</summary>
    public NodeItems? ItemsAround(int unit) => unit < FirstItemUnit ? null : ItemsWith(unit);

    /// <summary>Adds nodes behind those that are there.</summary>
    public void AddNodes(int count)
    {
        _nodeCount += count;
        if (_nodeCount > _nodes.Length)
        {
            Array.Resize(ref _nodes, Math.Max(_nodeCount, _nodes.Length * 2));
        }
    }

    /// <summary>Adds the items of a node.</summary>
    public NodeItems Add(int node, string name, IReadOnlyList<object?> values, DateTimeOffset now)
    {
        var items = new NodeItems(node, name, values, _nextUnit) { ReadyTime = now };
        _nextUnit = checked(_nextUnit + values.Count);
        if (values.Count > 0)
        {
            _mapped.Add(items);
        }

        _byNode.Add(node, items);
        return items;
    }

    /// <summary>Keeps what became of a node's items that are no units: they were done in an earlier run, or are nodes themselves.</summary>
    public NodeItems Keep(NodeItems items)
    {
        _byNode[items.NodeIndex] = items;
        return items;
    }

    private NodeItems ItemsWith(int unit)
    {
        int low = 0;
        int high = _mapped.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_mapped[middle].FirstUnit <= unit)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return _mapped[low];
    }
}

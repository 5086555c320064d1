namespace DagShell.Engine.Journal;

/// <summary>
/// The names under which the nodes of a run find what earlier runs have done. The dags of items go by the items' values, whatever their
/// places in the list; all else goes by its name.
/// </summary>
internal sealed class ItemMoves
{
    private readonly IReadOnlyDictionary<string, JournalNode> _nodes;
    private readonly EarlierDags _inside;

    /// <summary>The nodes that stand for dags of items, by the names that they had: the name now; null for items that are gone.</summary>
    private readonly Dictionary<string, string?> _now = new(StringComparer.OrdinalIgnoreCase);

    private ItemMoves(IReadOnlyDictionary<string, JournalNode> nodes, EarlierDags inside)
    {
        _nodes = nodes;
        _inside = inside;
    }

    /// <summary>Finds them.</summary>
    /// <param name="before">The nodes of the earlier run, by name.</param>
    /// <param name="inside">What still earlier runs have done inside of those whose dags come at their turn.</param>
    /// <param name="nodes">
    /// The nodes of the run, each behind the node around it: the name, that of the node around, and what stands for the value of the item
    /// whose dag the node stands for, if it is one and that can be known.
    /// </param>
    /// <returns><see langword="null"/> if all names are what they were.</returns>
    public static ItemMoves? Find(
        IReadOnlyDictionary<string, JournalNode> before,
        EarlierDags inside,
        IEnumerable<(string Name, string? Outer, string? ItemValue)> nodes)
    {
        ItemMoves moves = new(before, inside);
        ILookup<string, JournalNode>? dagsOfItems = null;
        Dictionary<string, Dictionary<string, Queue<string>>> left = new(StringComparer.OrdinalIgnoreCase);

        // Of nodes inside of dags of items: the names that they had, if they were there.
        Dictionary<string, string?> earlier = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string? outer, string? value) in nodes)
        {
            if (outer is null || (value is null && !earlier.ContainsKey(outer)))
            {
                continue;
            }

            string? around = earlier.TryGetValue(outer, out string? moved) ? moved : outer;
            string? sameName = around is null ? null : around + name[outer.Length..];
            if (value is null || sameName is null)
            {
                earlier.Add(name, sameName);
                continue;
            }

            dagsOfItems ??= before.Values.Where(node => node is { Outer: not null, ItemValue: not null })
                .ToLookup(node => node.Outer!, StringComparer.OrdinalIgnoreCase);
            if (!left.TryGetValue(around!, out Dictionary<string, Queue<string>>? byValue))
            {
                byValue = dagsOfItems[around!].GroupBy(node => node.ItemValue!, StringComparer.Ordinal).ToDictionary(
                    same => same.Key, same => new Queue<string>(same.Select(node => node.Name)), StringComparer.Ordinal);
                left.Add(around!, byValue);
            }

            // Journals of versions before this one do not know the values, and go by places: what changed there is found to be changed.
            string? own = byValue.TryGetValue(value, out Queue<string>? names) && names.TryDequeue(out string? first) ? first
                : before.TryGetValue(sameName, out JournalNode? there) && there.ItemValue is null ? sameName
                : null;
            earlier.Add(name, own);
            if (own is not null)
            {
                moves._now[own] = name;
            }
        }

        foreach (string gone in left.Values.SelectMany(byValue => byValue.Values).SelectMany(names => names))
        {
            moves._now[gone] = null;
        }

        return moves._now.All(move => move.Key.Equals(move.Value, StringComparison.OrdinalIgnoreCase)) ? null : moves;
    }

    /// <summary>The name that a node of the earlier run goes by now; <see langword="null"/> if its item is gone.</summary>
    public string? NameNow(string name)
    {
        if (_now.TryGetValue(name, out string? now))
        {
            return now;
        }

        if ((_nodes.GetValueOrDefault(name) ?? _inside.Nodes.GetValueOrDefault(name))?.Outer is not { } outer)
        {
            return name;
        }

        return NameNow(outer) switch
        {
            null => null,
            var around when ReferenceEquals(around, outer) => name,
            var around => around + name[outer.Length..],
        };
    }

    /// <summary>What is known of nodes, by the names that they go by now.</summary>
    public Dictionary<string, T> Apply<T>(IReadOnlyDictionary<string, T> known)
    {
        Dictionary<string, T> moved = new(known.Count, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, T value) in known)
        {
            if (NameNow(name) is { } now)
            {
                moved[now] = value;
            }
        }

        return moved;
    }

    /// <summary>The same, under the names that they go by now.</summary>
    public Dictionary<string, JournalNode> Apply(IReadOnlyDictionary<string, JournalNode> nodes)
    {
        Dictionary<string, JournalNode> moved = new(nodes.Count, StringComparer.OrdinalIgnoreCase);
        foreach (JournalNode node in nodes.Values)
        {
            if (NameNow(node.Name) is { } now)
            {
                moved[now] = node with { Name = now, Outer = node.Outer is { } outer ? NameNow(outer) : null };
            }
        }

        return moved;
    }
}

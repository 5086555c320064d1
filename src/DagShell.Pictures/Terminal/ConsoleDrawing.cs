using System.Globalization;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Terminal;

/// <summary>
/// Draws a picture for a console: a box a node, the levels below one another, lines between them. A level that there is no
/// room for is folded into one box, which says how many nodes it has and names as many as it can.
/// </summary>
public sealed class ConsoleDrawing
{
    /// <summary>Deeper dags than this have several levels to a folded box.</summary>
    private const int MaxLayers = 120;

    /// <summary>Beyond so many nodes all levels of more than one are folded at once.</summary>
    private const int ManyNodes = 1_500;

    private const int MaxNameLines = 3;
    private const string Separator = " · ";

    private readonly DagPicture _picture;
    private readonly int _width;
    private readonly int _levelsPerLayer;
    private readonly List<int>[] _nodesOf;
    private readonly bool[] _isFolded;

    private ConsoleDrawing(DagPicture picture, int width)
    {
        _picture = picture;
        _width = width;
        int levels = picture.Nodes.Max(node => node.Level) + 1;
        _levelsPerLayer = ((levels - 1) / MaxLayers) + 1;
        _nodesOf = new List<int>[((levels - 1) / _levelsPerLayer) + 1];
        for (int layer = 0; layer < _nodesOf.Length; layer++)
        {
            _nodesOf[layer] = [];
        }

        for (int node = 0; node < picture.Nodes.Count; node++)
        {
            _nodesOf[LayerOf(node)].Add(node);
        }

        _isFolded = Array.ConvertAll(
            _nodesOf,
            nodes => nodes.Count > 1 && (_levelsPerLayer > 1 || picture.Nodes.Count > ManyNodes || nodes.Count * 10 > width));
    }

    /// <summary>Draws a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">How many columns there are.</param>
    /// <param name="useColor">Whether states are coloured, with escape sequences.</param>
    /// <param name="height">
    /// How many rows there are, if that matters: of a run that needs more, only what failed or is running is drawn, with what is around it.
    /// </param>
    /// <returns>The drawing, a text a line.</returns>
    public static IReadOnlyList<string> Draw(DagPicture picture, int width, bool useColor, int? height = null)
    {
        int columns = Math.Max(20, width);
        List<string> lines = DrawWithRoom(picture, columns).ToLines(useColor);
        if (picture.Status is null)
        {
            return lines;
        }

        List<string> below = [.. RunLegend.Lines(picture, columns, useColor)];
        if (lines.Count + below.Count > height && Neighbourhood.Of(picture) is { } near)
        {
            lines = DrawWithRoom(near, columns).ToLines(useColor);
            lines.Add(CellText.Cut(Neighbourhood.Note(picture, near), columns));
        }

        return [.. lines, .. below];
    }

    /// <summary>Where there is no room for each node, dags that are nodes become one box each first, and then levels.</summary>
    private static CharacterGrid DrawWithRoom(DagPicture picture, int width)
    {
        ConsoleDrawing drawing = new(picture, width);
        CharacterGrid grid = drawing.Draw();
        foreach (DagPicture folded in drawing.HasFolded ? FoldedDags.Of(picture) : [])
        {
            drawing = new ConsoleDrawing(folded, width);
            grid = drawing.Draw();
            if (!drawing.HasFolded)
            {
                break;
            }
        }

        return grid;
    }

    /// <summary>Whether a level, or several, had to become one box.</summary>
    private bool HasFolded => Array.Exists(_isFolded, isFolded => isFolded);

    private int LayerOf(int node) => _picture.Nodes[node].Level / _levelsPerLayer;

    private CharacterGrid Draw()
    {
        while (true)
        {
            (List<Box> boxes, int[] boxOf) = MakeBoxes();
            if (BoxSheet.TryDraw(boxes, EdgesBetween(boxOf), _width, out IReadOnlyList<int> crowded) is { } grid)
            {
                return grid;
            }

            if (!TryFold(crowded))
            {
                return DrawColumn(boxes);
            }
        }
    }

    /// <summary>Folds crowded layers, or if none of them can be the fullest that can: lines that pass a layer come from others.</summary>
    private bool TryFold(IReadOnlyList<int> crowded)
    {
        List<int> layers = [.. crowded.Where(CanFold)];
        if (layers.Count == 0)
        {
            layers = [.. Enumerable.Range(0, _nodesOf.Length).Where(CanFold).OrderByDescending(layer => _nodesOf[layer].Count).Take(1)];
        }

        foreach (int layer in layers)
        {
            _isFolded[layer] = true;
        }

        return layers.Count > 0;

        bool CanFold(int layer) => !_isFolded[layer] && _nodesOf[layer].Count > 1;
    }

    private (List<Box> Boxes, int[] BoxOf) MakeBoxes()
    {
        List<Box> boxes = [];
        int[] boxOf = new int[_picture.Nodes.Count];
        for (int layer = 0; layer < _nodesOf.Length; layer++)
        {
            if (_isFolded[layer])
            {
                _nodesOf[layer].ForEach(node => boxOf[node] = boxes.Count);
                boxes.Add(FoldedBox(layer));
                continue;
            }

            foreach (int node in _nodesOf[layer])
            {
                boxOf[node] = boxes.Count;
                boxes.Add(BoxOf(_picture.Nodes[node], layer));
            }
        }

        return (boxes, boxOf);
    }

    private static Box BoxOf(PictureNode node, int layer) => new()
    {
        Layer = layer,
        State = node.State,
        IsCritical = node.IsCritical,
        IsDag = node.Folded is not null,
        Lines = [[TextOf(node)], .. FactsOf(node).Select(fact => new[] { new BoxText(fact, CellStyle.Grey) })],
    };

    /// <summary>What stands under a node's name.</summary>
    private static IEnumerable<string> FactsOf(PictureNode node)
    {
        if (node.Folded is not null)
        {
            yield return NodeFacts.Inside(node.Folded);
        }
        else if (node.Items is { } items)
        {
            yield return NodeFacts.ItemsOf(items);
        }

        foreach (string relation in NodeFacts.Relations(node.Node))
        {
            yield return relation;
        }
    }

    private static BoxText TextOf(PictureNode node) =>
        new(node.State is null ? node.Name : $"{StateText.SignOf(node)} {node.Name}", CellStyles.Of(node.State));

    private Box FoldedBox(int layer)
    {
        // Room for a few lines that pass it on their way.
        int room = Math.Min(100, Math.Max(16, _width * 3 / 4)) - 4;
        List<PictureNode> nodes =
        [
            .. _nodesOf[layer].Select(node => _picture.Nodes[node]).OrderBy(node => node.State is { } state ? StateText.Rank(state) : 0),
        ];
        return new Box
        {
            Layer = layer,
            State = nodes[0].State,
            IsFolded = true,
            Lines = [Heading(layer, nodes, room), .. NameLines(nodes, room)],
        };
    }

    private List<BoxText> Heading(int layer, List<PictureNode> nodes, int room)
    {
        string count = _levelsPerLayer == 1
            ? $"{nodes.Count} nodes"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"levels {nodes.Min(node => node.Level)} to {nodes.Max(node => node.Level)}: {nodes.Count} nodes");
        List<BoxText> heading = [new BoxText(CellText.Cut(count, room), CellStyle.Plain)];
        if (_picture.Status is not null)
        {
            foreach (var (state, number) in StateText.Counts(nodes.Select(node => node.State ?? default)))
            {
                BoxText piece = new($"  {StateText.Sign(state)} {number}", CellStyles.Of(state));
                if (heading.Sum(text => CellText.Width(text.Text)) + CellText.Width(piece.Text) <= room)
                {
                    heading.Add(piece);
                }
            }
        }

        return heading;
    }

    /// <summary>As many names as a few lines take, and how many more there are.</summary>
    private static List<List<BoxText>> NameLines(List<PictureNode> nodes, int room)
    {
        List<List<BoxText>> lines = [[]];
        int used = 0;
        for (int i = 0; i < nodes.Count; i++)
        {
            BoxText name = TextOf(nodes[i]);
            name = name with { Text = CellText.Cut(name.Text, room) };
            int width = CellText.Width(name.Text);
            if (used > 0 && lines.Count < MaxNameLines && used + Separator.Length + width > room)
            {
                lines.Add([]);
                used = 0;
            }

            // On the last line there must be room left to say how many more there are.
            string separator = used > 0 ? Separator : string.Empty;
            string more = $"and {nodes.Count - i} more";
            int reserve = lines.Count < MaxNameLines || i + 1 == nodes.Count ? 0 : Separator.Length + more.Length;
            if (used + separator.Length + width + reserve > room)
            {
                lines[^1].Add(new BoxText(CellText.Cut(separator + more, room - used), CellStyle.Grey));
                break;
            }

            lines[^1].Add(new BoxText(separator, CellStyle.Grey));
            lines[^1].Add(name);
            used += separator.Length + width;
        }

        return lines;
    }

    private List<PictureEdge> EdgesBetween(int[] boxOf)
    {
        HashSet<PictureEdge> edges = [];
        foreach (var (from, to) in _picture.Edges)
        {
            if (boxOf[from] != boxOf[to])
            {
                edges.Add(new PictureEdge(boxOf[from], boxOf[to]));
            }
        }

        return [.. edges];
    }

    /// <summary>The last resort: everything is folded, and still too many lines pass. The levels then simply follow one another.</summary>
    private CharacterGrid DrawColumn(List<Box> boxes)
    {
        List<PictureEdge> edges = [];
        for (int i = 1; i < boxes.Count; i++)
        {
            edges.Add(new PictureEdge(i - 1, i));
        }

        return BoxSheet.TryDraw(boxes, edges, _width, out _) ?? new CharacterGrid(_width);
    }
}

using DagShell.Pictures.Texts;


namespace DagShell.Pictures.Terminal;

/// <summary>A box of a console drawing: a node, or all nodes of a level that is folded.</summary>
internal sealed class Box
{
    /// <summary>The layer it stands on.</summary>
    public required int Layer { get; init; }

    /// <summary>How its node stands, in the picture of a run; of a folded level, how the node stands that matters most.</summary>
    public NodeState? State { get; init; }

    /// <summary>Whether its node lies on the critical path that was.</summary>
    public bool IsCritical { get; init; }

    /// <summary>Whether it stands for a whole level.</summary>
    public bool IsFolded { get; init; }

    /// <summary>Whether it stands for a dag that is a node, with all that is inside.</summary>
    public bool IsDag { get; init; }

    /// <summary>What is written in it: lines of pieces.</summary>
    public required IReadOnlyList<IReadOnlyList<BoxText>> Lines { get; set; }

    /// <summary>How many columns its widest line takes.</summary>
    public int TextWidth => Lines.Max(line => line.Sum(piece => CellText.Width(piece.Text)));

    /// <summary>How many columns it takes.</summary>
    public int Width { get; set; }

    /// <summary>How many rows it takes.</summary>
    public int Height => Lines.Count + 2;

    /// <summary>Its leftmost column.</summary>
    public int Left { get; set; }

    /// <summary>The column in which a line leaves it.</summary>
    public int Middle => Left + (Width / 2);
}

/// <summary>A piece of text in a box.</summary>
/// <param name="Text">The text.</param>
/// <param name="Style">Its colour.</param>
internal readonly record struct BoxText(string Text, CellStyle Style);

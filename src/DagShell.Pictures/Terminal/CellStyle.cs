
namespace DagShell.Pictures.Terminal;

/// <summary>
/// How a column of the console is coloured: by what it shows. The numbers are those of the colours that every theme sets.
/// </summary>
internal enum CellStyle
{
    /// <summary>As the console writes.</summary>
    Plain = 0,

    /// <summary>What failed.</summary>
    Red = 31,

    /// <summary>What succeeded.</summary>
    Green = 32,

    /// <summary>What waits.</summary>
    Yellow = 33,

    /// <summary>What was cancelled.</summary>
    Magenta = 35,

    /// <summary>What runs.</summary>
    Cyan = 36,

    /// <summary>Edges, and what did not run.</summary>
    Grey = 90,
}

/// <summary>The styles of states.</summary>
internal static class CellStyles
{
    /// <summary>The style of a state; plain for none.</summary>
    public static CellStyle Of(NodeState? state) => state switch
    {
        null => CellStyle.Plain,
        NodeState.Succeeded => CellStyle.Green,
        NodeState.Failed => CellStyle.Red,
        NodeState.Waiting => CellStyle.Yellow,
        NodeState.Running => CellStyle.Cyan,
        NodeState.Cancelled => CellStyle.Magenta,
        _ => CellStyle.Grey,
    };
}

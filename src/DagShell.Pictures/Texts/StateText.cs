
namespace DagShell.Pictures.Texts;

/// <summary>How states are written in pictures: not by their colour alone.</summary>
internal static class StateText
{
    /// <summary>The sign of a node that was done in an earlier run.</summary>
    public const char Restored = '↺';

    /// <summary>The sign of a node of a run.</summary>
    public static char SignOf(PictureNode node) => node.IsRestored ? Restored : Sign(node.State ?? default);

    /// <summary>A sign for a state, one column wide in a console.</summary>
    public static char Sign(NodeState state) => state switch
    {
        NodeState.Succeeded => '✓',
        NodeState.Failed => '✗',
        NodeState.Skipped => '»',
        NodeState.Cancelled => '■',
        NodeState.Running => '►',
        NodeState.Waiting => '…',
        NodeState.Ready => '○',
        _ => '·',
    };

    /// <summary>The state as a word in a sentence, and as a class in a style sheet.</summary>
    public static string Word(NodeState state) => state.ToString().ToLowerInvariant();

    /// <summary>How many nodes are in which state, the states that matter most first: "2 failed, 30 succeeded".</summary>
    public static IEnumerable<(NodeState State, int Count)> Counts(IEnumerable<NodeState> states)
    {
        Dictionary<NodeState, int> counts = [];
        foreach (NodeState state in states)
        {
            counts[state] = counts.GetValueOrDefault(state) + 1;
        }

        return counts.OrderBy(pair => Rank(pair.Key)).Select(pair => (pair.Key, pair.Value));
    }

    /// <summary>The order in which states are named: what went wrong, what goes on, what is done, what did not run.</summary>
    public static int Rank(NodeState state) => state switch
    {
        NodeState.Failed => 0,
        NodeState.Running => 1,
        NodeState.Waiting => 2,
        NodeState.Succeeded => 3,
        NodeState.Skipped => 4,
        NodeState.Cancelled => 5,
        NodeState.Ready => 6,
        _ => 7,
    };
}

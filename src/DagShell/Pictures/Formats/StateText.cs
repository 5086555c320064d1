using System.Globalization;

namespace DagShell.Pictures.Formats;

/// <summary>How states and durations are written in pictures: not by their colour alone.</summary>
internal static class StateText
{
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

    /// <summary>A duration as people read it: 3.4 ms, 340 ms, 12.3 s, 4 min 05 s, 2 h 07 min.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms"),
        { TotalSeconds: < 0.9995 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };

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

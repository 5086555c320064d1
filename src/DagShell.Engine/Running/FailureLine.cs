namespace DagShell.Engine.Running;

/// <summary>What an item or an inner node failed with, in a line, for the message of what they are in.</summary>
internal static class FailureLine
{
    /// <summary>Characters of it; the item or the node has the whole of it.</summary>
    private const int Longest = 300;

    private static readonly char[] LineEnds = ['\r', '\n'];

    /// <summary>The message without line ends: a program's own words stand in the lines after the first.</summary>
    public static string Of(string message)
    {
        string line = message.IndexOfAny(LineEnds) < 0
            ? message
            : string.Join(' ', message.Split(LineEnds, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Longest ? line : string.Concat(line.AsSpan(0, Longest), "…");
    }
}

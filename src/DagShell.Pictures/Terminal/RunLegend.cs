using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Terminal;

/// <summary>What stands below the drawing of a run: how many nodes are in which state, and which failed, with what.</summary>
internal static class RunLegend
{
    private const int MostFailed = 20;
    private const string Gap = "   ";

    /// <summary>The lines, none longer than there are columns.</summary>
    public static IEnumerable<string> Lines(DagPicture picture, int width, bool useColor)
    {
        foreach (string line in Counts(picture, width, useColor))
        {
            yield return line;
        }

        List<PictureNode> failed = [.. picture.Nodes.Where(node => node.State == NodeState.Failed)];
        foreach (PictureNode node in failed.Take(MostFailed))
        {
            string where = node.Position is { } position ? $" at {position}" : string.Empty;
            string note = node.Note?.Split('\n')[0].TrimEnd() is { Length: > 0 } said ? $": {said}" : string.Empty;
            yield return Colored(CellText.Cut($"{StateText.SignOf(node)} {node.Name}{where}{note}", width), NodeState.Failed, useColor);
        }

        if (failed.Count > MostFailed)
        {
            yield return $"… and {failed.Count - MostFailed} more failed";
        }
    }

    /// <summary>A line, or, where that is too long, a line each.</summary>
    private static List<string> Counts(DagPicture picture, int width, bool useColor)
    {
        int restored = picture.Nodes.Count(node => node.IsRestored);
        List<(NodeState State, string Text)> counts =
        [
            .. StateText.Counts(picture.Nodes.Where(node => !node.IsRestored).Select(node => node.State ?? default))
                .Select(count => (count.State, $"{StateText.Sign(count.State)} {count.Count} {StateText.Word(count.State)}")),
        ];
        if (restored > 0)
        {
            counts.Add((NodeState.Succeeded, $"{StateText.Restored} {restored} restored"));
        }

        string[] ends = picture.Status == RunStatus.Interrupted ? ["interrupted: its journal has no end"] : [];
        bool fits = counts.Sum(count => CellText.Width(count.Text) + Gap.Length) + ends.Sum(end => end.Length) <= width + Gap.Length;
        IEnumerable<string> pieces = counts.Select(count => Colored(count.Text, count.State, useColor)).Concat(ends);
        return fits ? [string.Join(Gap, pieces)] : [.. pieces];
    }

    private static string Colored(string text, NodeState state, bool useColor) =>
        useColor ? $"\e[{(int)CellStyles.Of(state)}m{text}\e[0m" : text;
}

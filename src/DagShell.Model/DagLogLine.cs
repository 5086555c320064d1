using System.Globalization;

namespace DagShell;

/// <summary>A line that a node said.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Attempt">In which attempt, from 1.</param>
/// <param name="Stream">Where.</param>
/// <param name="Text">What, without colours and control characters.</param>
public sealed record DagLogLine(DateTime Time, int Attempt, DagLogSource Stream, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time:HH:mm:ss.fff} {Stream}: {Text}");
}

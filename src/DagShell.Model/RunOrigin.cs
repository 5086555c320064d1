using System.Globalization;

namespace DagShell;

/// <summary>The earlier run that a node was done in which was not run again.</summary>
/// <param name="RunId">That run's id.</param>
/// <param name="StartTime">When it started, local time.</param>
public sealed record RunOrigin(Guid RunId, DateTime StartTime)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.CurrentCulture, $"{StartTime:g} ({RunId})");
}

namespace DagShell.Capture;

/// <summary>
/// A module of the caller's, and how a node's runspace gets the same. One object for each module of the caller's session.
/// </summary>
/// <remarks>Made on the caller's thread before the run; read by the workers' threads.</remarks>
internal abstract class CapturedModule(string name, Version version)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its version; 0.0 for one that has none.</summary>
    public Version Version { get; } = version;

    /// <summary>The values of the caller's that come along with it.</summary>
    public virtual IEnumerable<object?> PassedValues => [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

namespace DagShell.Capture;

/// <summary>A module inside another one, with which it comes.</summary>
internal sealed class NestedModule(string name, Version version, string? path, CapturedModule parent) : CapturedModule(name, version)
{
    /// <summary>The module that has it.</summary>
    public CapturedModule Parent { get; } = parent;

    /// <summary>Its file.</summary>
    public string? Path { get; } = path;

    /// <inheritdoc/>
    public override IEnumerable<object?> PassedValues => Parent.PassedValues;
}

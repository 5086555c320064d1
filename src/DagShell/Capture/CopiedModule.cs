namespace DagShell.Capture;

/// <summary>
/// A module without a file (New-Module, GetNewClosure()). It is made anew from what the caller's one holds: its functions' definitions, and
/// its variables, whose values are passed as they are, as by <c>$using:</c>.
/// </summary>
internal sealed class CopiedModule(string name, Version version) : CapturedModule(name, version)
{
    /// <summary>All functions, those that it keeps to itself too.</summary>
    public IReadOnlyList<CapturedFunction> Functions { get; init; } = [];

    /// <summary>Its aliases.</summary>
    public IReadOnlyList<CapturedAlias> Aliases { get; init; } = [];

    /// <summary>Its variables: name and value.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Variables { get; init; } = [];

    /// <inheritdoc/>
    public override IEnumerable<object?> PassedValues => Variables.Select(static variable => variable.Value);
}

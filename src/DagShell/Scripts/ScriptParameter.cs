namespace DagShell.Scripts;

/// <summary>A parameter of a node's script.</summary>
/// <param name="Name">Its name, without the dollar sign.</param>
/// <param name="Aliases">What else its attributes call it.</param>
/// <param name="IsMandatory">Whether its attributes say that it must be given.</param>
/// <param name="TakesInput">Whether they say that it takes objects from the pipeline.</param>
/// <param name="TakesProperty">Whether they say that it takes the property of its name of objects from the pipeline.</param>
internal sealed record ScriptParameter(string Name, IReadOnlyList<string> Aliases, bool IsMandatory, bool TakesInput, bool TakesProperty)
{
    /// <summary>Its name, then its aliases.</summary>
    public IEnumerable<string> Names => Aliases.Prepend(Name);
}

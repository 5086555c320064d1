namespace DagShell.CI;

/// <summary>The lines by which a CI system is told something: it reads them out of what a build shows.</summary>
internal abstract class CICommands
{
    /// <summary>Begins lines that are shown folded, under a title.</summary>
    public abstract string BeginGroup(string title);

    /// <summary>Ends them.</summary>
    public abstract string EndGroup { get; }

    /// <summary>The line that tells of an error or a warning.</summary>
    public abstract string Annotate(CIAnnotation annotation);
}

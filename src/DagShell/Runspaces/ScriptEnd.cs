using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>How a script ended: with output, or with what was thrown.</summary>
/// <param name="Output">What it gave out; nothing if it failed, as an assignment from it would have nothing.</param>
/// <param name="Failure">What it failed with.</param>
internal readonly record struct ScriptEnd(object?[] Output, Exception? Failure)
{
    /// <summary>Whether its output counts as true, as in an <c>if</c>.</summary>
    public bool IsTrue => Failure is null && Output.Length switch
    {
        0 => false,
        1 => LanguagePrimitives.IsTrue(Output[0]),
        _ => true,
    };
}

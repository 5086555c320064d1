using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>How a script ended: with output, or with what was thrown.</summary>
/// <param name="Output">What it gave out; nothing if it failed, as an assignment from it would have nothing.</param>
/// <param name="Failure">What it failed with.</param>
/// <param name="Skip">That it skips its node, if it said so.</param>
internal readonly record struct ScriptEnd(object?[] Output, Exception? Failure, SkipRequest? Skip = null)
{
    /// <summary>Whether its output counts as true, as in an <c>if</c>.</summary>
    public bool IsTrue => Failure is null && Skip is null && Output.Length switch
    {
        0 => false,
        1 => LanguagePrimitives.IsTrue(Output[0]),
        _ => true,
    };
}

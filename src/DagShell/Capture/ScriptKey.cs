using System.Management.Automation;
using System.Runtime.CompilerServices;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>
/// What a script's needs depend on: the same text means something else in another module, or where names mean something else.
/// </summary>
/// <param name="Script">The script's text.</param>
/// <param name="Module">The module that it was written in.</param>
/// <param name="Surroundings">What its author saw.</param>
internal readonly record struct ScriptKey(NodeScript Script, PSModuleInfo? Module, Surroundings? Surroundings)
{
    public static ScriptKey Of(ScriptBlock scriptBlock, Surroundings? surroundings) =>
        new(NodeScript.Of(scriptBlock), scriptBlock.Module, surroundings);

    public bool Equals(ScriptKey other) =>
        ReferenceEquals(Script, other.Script) && ReferenceEquals(Module, other.Module) && ReferenceEquals(Surroundings, other.Surroundings);

    public override int GetHashCode() => HashCode.Combine(
        RuntimeHelpers.GetHashCode(Script), RuntimeHelpers.GetHashCode(Module), RuntimeHelpers.GetHashCode(Surroundings));
}

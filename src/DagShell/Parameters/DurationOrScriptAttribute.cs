using System.Management.Automation;

namespace DagShell.Parameters;

/// <summary>Lets a parameter take a duration, as <see cref="DurationAttribute"/> reads it, or a script block that will give one.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class DurationOrScriptAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is ScriptBlock script ? script : DurationAttribute.Read(inputData);
}

using System.Management.Automation;

namespace DagShell.Parameters;

/// <summary>
/// Refuses for the name of a variable what is most likely a slip: <c>'$run'</c>, or the variable itself, whose value comes then.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class VariableNameAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string name when name.StartsWith('$') || name.StartsWith('+') =>
                throw new ArgumentTransformationMetadataException(Messages.BadVariableName(name)),
            string name => name,

            // A name may look like a number where it stands for itself in the command.
            ValueType => $"{inputData}",
            _ => throw new ArgumentTransformationMetadataException(Messages.NoVariableName(inputData)),
        };
    }
}

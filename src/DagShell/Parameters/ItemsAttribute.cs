using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Parameters;

/// <summary>
/// Lets -ForEach take whatever <c>foreach</c> goes through, up to a bound: PowerShell itself would go through an enumerable without end for
/// ever. <c>$null</c> is nothing.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class ItemsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is null)
        {
            return Array.Empty<object?>();
        }

        if (LanguagePrimitives.GetEnumerable(inputData) is not { } values)
        {
            return new[] { inputData };
        }

        List<object?> items = [];
        foreach (object? value in values)
        {
            if (items.Count == ItemLimit.Most)
            {
                throw new ArgumentTransformationMetadataException(Messages.TooManyItems(ItemLimit.Most));
            }

            items.Add(value);
        }

        return items.ToArray();
    }
}

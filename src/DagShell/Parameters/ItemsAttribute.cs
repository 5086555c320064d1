using System.Collections;
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

        // foreach goes through an enumerator, too, which is no enumerable.
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        IEnumerator? values = LanguagePrimitives.GetEnumerable(inputData)?.GetEnumerator() ?? value as IEnumerator;
        if (values is null)
        {
            return new[] { inputData };
        }

        try
        {
            List<object?> items = [];
            while (values.MoveNext())
            {
                if (items.Count == ItemLimit.Most)
                {
                    throw new ArgumentTransformationMetadataException(Messages.TooManyItems(ItemLimit.Most));
                }

                items.Add(values.Current);
            }

            return items.ToArray();
        }
        finally
        {
            (values as IDisposable)?.Dispose();
        }
    }
}

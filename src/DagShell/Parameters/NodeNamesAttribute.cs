using System.Collections;
using System.Management.Automation;

namespace DagShell.Parameters;

/// <summary>
/// Lets a parameter for names of nodes take node objects and collections of them, nested or not. What is nothing is left out.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class NodeNamesAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Names(inputData).ToArray();

    private static IEnumerable<string> Names(object? value)
    {
        switch (value is PSObject wrapped ? wrapped.BaseObject : value)
        {
            case null or "":
                break;
            case DagNode node:
                yield return node.Name;
                break;
            case DagNodeResult result:
                yield return result.Name;
                break;
            case IEnumerable items and not string and not IDictionary:
                foreach (string name in items.Cast<object?>().SelectMany(Names))
                {
                    yield return name;
                }

                break;
            default:
                // As PowerShell would: a number that was typed is the text that was typed.
                yield return LanguagePrimitives.ConvertTo<string>(value);
                break;
        }
    }
}

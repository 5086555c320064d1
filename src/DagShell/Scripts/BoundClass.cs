using System.Management.Automation;
using System.Reflection;

namespace DagShell.Scripts;

/// <summary>
/// Classes of PowerShell whose methods run in the session that made the object, wherever they are called: all but those that say
/// <c>[NoRunspaceAffinity()]</c>.
/// </summary>
internal static class BoundClass
{
    /// <summary>Items of a list that are looked at.</summary>
    private const int MostItems = 16;

    /// <summary>
    /// The name of such a class, of a value or of the first items of a list, that has one of the methods; null if there is none.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="methods">Names of methods that are called.</param>
    public static string? Of(object? value, IReadOnlySet<string> methods)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        return bare switch
        {
            null or string => null,
            object?[] items => items.Take(MostItems).Select(item => Of(item, methods)).FirstOrDefault(name => name is not null),
            _ => bare.GetType() is var type && IsBound(type) && HasMethod(type, methods) ? type.Name : null,
        };
    }

    private static bool IsBound(Type type) =>
        type.Assembly.IsDynamic
        && type.Assembly.GetCustomAttributes().Any(attribute => attribute.GetType().Name == "DynamicClassImplementationAssemblyAttribute")
        && !type.GetCustomAttributes(inherit: false).Any(attribute => attribute.GetType().Name == "NoRunspaceAffinityAttribute");

    /// <summary>Whether the class, or one of PowerShell's that it derives from, has one of the methods.</summary>
    private static bool HasMethod(Type? type, IReadOnlySet<string> names)
    {
        for (; type is not null && IsBound(type); type = type.BaseType)
        {
            if (type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Any(method => !method.IsSpecialName && names.Contains(method.Name)))
            {
                return true;
            }
        }

        return false;
    }
}

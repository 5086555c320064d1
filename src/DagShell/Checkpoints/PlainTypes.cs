using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace DagShell.Checkpoints;

/// <summary>
/// The types whose values can be looked at without running anybody's code, and without end: texts, numbers, times and their kind, and the
/// collections that come with .NET and PowerShell. A type that derives from one of them may do anything, and is none.
/// </summary>
internal static class PlainTypes
{
    private static readonly HashSet<Type> Lists =
    [
        typeof(ArrayList), typeof(Queue), typeof(Stack), typeof(BitArray), typeof(StringCollection),
        typeof(List<>), typeof(HashSet<>), typeof(SortedSet<>), typeof(Queue<>), typeof(Stack<>), typeof(LinkedList<>),
        typeof(ConcurrentQueue<>), typeof(ConcurrentStack<>), typeof(ConcurrentBag<>),
    ];

    private static readonly HashSet<Type> OrderedTables =
    [
        typeof(OrderedDictionary), typeof(ListDictionary), typeof(HybridDictionary), typeof(SortedList),
        typeof(Dictionary<,>), typeof(SortedDictionary<,>), typeof(SortedList<,>),
    ];

    private static readonly HashSet<Type> Tables = [typeof(Hashtable), typeof(ConcurrentDictionary<,>)];

    /// <summary>PowerShell's own tables, which are not public everywhere.</summary>
    private static readonly string[] ShellTables =
        ["System.Management.Automation.OrderedHashtable", "System.Management.Automation.PSPrimitiveDictionary"];

    /// <summary>The value without PowerShell's wrapping; a custom object is all wrapping and stays as it is.</summary>
    public static object? Bare(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    /// <summary>A text that stands for a value that has no parts; null if it has some, or may have.</summary>
    public static string? TextOf(object value) => value switch
    {
        string text => text,
        Enum constant => constant.ToString("D"),
        bool or char => value.ToString(),
        byte or sbyte or short or ushort or int or uint or long or ulong or decimal or BigInteger =>
            ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        TimeSpan time => time.Ticks.ToString(CultureInfo.InvariantCulture),
        Guid id => id.ToString(),
        Version version => version.ToString(),
        SwitchParameter given => given.IsPresent.ToString(),
        DBNull => string.Empty,
        _ when value.GetType() == typeof(CultureInfo) => ((CultureInfo)value).Name,
        _ when value.GetType() == typeof(Uri) => ((Uri)value).OriginalString,
        _ when value.GetType() == typeof(Regex) => $"{((Regex)value).Options} {value}",
        _ when value.GetType() == typeof(StringBuilder) => value.ToString(),
        _ when value.GetType() == typeof(System.Net.IPAddress) => value.ToString(),
        _ when value.GetType() == typeof(System.Net.Mail.MailAddress) => value.ToString(),
        _ when value.GetType() == typeof(XmlDocument) => ((XmlDocument)value).OuterXml,
        _ when value.GetType().FullName == "System.Management.Automation.SemanticVersion" => value.ToString(),
        Type { Assembly.IsDynamic: false } type => type.AssemblyQualifiedName,
        _ => null,
    };

    /// <summary>The table, if it is one whose entries can be looked at.</summary>
    /// <param name="value">What may be a table.</param>
    /// <param name="isOrdered">Whether the order of its entries means anything.</param>
    public static IDictionary? TableOf(object value, out bool isOrdered)
    {
        isOrdered = false;
        if (value is not IDictionary table)
        {
            return null;
        }

        Type type = Definition(value);
        isOrdered = OrderedTables.Contains(type) || type.FullName == ShellTables[0];

        // A synchronized table is a type inside of the table's.
        bool isKnown = isOrdered || Tables.Contains(type) || type.DeclaringType == typeof(Hashtable) || ShellTables.Contains(type.FullName);
        return isKnown ? table : null;
    }

    /// <summary>The elements of a collection, if it is one that can be gone through.</summary>
    public static IEnumerable? ItemsOf(object value) => value is Array || Lists.Contains(Definition(value)) ? (IEnumerable)value : null;

    /// <summary>Whether a type is a class that was written in PowerShell, with none of other make above it.</summary>
    public static bool IsShellClass(Type type)
    {
        for (Type? above = type; above != typeof(object); above = above.BaseType)
        {
            if (above is not { Assembly.IsDynamic: true } || above.Assembly.GetName().Name != "PowerShell Class Assembly")
            {
                return false;
            }
        }

        return true;
    }

    private static Type Definition(object value) =>
        value.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : value.GetType();
}

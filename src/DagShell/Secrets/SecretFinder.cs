using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security;

namespace DagShell.Secrets;

/// <summary>Finds the plain text of secrets in values: in lists and tables, properties of custom objects, fields of classes.</summary>
/// <remarks>Calls no code of the user's: it reads fields, and lists and tables of .NET and PowerShell.</remarks>
internal sealed class SecretFinder
{
    private const int DeepestLevel = 32;

    private const int MostValues = 100_000;

    private static readonly HashSet<string> Holders =
        new(StringComparer.Ordinal) { "KeyValuePair`2", "DictionaryEntry", "Lazy`1", "StrongBox`1", "GroupInfo" };

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>What was found; nothing that is empty.</summary>
    public HashSet<string> Found { get; } = new(StringComparer.Ordinal);

    /// <summary>Looks through a value.</summary>
    public void Add(object? value) => Add(value, 0);

    private void Add(object? value, int level)
    {
        if (value is PSObject wrapped)
        {
            if (wrapped.BaseObject is string or (ValueType and (IFormattable or bool))
                || level > DeepestLevel || _seen.Count >= MostValues || !_seen.Add(wrapped))
            {
                return;
            }

            foreach (PSPropertyInfo property in wrapped.Properties.Where(static property => property is PSNoteProperty))
            {
                Add(property.Value, level + 1);
            }

            value = wrapped.BaseObject;
        }

        if (value is null or string or ValueType { } and (IFormattable or bool) or Type or Delegate
            || level > DeepestLevel || _seen.Count >= MostValues || (!value.GetType().IsValueType && !_seen.Add(value)))
        {
            return;
        }

        switch (value)
        {
            case SecureString secret:
                AddText(new NetworkCredential(string.Empty, secret).Password);
                break;
            case PSCredential credential:
                Add(credential.Password, level + 1);
                break;
            case NetworkCredential credential:
                AddText(credential.Password);
                break;
            case PSReference reference:
                Add(reference.Value, level + 1);
                break;
            case PSVariable variable:
                Add(variable.Value, level + 1);
                break;
            case IDictionary table when IsOfFramework(value):
                foreach (DictionaryEntry entry in table)
                {
                    Add(entry.Key, level + 1);
                    Add(entry.Value, level + 1);
                }

                break;
            case ICollection or ITuple when (value is Array || IsOfFramework(value)) && value is IEnumerable list:
                foreach (object? item in list)
                {
                    Add(item, level + 1);
                }

                break;
            case IEnumerable set when IsOfFramework(value) && value.GetType().GetInterface("ISet`1") is not null:
                foreach (object? item in set)
                {
                    Add(item, level + 1);
                }

                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                {
                    Add(tuple[i], level + 1);
                }

                break;
            default:
                AddFields(value, level);
                break;
        }
    }

    private void AddText(string text)
    {
        if (text.Length > 0)
        {
            Found.Add(text);
        }
    }

    /// <summary>The fields of a class, as those of PowerShell, and of what holds values; not of what else belongs to .NET.</summary>
    private void AddFields(object value, int level)
    {
        if (IsOfFramework(value) && !Holders.Contains(value.GetType().Name))
        {
            return;
        }

        for (Type? type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.FieldType.IsPrimitive && !field.FieldType.IsPointer)
                {
                    Add(field.GetValue(value), level + 1);
                }
            }
        }
    }

    private static bool IsOfFramework(object value) =>
        value.GetType().Assembly.GetName().Name is { } name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal)
            || name is "System" or "mscorlib" or "netstandard");
}

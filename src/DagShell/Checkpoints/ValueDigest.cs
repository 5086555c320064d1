using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using DagShell.Scripts;

namespace DagShell.Checkpoints;

/// <summary>
/// Says of a value, in a few characters, what it is, so that a later run can tell whether it has the same. Looks at each object once,
/// runs no code of anybody's, and comes to an end: what it cannot look at it names, and such a value is the same as no other.
/// </summary>
internal sealed class ValueDigest
{
    private const int MostObjects = 1_000_000;
    private const int DeepestNesting = 200;

    private const string Deserialized = "Deserialized.";

    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(10);

    /// <summary>What PowerShell notes on what it reads: where it came from, and by which way, is no part of what it is.</summary>
    private static readonly HashSet<string> NotesOfShell = new(StringComparer.OrdinalIgnoreCase)
    {
        "PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider", "PSIsContainer", "UnixStat", "ReadCount", "RunspaceId",
        "PSShowComputerName",
    };

    private const BindingFlags OwnFields =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly SecretDigest _secrets;
    private readonly FileTypes _classes;
    private readonly CancellationToken _stop;
    private readonly IncrementalHash _hash;
    private readonly Dictionary<object, int> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stopwatch _time = Stopwatch.StartNew();

    /// <summary>Whether what is read from a journal is the same as what was written to it, though its types are others.</summary>
    private readonly bool _isOfRecords;
    private int _objects;

    private ValueDigest(bool isOfRecords, IncrementalHash hash, SecretDigest secrets, FileTypes classes, CancellationToken stop)
    {
        _isOfRecords = isOfRecords;
        _hash = hash;
        _secrets = secrets;
        _classes = classes;
        _stop = stop;
    }

    /// <summary>Looks at a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="secrets">Stands for secrets.</param>
    /// <param name="classes">The classes that are defined where the value is used.</param>
    /// <param name="stop">Cancelled when nobody wants to know any more.</param>
    /// <param name="obstacle">What in it cannot be looked at; null if all can.</param>
    /// <returns>What stands for it; null if there is an obstacle.</returns>
    /// <exception cref="OperationCanceledException">Nobody wants to know any more.</exception>
    public static string? Of(object? value, SecretDigest secrets, FileTypes classes, CancellationToken stop, out string? obstacle) =>
        Of(isOfRecords: false, value, secrets, classes, stop, out obstacle);

    /// <summary>Looks at an item: it is the same when it comes from a node that has run and when that node is restored.</summary>
    /// <inheritdoc cref="Of(object?, SecretDigest, FileTypes, CancellationToken, out string?)"/>
    public static string? OfItem(object? value, SecretDigest secrets, FileTypes classes, CancellationToken stop, out string? obstacle) =>
        Of(isOfRecords: true, value, secrets, classes, stop, out obstacle);

    private static string? Of(
        bool isOfRecords, object? value, SecretDigest secrets, FileTypes classes, CancellationToken stop, out string? obstacle)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        obstacle = null;
        try
        {
            new ValueDigest(isOfRecords, hash, secrets, classes, stop).Add(value, 0);
            return TextOf(hash);
        }
        catch (UnknownValueException exception)
        {
            obstacle = exception.Message;
        }
        catch (InvalidOperationException)
        {
            obstacle = Messages.ValueChanges;
        }

        return null;
    }

    /// <summary>The first 64 bits of a hash, as text: enough to tell a change, and short, since there may be a million.</summary>
    public static string TextOf(IncrementalHash hash) => Convert.ToBase64String(hash.GetHashAndReset().AsSpan(0, 8))[..11];

    /// <summary>A text with its length, so that no two lists of texts come to the same.</summary>
    public static void Add(IncrementalHash hash, string text)
    {
        int length = text.Length;
        hash.AppendData(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref length, 1)));
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private void Add(object? value, int level)
    {
        if ((++_objects & 0xFF) == 0)
        {
            _stop.ThrowIfCancellationRequested();
            if (_time.Elapsed > LongestTime || _objects > MostObjects)
            {
                throw new UnknownValueException(Messages.ValueTooLarge);
            }
        }

        object? bare = PlainTypes.Bare(value);
        if (bare is null)
        {
            AddText("null");
        }
        else if (PlainTypes.TextOf(bare) is { } text)
        {
            Type type = _isOfRecords && bare is Enum ? Enum.GetUnderlyingType(bare.GetType()) : bare.GetType();
            AddText(type.FullName!);
            AddText(text);
            AddMembers(value, level);
        }
        else if (!TryAddSeen(bare))
        {
            if (level > DeepestNesting)
            {
                throw new UnknownValueException(Messages.ValueTooDeep);
            }

            AddWhole(bare, level + 1);
            AddMembers(value, level + 1);
        }
    }

    /// <summary>Of what was seen before, only which it was: a value that contains itself has an end too.</summary>
    private bool TryAddSeen(object value)
    {
        if (_seen.TryGetValue(value, out int number))
        {
            AddText("seen");
            AddText(number.ToString(CultureInfo.InvariantCulture));
            return true;
        }

        _seen.Add(value, _seen.Count);
        return false;
    }

    private void AddWhole(object value, int level)
    {
        AddText(KindOf(value));
        if (value is SecureString secret)
        {
            AddSecret(secret);
        }
        else if (value is PSCredential credential)
        {
            AddText(credential.UserName);
            AddSecret(credential.Password);
        }
        else if (value is PSObject custom)
        {
            // All that it is stands in its members; of a file that was read from a journal, in some of them.
            AddEntryOnRecord(custom);
        }
        else if (PlainTypes.TableOf(value, out bool isOrdered) is { } table)
        {
            AddTable(table, isOrdered && !_isOfRecords, level);
        }
        else if (PlainTypes.ItemsOf(value) is { } items)
        {
            AddItems(items, level);
        }
        else if (value is FileSystemInfo entry && (value.GetType() == typeof(FileInfo) || value.GetType() == typeof(DirectoryInfo)))
        {
            AddEntry(entry);
        }
        else if (value is ScriptBlock { Module: null } script)
        {
            AddText(script.Ast.Extent.Text);
        }
        else if (PlainTypes.IsShellClass(value.GetType()))
        {
            AddFields(value, level);
        }
        else
        {
            throw new UnknownValueException(Messages.ValueOfUnknownType(value.GetType()));
        }
    }

    private void AddSecret(SecureString secret)
    {
        _stop.ThrowIfCancellationRequested();
        _time.Stop();
        _hash.AppendData(_secrets.Of(secret));
        _time.Start();
    }

    private void AddTable(IDictionary table, bool isOrdered, int level)
    {
        List<(string Key, object? Value)> entries = [];
        foreach (DictionaryEntry entry in table)
        {
            object key = PlainTypes.Bare(entry.Key)!;
            string text = PlainTypes.TextOf(key) ?? throw new UnknownValueException(Messages.KeyOfUnknownType(key.GetType()));
            entries.Add(($"{key.GetType().FullName} {text}", entry.Value));
        }

        if (!isOrdered)
        {
            entries.Sort((x, y) => string.CompareOrdinal(x.Key, y.Key));
        }

        AddText(entries.Count.ToString(CultureInfo.InvariantCulture));
        foreach ((string key, object? value) in entries)
        {
            AddText(key);
            Add(value, level);
        }
    }

    private void AddItems(IEnumerable items, int level)
    {
        if (items is Array array && !_isOfRecords)
        {
            for (int dimension = 0; dimension < array.Rank; dimension++)
            {
                AddText(array.GetLength(dimension).ToString(CultureInfo.InvariantCulture));
            }
        }

        if (items is byte[] bytes)
        {
            _hash.AppendData(bytes);
            return;
        }

        foreach (object? item in items)
        {
            Add(item, level);
        }

        AddText("end");
    }

    /// <summary>
    /// What it was like when it was looked for, which is what the script will see: where it lies, and of a file its length and time.
    /// </summary>
    private void AddEntry(FileSystemInfo entry)
    {
        AddText(entry.FullName);
        if (entry is FileInfo { Exists: true } file)
        {
            AddText(file.Length.ToString(CultureInfo.InvariantCulture));
            AddText(file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void AddEntryOnRecord(PSObject entry)
    {
        if (!IsEntryOnRecord(entry))
        {
            return;
        }

        AddText(Text("FullName"));
        if (Text("Length") is { Length: > 0 } length)
        {
            AddText(length);
            AddText(entry.Properties["LastWriteTimeUtc"]?.Value is DateTime time
                ? time.Ticks.ToString(CultureInfo.InvariantCulture)
                : string.Empty);
        }

        string Text(string property) => Convert.ToString(entry.Properties[property]?.Value, CultureInfo.InvariantCulture) ?? string.Empty;
    }

    private bool IsEntryOnRecord(object? value) =>
        _isOfRecords && value is PSObject
        {
            TypeNames: [Deserialized + "System.IO.FileInfo" or Deserialized + "System.IO.DirectoryInfo", ..],
        };

    /// <summary>What it is: its type, as far as that is the same when it comes from a journal.</summary>
    private string KindOf(object value)
    {
        if (!_isOfRecords)
        {
            return value is PSObject custom ? string.Join(' ', custom.TypeNames) : value.GetType().FullName!;
        }

        return value is PSObject { TypeNames: var names } ? WithoutPrefix(names is [var first, ..] ? first : string.Empty)
            : value is byte[]? "bytes"
            : PlainTypes.TableOf(value, out _) is not null ? "table"
            : PlainTypes.ItemsOf(value) is not null ? "list"
            : value.GetType().FullName!;

        static string WithoutPrefix(string name) => name.StartsWith(Deserialized, StringComparison.Ordinal)
            ? name[Deserialized.Length..]
            : name;
    }

    /// <summary>An instance of a class that was written in PowerShell: what it holds, and what its methods do.</summary>
    private void AddFields(object value, int level)
    {
        for (Type type = value.GetType(); type != typeof(object); type = type.BaseType!)
        {
            TypeDefinitionAst definition = _classes.Find(type.Name) ?? throw new UnknownValueException(Messages.ClassNotSeen(type));
            AddText(definition.Extent.Text);
            foreach (FieldInfo field in type.GetFields(OwnFields))
            {
                // The session that it belongs to is no part of what it is.
                if (!field.Name.StartsWith("__", StringComparison.Ordinal))
                {
                    AddText(field.Name);
                    Add(field.GetValue(value), level);
                }
            }
        }
    }

    /// <summary>What was added to this very object: a custom object's properties are all so. What is code counts as its text.</summary>
    private void AddMembers(object? value, int level)
    {
        if (value is not PSObject wrapped || IsEntryOnRecord(value))
        {
            return;
        }

        // Methods of a custom object alone: of other types there are hundreds to look through.
        IEnumerable<PSMemberInfo> members = wrapped.Properties;
        if (wrapped.BaseObject is PSCustomObject)
        {
            members = members.Concat(wrapped.Methods.Where(method => method is PSScriptMethod or PSCodeMethod));
        }

        foreach (PSMemberInfo member in members)
        {
            if (!member.IsInstance || member is PSProperty
                || (wrapped.BaseObject is not PSCustomObject && NotesOfShell.Contains(member.Name)))
            {
                continue;
            }

            AddText(member.Name);
            switch (member)
            {
                case PSNoteProperty note when note.GetType() == typeof(PSNoteProperty):
                    Add(note.Value, level);
                    break;
                case PSAliasProperty alias:
                    AddText(alias.ReferencedMemberName);
                    break;
                case PSScriptProperty property:
                    Add(property.GetterScript, level);
                    Add(property.SetterScript, level);
                    break;
                case PSScriptMethod method:
                    Add(method.Script, level);
                    break;
                default:
                    throw new UnknownValueException(Messages.MemberNotRead(member.Name));
            }
        }
    }

    private void AddText(string text) => Add(_hash, text);

    /// <summary>A value has something in it that cannot be looked at, which the message names.</summary>
    private sealed class UnknownValueException(string message) : Exception(message);
}

using System.Collections;
using System.Globalization;
using System.Linq.Expressions;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Security;
using System.Text;
using System.Xml;

namespace DagShell.Checkpoints;

/// <summary>
/// Writes objects as CLIXML, which PSSerializer reads: arrays, tables and custom objects in full, however deep; numbers, texts, times and
/// their kind as they are; of other objects the properties, those that are objects themselves as text. Unlike PSSerializer it comes to an
/// end: in length, in depth, and when it is told to.
/// </summary>
internal sealed class ClixmlWriter
{
    private const string Start = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";
    private const string End = "</Objs>";

    /// <summary>More than this would make the journal too slow to be of use (characters).</summary>
    private const int LongestText = 64 * 1024 * 1024;

    private const int DeepestNesting = 64;

    /// <summary>What an array of the shell's begins with; one that was made for an output has nothing added to it.</summary>
    private const string StartOfArray =
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN>";

    private const string NamesOfArray = "System.Object[]\nSystem.Array\nSystem.Object";

    /// <summary>Texts longer than this are not kept room for.</summary>
    private const int MostKeptRoom = 16 * 1024;

    private static readonly Func<object, bool>? HasInstanceMembers = FindHasInstanceMembers();

    [ThreadStatic]
    private static StringBuilder? t_room;

    private readonly StringBuilder _text = TakeRoom();
    private readonly CancellationToken _stop;
    private readonly bool _readsLiveObjects;
    private Dictionary<object, Seen>? _seen;
    private Dictionary<string, int>? _typeNames;

    /// <summary>The number of the next object; the first is the output itself.</summary>
    private int _nextId = 1;
    private int _values;

    /// <summary>Prepares.</summary>
    /// <param name="readsLiveObjects">Whether properties may be read whose getters may do anything, and enumerables gone through.</param>
    /// <param name="stop">Ends the writing.</param>
    public ClixmlWriter(bool readsLiveObjects, CancellationToken stop)
    {
        _readsLiveObjects = readsLiveObjects;
        _stop = stop;
    }

    /// <summary>Whether nothing was written because live objects are in it, which were not to be read.</summary>
    public bool FoundLiveObjects { get; private set; }

    /// <summary>Why nothing was written, in words; null if something was, or live objects were found.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Writes an array.</summary>
    /// <returns>The text; null if it cannot be written.</returns>
    /// <exception cref="OperationCanceledException">It was told to end.</exception>
    public string? Write(object?[] output)
    {
        _text.Append(Start).Append(StartOfArray);
        string? text = null;
        if (WriteItems("LST", output, 1))
        {
            Close("Obj");
            text = _text.Append(End).ToString();
        }

        t_room = _text.Capacity <= MostKeptRoom ? _text.Clear() : null;
        return text;
    }

    private static StringBuilder TakeRoom()
    {
        StringBuilder room = t_room ?? new StringBuilder(512);
        t_room = null;
        return room.Clear();
    }

    /// <summary>PowerShell knows at once whether anything was added to an object, and does not tell in public.</summary>
    private static Func<object, bool>? FindHasInstanceMembers()
    {
        MethodInfo? method = typeof(PSObject).GetMethod("HasInstanceMembers", BindingFlags.Static | BindingFlags.NonPublic);
        if (method?.GetParameters() is not [_, { ParameterType: { IsByRef: true } members }] || members.GetElementType() is not { } type)
        {
            return null;
        }

        ParameterExpression value = Expression.Parameter(typeof(object));
        ParameterExpression found = Expression.Variable(type);
        return Expression.Lambda<Func<object, bool>>(
            Expression.Block([found], Expression.Call(method, value, found)), value).Compile();
    }

    private bool Write(object? value, string? name, int level)
    {
        if ((++_values & 0xFF) == 0)
        {
            _stop.ThrowIfCancellationRequested();
        }

        object? bare = PlainTypes.Bare(value);
        if (level > 0 && bare is PSCredential { Password: null or { Length: 0 } })
        {
            // What has come from another process has one with nothing in it in each file's drive.
            bare = null;
        }

        if (bare is SecureString or PSCredential)
        {
            return Refuse(Messages.OutputIsSecret);
        }

        if (_text.Length > LongestText)
        {
            return Refuse(Messages.OutputTooLong);
        }

        return bare is null ? WriteEmpty("Nil", name)
            : TryWritePrimitive(bare, value, name, level, out bool goesOn) ? goesOn
            : WriteObject(bare, value, name, level);
    }

    private bool Refuse(string obstacle)
    {
        Obstacle = obstacle;
        return false;
    }

    private bool TryWritePrimitive(object bare, object? value, string? name, int level, out bool goesOn)
    {
        goesOn = true;
        (string Tag, string Text)? primitive = PrimitiveOf(bare);
        if (primitive is not { } of)
        {
            return false;
        }

        if (value is not PSObject wrapped || !HasNotes(wrapped))
        {
            WriteElement(of.Tag, name, of.Text);
            return true;
        }

        // 'text' | Add-Member: what was added is kept.
        OpenObject(name, _nextId++);
        WriteElement(of.Tag, null, of.Text);
        goesOn = WriteProperties("MS", NotesOf(wrapped), wrapped, level, isLive: false);
        Close("Obj");
        return true;
    }

    /// <summary>The elements of CLIXML for values without parts.</summary>
    private static (string Tag, string Text)? PrimitiveOf(object value) => value switch
    {
        string text => ("S", Encode(text)),
        int number => ("I32", number.ToString(CultureInfo.InvariantCulture)),
        bool isTrue => ("B", isTrue ? "true" : "false"),
        long number => ("I64", number.ToString(CultureInfo.InvariantCulture)),
        double number => ("Db", XmlConvert.ToString(number)),
        decimal number => ("D", XmlConvert.ToString(number)),
        DateTime time => ("DT", XmlConvert.ToString(time, XmlDateTimeSerializationMode.RoundtripKind)),
        TimeSpan time => ("TS", XmlConvert.ToString(time)),
        Guid id => ("G", id.ToString()),
        char letter => ("C", ((int)letter).ToString(CultureInfo.InvariantCulture)),
        byte number => ("By", number.ToString(CultureInfo.InvariantCulture)),
        sbyte number => ("SB", number.ToString(CultureInfo.InvariantCulture)),
        short number => ("I16", number.ToString(CultureInfo.InvariantCulture)),
        ushort number => ("U16", number.ToString(CultureInfo.InvariantCulture)),
        uint number => ("U32", number.ToString(CultureInfo.InvariantCulture)),
        ulong number => ("U64", number.ToString(CultureInfo.InvariantCulture)),
        float number => ("Sg", XmlConvert.ToString(number)),
        byte[] bytes => ("BA", Convert.ToBase64String(bytes)),
        Version version => ("Version", version.ToString()),
        ScriptBlock script => ("SBK", Encode(script.ToString())),
        _ when value.GetType() == typeof(Uri) => ("URI", Encode(((Uri)value).OriginalString)),
        _ when value.GetType() == typeof(XmlDocument) => ("XD", Encode(((XmlDocument)value).OuterXml)),
        _ => null,
    };

    private bool WriteObject(object bare, object? value, string? name, int level)
    {
        _seen ??= new Dictionary<object, Seen>(ReferenceEqualityComparer.Instance);
        if (_seen.TryGetValue(bare, out Seen seen))
        {
            return seen.IsOpen ? Refuse(Messages.OutputTooDeep) : WriteEmpty("Ref", name, seen.Id);
        }

        if (level > DeepestNesting)
        {
            return Refuse(Messages.OutputTooDeep);
        }

        int id = _nextId++;
        _seen.Add(bare, new Seen(id, IsOpen: true));
        OpenObject(name, id);
        bool goesOn = WriteContent(bare, value as PSObject, level + 1);
        Close("Obj");
        _seen[bare] = new Seen(id, IsOpen: false);
        return goesOn;
    }

    private bool WriteContent(object bare, PSObject? wrapped, int level)
    {
        if (bare is PSObject custom)
        {
            WriteTypeNames(custom);
            if (custom.TypeNames.Count > 0 && custom.TypeNames[0].StartsWith("Deserialized.", StringComparison.Ordinal))
            {
                // It has its text from where it comes.
                WriteElement("ToString", null, Encode(custom.ToString()));
            }

            return WriteProperties("MS", custom.Properties, custom, level, isLive: false);
        }

        wrapped ??= PSObject.AsPSObject(bare);
        WriteTypeNames(wrapped);
        if (bare is Enum)
        {
            WriteElement("ToString", null, Encode(bare.ToString()!));
            return Write(Convert.ChangeType(bare, Enum.GetUnderlyingType(bare.GetType()), CultureInfo.InvariantCulture), null, level);
        }

        if (PlainTypes.TableOf(bare, out _) is { } table)
        {
            return WriteTable(table, level) && WriteNotes(wrapped, level);
        }

        if (PlainTypes.ItemsOf(bare) is { } items)
        {
            return WriteItems(bare is Queue ? "QUE" : "LST", items, level) && WriteNotes(wrapped, level);
        }

        if (!_readsLiveObjects && PlainTypes.TextOf(bare) is null)
        {
            FoundLiveObjects = true;
            return false;
        }

        return bare switch
        {
            IDictionary other => WriteTable(other, level),
            IEnumerable other and not XmlNode => WriteItems("LST", other, level),
            _ => WriteLiveObject(bare, wrapped, level),
        };
    }

    private bool WriteTable(IDictionary table, int level)
    {
        Open("DCT");
        foreach (DictionaryEntry entry in table)
        {
            Open("En");
            if (!Write(entry.Key, "Key", level) || !Write(entry.Value, "Value", level))
            {
                return false;
            }

            Close("En");
        }

        Close("DCT");
        return true;
    }

    private bool WriteItems(string tag, IEnumerable items, int level)
    {
        Open(tag);
        foreach (object? item in items)
        {
            if (!Write(item, null, level))
            {
                return false;
            }
        }

        Close(tag);
        return true;
    }

    private bool WriteNotes(PSObject wrapped, int level) =>
        !HasNotes(wrapped) || WriteProperties("MS", NotesOf(wrapped), wrapped, level, isLive: false);

    private bool WriteLiveObject(object bare, PSObject wrapped, int level)
    {
        WriteElement("ToString", null, Encode(TextOf(bare)));
        return WriteProperties("Props", wrapped.Properties, wrapped, level, isLive: true);
    }

    private bool WriteProperties(string tag, IEnumerable<PSPropertyInfo> properties, PSObject owner, int level, bool isLive)
    {
        Open(tag);
        foreach (PSPropertyInfo property in properties)
        {
            if (property is not PSNoteProperty && !_readsLiveObjects && !isLive)
            {
                FoundLiveObjects = true;
                return false;
            }

            if (property.IsGettable && !WriteProperty(property, owner, level, isLive))
            {
                return false;
            }
        }

        Close(tag);
        return true;
    }

    private bool WriteProperty(PSPropertyInfo property, PSObject owner, int level, bool isLive)
    {
        object? value;
        try
        {
            value = ValueOf(property, owner);
        }
        catch (Exception exception) when (exception is RuntimeException or not OutOfMemoryException)
        {
            // A property that throws has no value, at the prompt too.
            value = null;
        }

        // What the shell notes on files and lines of text, such as their drive, is no part of them either.
        return isLive || owner.BaseObject is not PSCustomObject
            ? WritePart(value, Encode(property.Name), level)
            : Write(value, Encode(property.Name), level);
    }

    /// <summary>
    /// A property of something that is no custom object: an object there is written as text, a collection as its elements' texts.
    /// </summary>
    private bool WritePart(object? value, string name, int level)
    {
        object? bare = PlainTypes.Bare(value);
        if (bare is null or Enum or SecureString or PSCredential || PrimitiveOf(bare) is not null)
        {
            return Write(value, name, level);
        }

        bool isPlain = bare is PSDriveInfo or ProviderInfo || PlainTypes.TextOf(bare) is not null;
        if (!_readsLiveObjects && !isPlain)
        {
            FoundLiveObjects = true;
            return false;
        }

        if (PlainTypes.ItemsOf(bare) is { } items)
        {
            List<object?> parts = [];
            foreach (object? item in items)
            {
                _stop.ThrowIfCancellationRequested();
                object? part = PlainTypes.Bare(item);
                parts.Add(part is null or SecureString or PSCredential || PrimitiveOf(part) is not null ? part : TextOf(part));
            }

            return Write(parts.ToArray(), name, level);
        }

        WriteElement("S", name, Encode(TextOf(bare)));
        return true;
    }

    /// <summary>
    /// A script that was added to an object belongs to the session that it was made in, and would be run there; its text runs anywhere.
    /// </summary>
    private static object? ValueOf(PSPropertyInfo property, PSObject owner)
    {
        if (property is not PSScriptProperty { IsInstance: true, GetterScript.Ast: ScriptBlockAst script })
        {
            return property.Value;
        }

        var values = script.GetScriptBlock().InvokeWithContext(null, [new PSVariable("this", owner)]);
        return values.Count == 1 ? values[0] : values.ToArray();
    }

    private static string TextOf(object value)
    {
        try
        {
            return value.ToString() ?? string.Empty;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return value.GetType().FullName!;
        }
    }

    /// <summary>
    /// Whether anything was added to an object. To go through its properties takes 50 µs for a number, which nearly never has any;
    /// PowerShell knows at once, and does not tell in public.
    /// </summary>
    private static bool HasNotes(PSObject wrapped) =>
        (HasInstanceMembers is null || HasInstanceMembers(wrapped)) && NotesOf(wrapped).Any();

    /// <summary>Not by way of Members, which look through all methods of the type each time.</summary>
    private static IEnumerable<PSPropertyInfo> NotesOf(PSObject wrapped) =>
        wrapped.Properties.Where(property => property is (PSNoteProperty or PSScriptProperty) and { IsInstance: true });

    private void WriteTypeNames(PSObject value)
    {
        _typeNames ??= new Dictionary<string, int>(StringComparer.Ordinal) { [NamesOfArray] = 0 };
        string names = string.Join('\n', value.TypeNames);
        if (_typeNames.TryGetValue(names, out int known))
        {
            WriteEmpty("TNRef", null, known);
            return;
        }

        int id = _typeNames.Count;
        _typeNames.Add(names, id);
        _text.Append("<TN RefId=\"").Append(id).Append("\">");
        foreach (string typeName in value.TypeNames)
        {
            WriteElement("T", null, Encode(typeName));
        }

        Close("TN");
    }

    private void OpenObject(string? name, int id)
    {
        _text.Append("<Obj");
        WriteName(name);
        _text.Append(" RefId=\"").Append(id).Append("\">");
    }

    private void Open(string tag) => _text.Append('<').Append(tag).Append('>');

    private void Close(string tag) => _text.Append("</").Append(tag).Append('>');

    private void WriteElement(string tag, string? name, string content)
    {
        _text.Append('<').Append(tag);
        WriteName(name);
        _text.Append('>').Append(content);
        Close(tag);
    }

    private bool WriteEmpty(string tag, string? name, int? id = null)
    {
        _text.Append('<').Append(tag);
        WriteName(name);
        if (id is { } number)
        {
            _text.Append(" RefId=\"").Append(number).Append('"');
        }

        _text.Append("/>");
        return true;
    }

    private void WriteName(string? name)
    {
        if (name is not null)
        {
            _text.Append(" N=\"").Append(name).Append('"');
        }
    }

    /// <summary>Escapes for XML, and what XML does not have as CLIXML does: <c>_x000A_</c>.</summary>
    private static string Encode(string text)
    {
        int first = 0;
        while (first < text.Length && IsPlain(text, first))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        var encoded = new StringBuilder(text, 0, first, text.Length + 64);
        for (int i = first; i < text.Length; i++)
        {
            char letter = text[i];
            if (char.IsHighSurrogate(letter) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                encoded.Append(letter).Append(text[++i]);
            }
            else if (IsPlain(text, i))
            {
                encoded.Append(letter);
            }
            else
            {
                _ = letter switch
                {
                    '<' => encoded.Append("&lt;"),
                    '>' => encoded.Append("&gt;"),
                    '&' => encoded.Append("&amp;"),
                    '"' => encoded.Append("&quot;"),
                    _ => encoded.Append(CultureInfo.InvariantCulture, $"_x{(int)letter:X4}_"),
                };
            }
        }

        return encoded.ToString();
    }

    private static bool IsPlain(string text, int index)
    {
        char letter = text[index];
        return letter switch
        {
            '<' or '>' or '&' or '"' => false,
            '_' => index + 1 == text.Length || text[index + 1] is not ('x' or 'X'),
            < ' ' or (>= '\x7F' and <= '\x9F') or '\u2028' or '\u2029' or >= '\uFFFE' => false,
            _ => !char.IsSurrogate(letter),
        };
    }

    private readonly record struct Seen(int Id, bool IsOpen);
}

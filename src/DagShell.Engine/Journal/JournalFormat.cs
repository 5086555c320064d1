using System.Buffers.Text;
using System.Text.Json;
using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>
/// The lines of a journal: JSON Lines in UTF-8. The first is the header of a run; a run that resumes it begins with a header of
/// its own. Between them stands one record a line. Every line ends with a checksum (<see cref="LineChecksum"/>) and a line feed.
/// </summary>
/// <remarks>
/// A reader passes over properties that it does not know, so that one may be added as long as a journal without it, and a reader
/// that does not look at it, still get the done nodes right. All else takes a new version, which older readers refuse.
/// </remarks>
internal static class JournalFormat
{
    private const string Name = "DagShell";

    public const int Version = 2;

    private static readonly string[] KindNames = [.. Enum.GetNames<JournalRecordKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    [ThreadStatic]
    private static RecordDocument? t_document;

    /// <summary>What every journal starts with, and no other file.</summary>
    public static ReadOnlySpan<byte> Magic => "{\"journal\":\"DagShell\",\"version\":"u8;

    private static readonly byte[][] KindStarts =
        [.. KindNames.Select(name => System.Text.Encoding.ASCII.GetBytes($"{name}\""))];

    private static ReadOnlySpan<byte> EventStart => "{\"event\":\""u8;

    private static ReadOnlySpan<byte> TimeStart => ",\"time\":"u8;

    private static ReadOnlySpan<byte> HeaderStart => "{\"journal\":"u8;

    public static bool IsHeader(ReadOnlySpan<byte> line) => line.StartsWith(HeaderStart);

    /// <summary>The version in a line that starts with <see cref="Magic"/>.</summary>
    public static int VersionOf(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line[Magic.Length..], out int version, out _) ? version : 0;

    /// <param name="header">The header.</param>
    /// <param name="lines">Where to.</param>
    /// <param name="scripts">Gets the numbers of the scripts' texts, by the texts themselves, for the records of the run.</param>
    public static void Write(JournalHeader header, LineWriter lines, Dictionary<object, int>? scripts = null)
    {
        Dictionary<RunOrigin, int> origins = [];
        scripts ??= new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        foreach (JournalNode node in header.Nodes)
        {
            if (node.Origin is not null)
            {
                origins.TryAdd(node.Origin, origins.Count);
            }

            if (node.Script is not null)
            {
                scripts.TryAdd(node.Script, scripts.Count);
            }
        }

        lines.Add(
            new HeaderDocument
            {
                Journal = Name,
                Version = Version,
                Event = header.IsResumed ? "resumed" : "run",
                Run = header.RunId,
                Dag = header.DagName,
                Description = header.Description,
                Salt = header.Salt,
                Time = header.StartTime,
                Host = header.Host,
                Process = header.ProcessId,
                ThrottleLimit = header.ThrottleLimit,
                Pools = header.PoolLimits.Count == 0 ? null : new Dictionary<string, int>(header.PoolLimits),
                Resume = header.ResumeCommand,
                Scripts = scripts.Count == 0 ? null : [.. scripts.OrderBy(script => script.Value).Select(script => (string)script.Key)],
                Origins = DocumentsOf(origins),
                Nodes = header.Nodes.Select(node => DocumentOf(
                    node,
                    node.Origin is { } origin ? origins[origin] : null,
                    node.Script is { } script ? scripts[script] : null)),
            },
            JournalDocuments.Default.HeaderDocument);
    }

    /// <param name="record">The record.</param>
    /// <param name="start">When its run started.</param>
    /// <param name="lines">Where to.</param>
    /// <param name="scripts">The numbers of the texts of scripts that are written already; gets those of new ones.</param>
    public static void Write(JournalRecord record, DateTimeOffset start, LineWriter lines, Dictionary<object, int>? scripts = null)
    {
        // The same for each, since there are very many, and it is a large one.
        RecordDocument document = t_document ??= new RecordDocument();
        document.Event = KindNames[(int)record.Kind];
        document.Time = (record.Time - start).TotalSeconds;
        document.Node = record.Node;
        document.Item = record.Item;
        document.Count = record.Count;
        document.Value = record.Value;
        document.Attempt = record.Attempt;
        document.Slot = record.Slot;
        document.Host = record.Host;
        document.Ready = (record.ReadyTime - start)?.TotalSeconds;
        document.Waited = (record.WaitedFrom - start)?.TotalSeconds;
        document.Parked = (record.ParkedTime - start)?.TotalSeconds;
        document.Unparked = (record.UnparkedTime - start)?.TotalSeconds;
        document.Start = (record.StartTime - start)?.TotalSeconds;
        document.Attempts = record.Attempts;
        document.Failure = record.FailureKind?.ToString();
        document.Message = record.Message;
        document.Position = record.Position;
        document.Source = record.SourceLine;
        document.Stack = record.Stack;
        document.Delay = record.Delay?.TotalSeconds;
        document.Cause = record.SkipCause?.ToString();
        document.By = record.SkippedBy;
        document.Reason = record.SkipReason;
        document.CancelCause = record.CancelCause?.ToString();
        document.CancelledBy = record.CancelledBy;
        document.StoppedAt = record.StoppedAt;
        document.Status = record.Status?.ToString();
        document.Shown = record.ShownOutput;
        document.Log = record.Log.Count == 0 ? null : [.. record.Log.Select(line => new LogLineDocument
        {
            Time = (line.Time - start).TotalSeconds,
            Stream = line.Stream,
            Text = line.Text,
        })];
        AddNodes(document, record.Nodes, scripts ?? new Dictionary<object, int>(ReferenceEqualityComparer.Instance));
        lines.Add(document, JournalDocuments.Default.RecordDocument, record.Output);
    }

    /// <param name="line">The line.</param>
    /// <param name="scripts">Gets the texts of scripts, to which records of the run add some; null if nobody reads those.</param>
    /// <exception cref="FormatException">It is no header.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JournalHeader ReadHeader(ReadOnlySpan<byte> line, List<string>? scripts = null)
    {
        HeaderDocument document = Required(JsonSerializer.Deserialize(line, JournalDocuments.Default.HeaderDocument));
        List<RunOrigin> origins = OriginsOf(document.Origins);
        scripts?.Clear();
        scripts?.AddRange(document.Scripts ?? []);
        return new JournalHeader
        {
            IsResumed = document.Event switch
            {
                "run" => false,
                "resumed" => true,
                _ => throw new FormatException("A header of an unknown kind."),
            },
            RunId = document.Run,
            DagName = document.Dag,
            Description = document.Description,
            ResumeCommand = document.Resume,
            PoolLimits = new Dictionary<string, int>(document.Pools ?? [], StringComparer.OrdinalIgnoreCase),
            Salt = document.Salt,
            StartTime = document.Time,
            Host = document.Host,
            ProcessId = document.Process,
            ThrottleLimit = document.ThrottleLimit,
            Nodes = [.. Required(document.Nodes).Select(node => NodeOf(node, origins, document.Scripts ?? []))],
        };
    }

    /// <param name="line">The line.</param>
    /// <param name="start">When its run started.</param>
    /// <param name="readsOutput">Whether anybody wants to know the output.</param>
    /// <param name="scripts">The texts of scripts so far, to which this adds its own; null if nobody wants to know them.</param>
    /// <exception cref="FormatException">It is no record.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JournalRecord ReadRecord(
        ReadOnlySpan<byte> line, DateTimeOffset start, bool readsOutput = true, List<string>? scripts = null)
    {
        string? output = TakeOutput(ref line, readsOutput);
        RecordDocument document = Required(JsonSerializer.Deserialize(line, JournalDocuments.Default.RecordDocument));
        int kind = Array.IndexOf(KindNames, document.Event);
        bool isWhole = kind >= 0 && (kind == (int)JournalRecordKind.Ended ? document.Status is not null : document.Node is not null);
        List<RunOrigin> origins = OriginsOf(document.Origins);
        scripts?.AddRange(document.Scripts ?? []);
        return !isWhole ? throw new FormatException("A record of an unknown kind, or one that lacks something.") : new JournalRecord
        {
            Kind = (JournalRecordKind)kind,
            Time = After(start, document.Time),
            Node = document.Node,
            Item = document.Item,
            Count = document.Count,
            Value = document.Value,
            Attempt = document.Attempt,
            Slot = document.Slot,
            Host = document.Host,
            ReadyTime = After(start, document.Ready),
            WaitedFrom = After(start, document.Waited),
            ParkedTime = After(start, document.Parked),
            UnparkedTime = After(start, document.Unparked),
            StartTime = After(start, document.Start),
            Attempts = document.Attempts,
            FailureKind = EnumOf<FailureKind>(document.Failure),
            Message = document.Message,
            Position = document.Position,
            SourceLine = document.Source,
            Stack = document.Stack,
            Delay = document.Delay is { } delay ? SpanOf(delay) : null,
            SkipCause = EnumOf<SkipCause>(document.Cause),
            SkippedBy = document.By,
            SkipReason = document.Reason,
            CancelCause = EnumOf<CancelCause>(document.CancelCause),
            CancelledBy = document.CancelledBy,
            StoppedAt = document.StoppedAt,
            Status = EnumOf<RunStatus>(document.Status),
            Output = output,
            ShownOutput = document.Shown,
            Log = document.Log is null ? [] : document.Log.ConvertAll(logged =>
                new JournalLogLine(After(start, Required(logged).Time), Required(logged.Stream), Required(logged.Text))),
            Nodes = document.Nodes is null ? [] : document.Nodes.ConvertAll(node => NodeOf(node, origins, scripts)),
        };
    }

    /// <summary>The kind of a record, of which no more is read.</summary>
    /// <exception cref="FormatException">It is no record.</exception>
    public static JournalRecordKind KindOf(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith(EventStart))
        {
            ReadOnlySpan<byte> rest = line[EventStart.Length..];
            for (int kind = 0; kind < KindStarts.Length; kind++)
            {
                if (rest.StartsWith(KindStarts[kind]))
                {
                    return (JournalRecordKind)kind;
                }
            }
        }

        throw new FormatException("A record of an unknown kind.");
    }

    /// <summary>The time of a record, of which no more is read, in seconds since its run's start.</summary>
    /// <exception cref="FormatException">It has none.</exception>
    public static double TimeOf(ReadOnlySpan<byte> line) =>
        line.IndexOf(TimeStart) is >= 0 and var place
        && Utf8Parser.TryParse(line[(place + TimeStart.Length)..], out double time, out _)
        && Math.Abs(time) < 1e11
            ? time
            : throw new FormatException("A record without a time.");

    /// <summary>Whether a record, of which no more is read, is about an item. In a text that property would have a backslash.</summary>
    public static bool IsOfItem(ReadOnlySpan<byte> line) => line.IndexOf(",\"item\":"u8) >= 0;

    private static List<RunOrigin> OriginsOf(List<EarlierRunDocument>? documents) =>
        documents?.ConvertAll(origin => new RunOrigin(Required(origin).Run, origin.Time.LocalDateTime)) ?? [];

    private static List<EarlierRunDocument>? DocumentsOf(Dictionary<RunOrigin, int> origins) => origins.Count == 0 ? null :
    [
        .. origins.OrderBy(origin => origin.Value).Select(origin => new EarlierRunDocument
        {
            Run = origin.Key.RunId,
            Time = new DateTimeOffset(origin.Key.StartTime),
        }),
    ];

    /// <summary>Adds the nodes that a record tells of, with the texts of their scripts that are not written yet.</summary>
    private static void AddNodes(RecordDocument document, IReadOnlyList<JournalNode> nodes, Dictionary<object, int> scripts)
    {
        document.Nodes = null;
        document.Scripts = null;
        document.Origins = null;
        if (nodes.Count == 0)
        {
            return;
        }

        Dictionary<RunOrigin, int> origins = [];
        document.Nodes = new List<NodeDocument>(nodes.Count);
        foreach (JournalNode node in nodes)
        {
            if (node.Script is not null && scripts.TryAdd(node.Script, scripts.Count))
            {
                (document.Scripts ??= []).Add(node.Script);
            }

            if (node.Origin is not null)
            {
                origins.TryAdd(node.Origin, origins.Count);
            }

            document.Nodes.Add(DocumentOf(
                node, node.Origin is { } origin ? origins[origin] : null, node.Script is { } script ? scripts[script] : null));
        }

        document.Origins = DocumentsOf(origins);
    }

    private static NodeDocument DocumentOf(JournalNode node, int? origin, int? script) => new()
    {
        Name = node.Name,
        Definition = node.Definition,
        ItemDefinition = node.ItemDefinition,
        LastDefinition = node.LastDefinition,
        KeepsItems = node.KeepsItems ? true : null,
        ItemValue = node.ItemValue,
        RestoredFrom = node.RestoredFrom,
        DependsOn = node.DependsOn.Count == 0 ? null : node.DependsOn,
        CleanUpOf = node.CleanUpOf.Count == 0 ? null : node.CleanUpOf,
        FallbackFor = node.FallbackFor,
        Outer = node.Outer,
        Description = node.Description,
        Pool = node.Pool,
        Rule = node.TriggerRule == TriggerRule.AllSucceeded ? null : node.TriggerRule.ToString(),
        ContinueOnError = node.ContinueOnError ? true : null,
        Outside = node.IsOutside ? true : null,
        Restored = node.IsRestored ? true : null,
        FallenBack = node.IsFallenBack ? true : null,
        Origin = origin,
        Took = node.EarlierDuration?.TotalSeconds,
        Script = script,
    };

    private static JournalNode NodeOf(NodeDocument? document, List<RunOrigin> origins, List<string>? scripts)
    {
        NodeDocument node = Required(document);
        return new JournalNode(
            Required(node.Name), Whole(node.DependsOn), Required(node.Definition), node.Restored == true,
            node.Took is { } took ? SpanOf(took) : null)
        {
            ItemDefinition = node.ItemDefinition,
            LastDefinition = node.LastDefinition,
            KeepsItems = node.KeepsItems == true,
            ItemValue = node.ItemValue,
            RestoredFrom = node.RestoredFrom,
            CleanUpOf = Whole(node.CleanUpOf),
            FallbackFor = node.FallbackFor,
            Outer = node.Outer,
            Description = node.Description,
            Script = node.Script is { } text && scripts is not null
                ? scripts.ElementAtOrDefault(text) ?? throw new FormatException("A script that is not there.")
                : null,
            Pool = node.Pool,
            TriggerRule = EnumOf<TriggerRule>(node.Rule) ?? TriggerRule.AllSucceeded,
            ContinueOnError = node.ContinueOnError == true,
            IsOutside = node.Outside == true,
            IsFallenBack = node.FallenBack == true,
            Origin = node.Origin is { } place
                ? origins.ElementAtOrDefault(place) ?? throw new FormatException("A run that is not there.")
                : null,
        };
    }

    /// <summary>Takes the output, which stands last, off a line that ends with its checksum.</summary>
    private static string? TakeOutput(ref ReadOnlySpan<byte> line, bool readsOutput)
    {
        int place = line.IndexOf(LineWriter.OutputStart);
        if (place < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> text = line[(place + LineWriter.OutputStart.Length - 1)..^LineChecksum.SuffixLength];
        byte[] rest = [.. line[..place], (byte)'}'];
        line = rest;
        if (!readsOutput)
        {
            return string.Empty;
        }

        var json = new Utf8JsonReader(text);
        return json.Read() && json.TokenType == JsonTokenType.String
            ? json.GetString()
            : throw new FormatException("An output that is no text.");
    }

    private static IReadOnlyList<string> Whole(IReadOnlyList<string>? names) =>
        names is null ? [] : names.Contains(null!) ? throw new FormatException("No text.") : names;

    private static DateTimeOffset? After(DateTimeOffset start, double? seconds) => seconds is { } known ? After(start, known) : null;

    private static DateTimeOffset After(DateTimeOffset start, double seconds) =>
        Math.Abs(seconds) < 1e11
            ? start.AddTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond))
            : throw new FormatException("A time beyond reason.");

    private static TimeSpan SpanOf(double seconds) =>
        seconds is >= 0 and < 1e11 ? TimeSpan.FromSeconds(seconds) : throw new FormatException("A duration.");

    private static TEnum? EnumOf<TEnum>(string? name)
        where TEnum : struct, Enum =>
        name is null ? null
        : Enum.TryParse(name, out TEnum value) && Enum.IsDefined(value) && value.ToString() == name ? value
        : throw new FormatException("A word that is not known.");

    private static T Required<T>(T? value)
        where T : class => value ?? throw new FormatException("Something is missing.");
}

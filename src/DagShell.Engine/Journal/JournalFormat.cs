using System.Buffers;
using System.Text.Encodings.Web;
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
    public const int Version = 1;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Nobody puts a journal into a web page, and escaped it would be twice as long.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] KindNames = [.. Enum.GetNames<JournalRecordKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>What every journal starts with, and no other file.</summary>
    public static ReadOnlySpan<byte> Magic => "{\"journal\":\"DagShell\",\"version\":"u8;

    private static ReadOnlySpan<byte> HeaderStart => "{\"journal\":"u8;

    public static bool IsHeader(ReadOnlySpan<byte> line) => line.StartsWith(HeaderStart);

    /// <summary>The version in a line that starts with <see cref="Magic"/>.</summary>
    public static int VersionOf(ReadOnlySpan<byte> line) =>
        System.Buffers.Text.Utf8Parser.TryParse(line[Magic.Length..], out int version, out _) ? version : 0;

    public static void Write(JournalHeader header, IBufferWriter<byte> output, ref uint checksum)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("journal", "DagShell");
            json.WriteNumber("version", Version);
            json.WriteString("event", header.IsResumed ? "resumed" : "run");
            json.WriteString("run", header.RunId);
            if (header.DagName is not null)
            {
                json.WriteString("dag", header.DagName);
            }

            WriteString(json, "description", header.Description);
            WriteString(json, "salt", header.Salt);
            json.WriteString("time", header.StartTime);
            json.WriteNumber("throttleLimit", header.ThrottleLimit);
            if (header.PoolLimits.Count > 0)
            {
                json.WriteStartObject("pools");
                foreach ((string pool, int limit) in header.PoolLimits)
                {
                    json.WriteNumber(pool, limit);
                }

                json.WriteEndObject();
            }

            json.WriteStartArray("nodes");
            foreach (JournalNode node in header.Nodes)
            {
                json.WriteStartObject();
                json.WriteString("name", node.Name);
                json.WriteString("definition", node.Definition);
                WriteStrings(json, "dependsOn", node.DependsOn);
                WriteStrings(json, "cleanUpOf", node.CleanUpOf);
                WriteString(json, "fallbackFor", node.FallbackFor);
                WriteString(json, "description", node.Description);
                WriteString(json, "pool", node.Pool);
                WriteString(json, "rule", node.TriggerRule == TriggerRule.AllSucceeded ? null : node.TriggerRule.ToString());
                if (node.ContinueOnError)
                {
                    json.WriteBoolean("continueOnError", true);
                }

                if (node.IsOutside)
                {
                    json.WriteBoolean("outside", true);
                }

                if (node.IsRestored)
                {
                    json.WriteBoolean("restored", true);
                }

                if (node.IsFallenBack)
                {
                    json.WriteBoolean("fallenBack", true);
                }

                if (node.Origin is { } origin)
                {
                    json.WriteString("run", origin.RunId);
                    json.WriteString("runTime", new DateTimeOffset(origin.StartTime));
                }

                if (node.EarlierDuration is { } duration)
                {
                    json.WriteNumber("took", duration.TotalSeconds);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        WriteLine(line.WrittenSpan, output, ref checksum);
    }

    public static void Write(JournalRecord record, IBufferWriter<byte> output, ref uint checksum)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("event", KindNames[(int)record.Kind]);
            json.WriteString("time", record.Time);
            WriteString(json, "node", record.Node);
            WriteNumber(json, "attempt", record.Attempt);
            WriteNumber(json, "slot", record.Slot);
            WriteTime(json, "ready", record.ReadyTime);
            WriteTime(json, "waited", record.WaitedFrom);
            WriteTime(json, "parked", record.ParkedTime);
            WriteTime(json, "unparked", record.UnparkedTime);
            WriteTime(json, "start", record.StartTime);

            WriteNumber(json, "attempts", record.Attempts);
            WriteString(json, "failure", record.FailureKind?.ToString());
            WriteString(json, "message", record.Message);
            WriteString(json, "position", record.Position);
            if (record.Delay is { } delay)
            {
                json.WriteNumber("delay", delay.TotalSeconds);
            }

            WriteString(json, "cause", record.SkipCause?.ToString());
            WriteString(json, "by", record.SkippedBy);
            WriteString(json, "reason", record.SkipReason);
            WriteString(json, "cancelCause", record.CancelCause?.ToString());
            WriteString(json, "cancelledBy", record.CancelledBy);
            WriteString(json, "status", record.Status?.ToString());
            WriteString(json, "output", record.Output);
            json.WriteEndObject();
        }

        WriteLine(line.WrittenSpan, output, ref checksum);
    }

    /// <exception cref="FormatException">It is no header.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JournalHeader ReadHeader(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        string? kind = null, dagName = null, description = null, salt = null;
        Guid? run = null;
        DateTimeOffset? time = null;
        int throttleLimit = 0;
        List<JournalNode>? nodes = null;
        Dictionary<string, int> pools = new(StringComparer.OrdinalIgnoreCase);
        ReadStart(ref json);
        while (TryReadName(ref json, out string name))
        {
            switch (name)
            {
                case "event": kind = ReadString(ref json); break;
                case "run": run = json.GetGuid(); break;
                case "dag": dagName = ReadString(ref json); break;
                case "description": description = ReadString(ref json); break;
                case "salt": salt = ReadString(ref json); break;
                case "time": time = json.GetDateTimeOffset(); break;
                case "pools": ReadPools(ref json, pools); break;
                case "throttleLimit": throttleLimit = json.GetInt32(); break;
                case "nodes": nodes = ReadNodes(ref json); break;
                default: json.Skip(); break;
            }
        }

        return new JournalHeader
        {
            IsResumed = kind switch { "run" => false, "resumed" => true, _ => throw new FormatException("A header of an unknown kind.") },
            RunId = Required(run),
            DagName = dagName,
            Description = description,
            PoolLimits = pools,
            Salt = salt,
            StartTime = Required(time),
            ThrottleLimit = throttleLimit,
            Nodes = nodes ?? throw new FormatException("A header without nodes."),
        };
    }

    /// <exception cref="FormatException">It is no record.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JournalRecord ReadRecord(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        int kind = -1;
        DateTimeOffset? time = null, start = null, ready = null, waited = null, parked = null, unparked = null;
        string? node = null, output = null, message = null, position = null, skippedBy = null;
        int? attempt = null, slot = null, attempts = null;
        FailureKind? failure = null;
        SkipCause? cause = null;
        CancelCause? cancelCause = null;
        string? skipReason = null, cancelledBy = null;
        RunStatus? status = null;
        TimeSpan? delay = null;
        ReadStart(ref json);
        while (TryReadName(ref json, out string name))
        {
            switch (name)
            {
                case "event": kind = Array.IndexOf(KindNames, ReadString(ref json)); break;
                case "time": time = json.GetDateTimeOffset(); break;
                case "node": node = ReadString(ref json); break;
                case "attempt": attempt = json.GetInt32(); break;
                case "slot": slot = json.GetInt32(); break;
                case "ready": ready = json.GetDateTimeOffset(); break;
                case "waited": waited = json.GetDateTimeOffset(); break;
                case "parked": parked = json.GetDateTimeOffset(); break;
                case "unparked": unparked = json.GetDateTimeOffset(); break;
                case "start": start = json.GetDateTimeOffset(); break;
                case "attempts": attempts = json.GetInt32(); break;
                case "failure": failure = ReadEnum<FailureKind>(ref json); break;
                case "message": message = ReadString(ref json); break;
                case "position": position = ReadString(ref json); break;
                case "delay": delay = ReadSeconds(ref json); break;
                case "cause": cause = ReadEnum<SkipCause>(ref json); break;
                case "reason": skipReason = ReadString(ref json); break;
                case "cancelCause": cancelCause = ReadEnum<CancelCause>(ref json); break;
                case "cancelledBy": cancelledBy = ReadString(ref json); break;
                case "by": skippedBy = ReadString(ref json); break;
                case "status": status = ReadEnum<RunStatus>(ref json); break;
                case "output": output = ReadString(ref json); break;
                default: json.Skip(); break;
            }
        }

        bool isWhole = kind >= 0 && ((JournalRecordKind)kind == JournalRecordKind.Ended ? status is not null : node is not null);
        return !isWhole ? throw new FormatException("A record of an unknown kind, or one that lacks something.") : new JournalRecord
        {
            Kind = (JournalRecordKind)kind,
            Time = Required(time),
            Node = node,
            Attempt = attempt,
            Slot = slot,
            ReadyTime = ready,
            WaitedFrom = waited,
            ParkedTime = parked,
            UnparkedTime = unparked,
            StartTime = start,
            Attempts = attempts,
            FailureKind = failure,
            Message = message,
            Position = position,
            Delay = delay,
            SkipCause = cause,
            SkipReason = skipReason,
            CancelCause = cancelCause,
            CancelledBy = cancelledBy,
            SkippedBy = skippedBy,
            Status = status,
            Output = output,
        };
    }

    private static void WriteLine(ReadOnlySpan<byte> json, IBufferWriter<byte> output, ref uint checksum)
    {
        ReadOnlySpan<byte> line = json[..^1];
        checksum = LineChecksum.Add(checksum, line);
        output.Write(line);
        output.Write(LineChecksum.Suffix(checksum));
        output.Write("\n"u8);
    }

    private static void WriteString(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            json.WriteString(name, time);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static List<JournalNode> ReadNodes(ref Utf8JsonReader json)
    {
        List<JournalNode> nodes = [];
        Expect(json.TokenType == JsonTokenType.StartArray);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            nodes.Add(ReadNode(ref json));
        }

        return nodes;
    }

    private static JournalNode ReadNode(ref Utf8JsonReader json)
    {
        string? nodeName = null, definition = null, description = null, pool = null;
        TriggerRule rule = TriggerRule.AllSucceeded;
        bool continueOnError = false;
        List<string> dependsOn = [], cleanUpOf = [];
        string? fallbackFor = null;
        bool isRestored = false, isOutside = false, isFallenBack = false;
        TimeSpan? took = null;
        Guid? run = null;
        DateTimeOffset? runTime = null;
        Expect(json.TokenType == JsonTokenType.StartObject);
        while (TryReadName(ref json, out string name))
        {
            switch (name)
            {
                case "name": nodeName = ReadString(ref json); break;
                case "definition": definition = ReadString(ref json); break;
                case "description": description = ReadString(ref json); break;
                case "pool": pool = ReadString(ref json); break;
                case "rule": rule = ReadEnum<TriggerRule>(ref json); break;
                case "continueOnError": continueOnError = json.GetBoolean(); break;
                case "outside": isOutside = json.GetBoolean(); break;
                case "restored": isRestored = json.GetBoolean(); break;
                case "run": run = json.GetGuid(); break;
                case "runTime": runTime = json.GetDateTimeOffset(); break;
                case "took": took = ReadSeconds(ref json); break;
                case "dependsOn": dependsOn = ReadStrings(ref json); break;
                case "cleanUpOf": cleanUpOf = ReadStrings(ref json); break;
                case "fallbackFor": fallbackFor = ReadString(ref json); break;
                case "fallenBack": isFallenBack = json.GetBoolean(); break;
                default: json.Skip(); break;
            }
        }

        Expect(nodeName is not null && definition is not null);
        return new JournalNode(nodeName!, dependsOn, definition!, isRestored, took)
        {
            Description = description,
            Pool = pool,
            TriggerRule = rule,
            IsOutside = isOutside,
            ContinueOnError = continueOnError,
            CleanUpOf = cleanUpOf,
            FallbackFor = fallbackFor,
            IsFallenBack = isFallenBack,
            Origin = run is { } id && runTime is { } time ? new RunOrigin(id, time.LocalDateTime) : null,
        };
    }

    private static List<string> ReadStrings(ref Utf8JsonReader json)
    {
        List<string> strings = [];
        Expect(json.TokenType == JsonTokenType.StartArray);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            strings.Add(ReadString(ref json));
        }

        return strings;
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void ReadPools(ref Utf8JsonReader json, Dictionary<string, int> pools)
    {
        Expect(json.TokenType == JsonTokenType.StartObject);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string pool = json.GetString()!;
            json.Read();
            pools[pool] = json.GetInt32();
        }

        Expect(json.TokenType == JsonTokenType.EndObject);
    }

    private static void ReadStart(ref Utf8JsonReader json) => Expect(json.Read() && json.TokenType == JsonTokenType.StartObject);

    /// <summary>Goes to the value of the next property, if the object has one more.</summary>
    private static bool TryReadName(ref Utf8JsonReader json, out string name)
    {
        json.Read();
        name = json.TokenType == JsonTokenType.PropertyName ? json.GetString()! : string.Empty;
        Expect(json.TokenType == JsonTokenType.EndObject || (json.TokenType == JsonTokenType.PropertyName && json.Read()));
        return name.Length > 0;
    }

    private static string ReadString(ref Utf8JsonReader json) => json.GetString() ?? throw new FormatException("No text.");

    private static TimeSpan ReadSeconds(ref Utf8JsonReader json)
    {
        double seconds = json.GetDouble();
        Expect(seconds is >= 0 and < 1e11);
        return TimeSpan.FromSeconds(seconds);
    }

    private static TEnum ReadEnum<TEnum>(ref Utf8JsonReader json)
        where TEnum : struct, Enum
    {
        bool isKnown = Enum.TryParse(ReadString(ref json), out TEnum value) && Enum.IsDefined(value);
        Expect(isKnown);
        return value;
    }

    private static T Required<T>(T? value)
        where T : struct => value ?? throw new FormatException("Something is missing.");

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new FormatException("Something stands where it does not belong.");
        }
    }
}

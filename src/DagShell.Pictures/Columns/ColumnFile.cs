using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DagShell.Pictures.Texts;

namespace DagShell.Pictures.Columns;

/// <summary>
/// Columns of numbers and texts, packed into one text that a page carries along: a column a fact, a value a node. The page's script reads
/// it with DecompressionStream, which works from a file too.
/// </summary>
/// <remarks>
/// The length of a header (4 bytes), the header (JSON: what each column is called, of which kind it is and how long), then the columns,
/// all deflated and written in Base64. Numbers are of 7 bits a byte, the low ones first; a column of deltas has differences, with the sign
/// in the lowest bit.
/// </remarks>
internal sealed class ColumnFile
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Name, string Kind, int Count, int Length)> _columns = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Adds numbers that are not negative.</summary>
    public void AddNumbers(string name, IEnumerable<long> numbers) => Add(name, "number", () =>
    {
        int count = 0;
        foreach (long number in numbers)
        {
            WriteNumber((ulong)number);
            count++;
        }

        return count;
    });

    /// <summary>Adds numbers each of which is near to the one before.</summary>
    public void AddDeltas(string name, IEnumerable<long> numbers) => Add(name, "delta", () =>
    {
        int count = 0;
        long before = 0;
        foreach (long number in numbers)
        {
            long delta = number - before;
            WriteNumber((ulong)((delta << 1) ^ (delta >> 63)));
            before = number;
            count++;
        }

        return count;
    });

    /// <summary>Adds texts without line breaks, such as names.</summary>
    public void AddLines(string name, IEnumerable<string> lines) => Add(name, "lines", () =>
    {
        int count = 0;
        foreach (string line in lines)
        {
            Encoding.UTF8.GetBytes(count == 0 ? MarkupText.Clean(line) : '\n' + MarkupText.Clean(line), _bytes);
            count++;
        }

        return count;
    });

    /// <summary>Adds texts of any kind.</summary>
    public void AddTexts(string name, IReadOnlyCollection<string> texts) => Add(name, "json", () =>
    {
        using Utf8JsonWriter json = new(_bytes, Plain);
        json.WriteStartArray();
        foreach (string text in texts)
        {
            json.WriteStringValue(MarkupText.Clean(text));
        }

        json.WriteEndArray();
        return texts.Count;
    });

    /// <summary>Writes all of it, in Base64: letters that mean nothing to a page.</summary>
    public void WriteTo(TextWriter text)
    {
        using MemoryStream packed = new();
        using (DeflateStream deflate = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] header = Header();
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
            deflate.Write(length);
            deflate.Write(header);
            deflate.Write(_bytes.WrittenSpan);
        }

        const int Piece = 3 * 64 * 1024;
        for (int start = 0; start < packed.Length; start += Piece)
        {
            int size = (int)Math.Min(Piece, packed.Length - start);
            text.Write(Convert.ToBase64String(packed.GetBuffer(), start, size));
        }
    }

    private byte[] Header()
    {
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartArray();
            foreach (var (name, kind, count, length) in _columns)
            {
                json.WriteStartArray();
                json.WriteStringValue(name);
                json.WriteStringValue(kind);
                json.WriteNumberValue(count);
                json.WriteNumberValue(length);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return header.ToArray();
    }

    private void Add(string name, string kind, Func<int> write)
    {
        int start = _bytes.WrittenCount;
        int count = write();
        _columns.Add((name, kind, count, _bytes.WrittenCount - start));
    }

    private void WriteNumber(ulong number)
    {
        Span<byte> bytes = _bytes.GetSpan(10);
        int length = 0;
        while (number >= 0x80)
        {
            bytes[length++] = (byte)(number | 0x80);
            number >>= 7;
        }

        bytes[length++] = (byte)number;
        _bytes.Advance(length);
    }
}

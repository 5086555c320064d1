using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DagShell.Engine.Journal;

/// <summary>
/// Writes lines: a document of JSON each, an output, if there is one, and the checksum of all so far in place of the closing brace. Long
/// lines go to the stream piece by piece.
/// </summary>
/// <remarks>
/// Outputs are written here and not by System.Text.Json, which takes a text as a whole, and room for three times its length: 1.5 GB for one
/// of 50 MB.
/// </remarks>
internal sealed class LineWriter : IBufferWriter<byte>, IDisposable
{
    /// <summary>What is kept before it goes to the stream.</summary>
    private const int FullBuffer = 256 * 1024;

    /// <summary>Letters of an output that are encoded at a time.</summary>
    private const int PieceLength = 16 * 1024;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;
    private byte[] _buffer = new byte[16 * 1024];
    private int _count;

    /// <summary>Where in the buffer bytes begin that the checksum does not have yet.</summary>
    private int _unsummed;

    /// <summary>Prepares.</summary>
    /// <param name="stream">Where to write, at its position.</param>
    /// <param name="checksum">The checksum of all lines before.</param>
    public LineWriter(Stream stream, uint checksum)
    {
        _stream = stream;
        Checksum = checksum;
        _json = new Utf8JsonWriter(this, new JsonWriterOptions
        {
            // Nobody puts a journal into a web page, and escaped it would be twice as long.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,

            // What is generated is well formed.
            SkipValidation = true,
        });
    }

    /// <summary>What an output stands behind in its line, and nothing else: in texts of JSON quotes are escaped.</summary>
    public static ReadOnlySpan<byte> OutputStart => ",\"output\":\""u8;

    /// <summary>The checksum of all lines.</summary>
    public uint Checksum { get; private set; }

    /// <summary>Bytes that went to the stream.</summary>
    public long Written { get; private set; }

    /// <summary>Adds a line.</summary>
    /// <param name="document">An object of JSON.</param>
    /// <param name="type">What the compiler knows of it.</param>
    /// <param name="output">What the node gave back; null for nothing.</param>
    public void Add<T>(T document, JsonTypeInfo<T> type, string? output = null)
    {
        _json.Reset();
        JsonSerializer.Serialize(_json, document, type);
        _json.Flush();
        _count--;
        if (output is not null)
        {
            Add(OutputStart);
            AddText(output);
            Add("\""u8);
        }

        Sum();
        Add(LineChecksum.Suffix(Checksum));
        Add("\n"u8);
        _unsummed = _count;
    }

    /// <summary>Writes all that was added to the stream.</summary>
    public void Flush()
    {
        _stream.Write(_buffer.AsSpan(0, _count));
        Written += _count;
        _count = _unsummed = 0;
    }

    /// <inheritdoc/>
    public void Advance(int count) => _count += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 256));
        return _buffer.AsMemory(_count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Add(ReadOnlySpan<byte> bytes)
    {
        MakeRoom(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    private void AddText(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int plain = text.IndexOfAny(Escaped);
            AddPlain(plain < 0 ? text : text[..plain]);
            if (plain < 0)
            {
                return;
            }

            AddEscaped(text[plain]);
            text = text[(plain + 1)..];
        }
    }

    private void AddPlain(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int length = Math.Min(text.Length, PieceLength);
            if (length < text.Length && char.IsHighSurrogate(text[length - 1]))
            {
                length--;
            }

            MakeRoom(Encoding.UTF8.GetMaxByteCount(length));
            _count += Encoding.UTF8.GetBytes(text[..length], _buffer.AsSpan(_count));
            text = text[length..];
        }
    }

    private void AddEscaped(char letter)
    {
        MakeRoom(6);
        if (letter is '"' or '\\')
        {
            _buffer[_count++] = (byte)'\\';
            _buffer[_count++] = (byte)letter;
            return;
        }

        Span<byte> place = _buffer.AsSpan(_count, 6);
        "\\u00"u8.CopyTo(place);
        place[4] = (byte)(letter < 0x10 ? '0' : '1');
        place[5] = (byte)"0123456789abcdef"[letter & 0xF];
        _count += 6;
    }

    /// <summary>Makes room for so many bytes. The last byte stays: it may be the closing brace, which is no part of the line.</summary>
    private void MakeRoom(int count)
    {
        if (_buffer.Length - _count >= count)
        {
            return;
        }

        if (_count >= FullBuffer && _count > _unsummed)
        {
            byte last = _buffer[--_count];
            Sum();
            Flush();
            _buffer[_count++] = last;
        }
        else if (_count >= FullBuffer)
        {
            Flush();
        }

        if (_buffer.Length - _count < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _count + count));
        }
    }

    private void Sum()
    {
        Checksum = LineChecksum.Add(Checksum, _buffer.AsSpan(_unsummed, _count - _unsummed));
        _unsummed = _count;
    }
}

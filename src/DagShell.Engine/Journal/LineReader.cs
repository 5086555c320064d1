namespace DagShell.Engine.Journal;

/// <summary>Reads a stream line by line, as bytes, through one buffer that is as long as the longest line.</summary>
internal sealed class LineReader
{
    private readonly Stream _stream;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _searched;

    public LineReader(Stream stream) => _stream = stream;

    /// <summary>Reads on until the buffer has as many bytes, or the stream has no more.</summary>
    /// <returns>What comes next: that many bytes, fewer at the end of the stream.</returns>
    public ReadOnlySpan<byte> Peek(int count)
    {
        while (_end - _start < count && Fill())
        {
        }

        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its line feed, until the next call; at the end of the stream what follows the last line
    /// feed.</param>
    /// <returns>Whether there was a whole line.</returns>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                int lineEnd = _searched + length;
                line = _buffer.AsSpan(_start, lineEnd - _start);
                _start = _searched = lineEnd + 1;
                return true;
            }

            _searched = _end;
            if (!Fill())
            {
                line = _buffer.AsSpan(_start, _end - _start);
                return false;
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _searched -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, checked(_buffer.Length * 2));
        }

        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}

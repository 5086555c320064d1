using System.Text.Json;

namespace DagShell.Engine.Journal;

/// <summary>Reads journals. Nothing that stands in one is run, or becomes more than text, numbers and times.</summary>
public static class JournalReader
{
    private delegate void LineAction(ReadOnlySpan<byte> line);

    /// <summary>Reads a journal, also one of a run that goes on.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it says, up to its last whole line.</returns>
    /// <exception cref="JournalException">It is not a journal, or no file at all, or a line of it was changed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static JournalContents Read(string path)
    {
        RefuseSpecialFile(path);
        using FileStream stream = JournalLock.OpenToRead(path);
        return Read(stream, path, readsOutputs: true);
    }

    /// <summary>Reads how the runs in a journal went, without what their nodes gave back.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it says, up to its last whole line. Outputs are empty.</returns>
    /// <inheritdoc cref="Read(string)" path="/exception"/>
    public static JournalContents ReadRuns(string path)
    {
        RefuseSpecialFile(path);
        using FileStream stream = JournalLock.OpenToRead(path);
        return Read(stream, path, readsOutputs: false);
    }

    /// <summary>Reads what the last run in a journal was as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The run; <see langword="null"/> if none has begun.</returns>
    /// <inheritdoc cref="Read(string)" path="/exception"/>
    public static JournalOutline? ReadOutline(string path) => ReadOutlines(path) is [.., var last] ? last : null;

    /// <summary>Reads what the runs in a journal were as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The runs, the first one first; none, if none has begun.</returns>
    /// <inheritdoc cref="Read(string)" path="/exception"/>
    public static IReadOnlyList<JournalOutline> ReadOutlines(string path)
    {
        RefuseSpecialFile(path);
        using FileStream stream = JournalLock.OpenToRead(path);
        List<JournalOutline> runs = [];
        ReadLines(stream, path, line =>
        {
            if (JournalFormat.IsHeader(line))
            {
                runs.Add(new JournalOutline(JournalFormat.ReadHeader(line)));
            }
            else
            {
                (runs.Count > 0 ? runs[^1] : throw new FormatException("A record outside of a run.")).Add(line);
            }
        });
        return runs;
    }

    /// <summary>
    /// Whether a run is writing to a journal now. Ask before it is read, and again after: a run may start or end meanwhile.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns><see langword="false"/> also for a run whose process was killed.</returns>
    /// <exception cref="JournalException">It is no file at all.</exception>
    public static bool IsInUse(string path)
    {
        RefuseSpecialFile(path);
        return JournalLock.IsHeld(path);
    }

    /// <summary>Opening a pipe would wait for ever, and what is written to a device is gone.</summary>
    internal static void RefuseSpecialFile(string path)
    {
        if (UnixFile.SpecialKindOf(path) is { } kind)
        {
            throw new JournalException($"'{path}' is {kind}, and no file that could be a journal.", 0, isForeign: true);
        }
    }

    /// <summary>Refuses a file that has something else in it.</summary>
    /// <returns>Its lines.</returns>
    internal static LineReader RefuseOthers(Stream stream, string path)
    {
        var lines = new LineReader(stream);
        ReadOnlySpan<byte> start = lines.Peek(JournalFormat.Magic.Length);
        return JournalFormat.Magic.StartsWith(start) ? lines : throw new JournalException(
            $"'{path}' is not a journal of DagShell: its first line is something else.", 1, isForeign: true);
    }

    internal static JournalContents Read(Stream stream, string path, bool readsOutputs, bool keepsRecords = true)
    {
        var contents = new JournalContents(keepsRecords);
        List<string> scripts = [];
        (contents.Length, contents.Checksum, contents.IsTorn) = ReadLines(stream, path, line =>
        {
            if (JournalFormat.IsHeader(line))
            {
                contents.Add(JournalFormat.ReadHeader(line, scripts));
            }
            else
            {
                DateTimeOffset start = contents.Runs.Count == 0 ? default : contents.Runs[^1].Header.StartTime;
                contents.Add(JournalFormat.ReadRecord(line, start, readsOutputs, scripts));
            }
        });
        return contents;
    }

    /// <summary>Goes through the lines of a journal that are whole and as they were written.</summary>
    /// <returns>Where the last whole line ends, the checksum up to there, and whether there is more after that.</returns>
    private static (long Length, uint Checksum, bool IsTorn) ReadLines(Stream stream, string path, LineAction read)
    {
        LineReader lines = RefuseOthers(stream, path);
        uint checksum = LineChecksum.Start;
        long length = 0;
        int number = 1;
        ReadOnlySpan<byte> line;
        while (lines.TryRead(out line))
        {
            ReadLine(line, number, path, read, ref checksum);
            length += line.Length + 1;
            number++;
        }

        return (length, checksum, line.Length > 0);
    }

    private static void ReadLine(ReadOnlySpan<byte> line, int number, string path, LineAction read, ref uint checksum)
    {
        if (number == 1)
        {
            RefuseOtherVersion(JournalFormat.VersionOf(line), path);
        }

        if (!LineChecksum.TryVerify(line, ref checksum))
        {
            throw NotOurs(path, number, null);
        }

        try
        {
            read(line);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw NotOurs(path, number, exception);
        }
    }

    private static void RefuseOtherVersion(int version, string path)
    {
        if (version > JournalFormat.Version)
        {
            throw new JournalException($"The journal '{path}' was written by a newer version of DagShell.", 1);
        }

        if (version == 1)
        {
            throw new JournalException(
                $"The journal '{path}' was written by DagShell 0.1, in a format that this version does not read. Let that version finish "
                + "its run, or start over.",
                1);
        }
    }

    private static JournalException NotOurs(string path, int number, Exception? cause) =>
        new($"Line {number} of the journal '{path}' is not as DagShell wrote it: it was changed, or lines before it are missing.", number,
            false, cause);
}

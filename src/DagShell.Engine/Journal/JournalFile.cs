using System.Buffers;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>A journal that this process alone may write to, until it is disposed of.</summary>
public sealed class JournalFile : IDisposable
{
    private readonly JournalLock _lock;
    private readonly FileStream _stream;

    private JournalFile(JournalLock journalLock, FileStream stream, JournalContents contents)
    {
        _lock = journalLock;
        _stream = stream;
        Contents = contents;
    }

    /// <summary>What stands in it so far. Nothing, if it is new.</summary>
    public JournalContents Contents { get; }

    /// <summary>Opens a journal, or makes a new one, which its owner alone may read; on Windows those whom its folder lets.</summary>
    /// <param name="path">The file.</param>
    /// <param name="startsOver">Whether it does not matter if a journal was damaged. A file that is no journal is refused all the same.</param>
    /// <returns>The journal; its file has not been changed.</returns>
    /// <exception cref="JournalException">It is not a journal, or a line of it was changed.</exception>
    /// <exception cref="JournalInUseException">Another run uses it.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read or written.</exception>
    public static JournalFile Open(string path, bool startsOver = false)
    {
        JournalLock journalLock = JournalLock.Take(path);
        FileStream? stream = null;
        try
        {
            stream = OwnersFile.OpenOrCreate(path, FileShare.Read | FileShare.Delete);
            return new JournalFile(journalLock, stream, Read(stream, path, startsOver));
        }
        catch
        {
            stream?.Dispose();
            journalLock.Dispose();
            throw;
        }
    }

    /// <summary>Begins a run: at the end of what is there if the run resumes it, and instead of it if not. The beginning is on disk when this returns.</summary>
    /// <param name="header">What to write of the run.</param>
    /// <param name="graph">What is run.</param>
    /// <param name="serialize">
    /// Makes a text of what a node gave back; <see langword="null"/> if that cannot be, and the node is to run again on resume.
    /// Called from any thread.
    /// </param>
    /// <returns>The run's journal, which closes this file when it is closed.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public RunJournal Begin(JournalHeader header, DagGraph graph, Func<NodeSuccess, string?> serialize)
    {
        ArgumentNullException.ThrowIfNull(header);
        uint checksum = header.IsResumed ? Contents.Checksum : LineChecksum.Start;
        var line = new ArrayBufferWriter<byte>();
        JournalFormat.Write(header, line, ref checksum);
        _stream.SetLength(header.IsResumed ? Contents.Length : 0);
        _stream.Position = _stream.Length;
        _stream.Write(line.WrittenSpan);
        _stream.Flush(flushToDisk: true);
        return new RunJournal(new JournalWriter(_stream, () => _stream.Flush(flushToDisk: true), checksum, Dispose), graph, serialize);
    }

    /// <summary>Closes the file and lets others at it.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // What could not be written was told when it was.
        }

        _lock.Dispose();
    }

    private static JournalContents Read(FileStream stream, string path, bool startsOver)
    {
        try
        {
            return JournalReader.Read(stream, path);
        }
        catch (JournalException exception) when (startsOver && !exception.IsForeign)
        {
            return new JournalContents();
        }
    }
}

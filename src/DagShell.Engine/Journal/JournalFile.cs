using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>A journal that this process alone may write to, until it is disposed of.</summary>
public sealed class JournalFile : IDisposable
{
    private readonly string _path;

    /// <summary>None, if the journal is only looked at.</summary>
    private readonly FileStream? _stream;

    private JournalFile(string path, FileStream? stream, JournalContents contents)
    {
        _path = path;
        _stream = stream;
        Contents = contents;
    }

    /// <summary>What stands in it so far. Nothing, if it is new.</summary>
    public JournalContents Contents { get; }

    /// <summary>
    /// Whether others than its owner may read it, once <see cref="Begin"/> has tried to keep them off: it belongs to somebody else. On
    /// Windows its folder decides, and this is <see langword="false"/>.
    /// </summary>
    public bool IsOpenToOthers => _stream is not null && IsOpen(_stream);

    /// <summary>
    /// The folder, if everybody may put files into it and take this one away: they could put another in its place.
    /// <see langword="null"/> if not, also for a folder for all in which each may only touch his own (<c>/tmp</c>), and on Windows.
    /// </summary>
    public string? FolderOpenToAll { get; private init; }

    /// <summary>Opens a journal, or makes a new one, which its owner alone may read; on Windows those whom its folder lets.</summary>
    /// <param name="path">The file.</param>
    /// <param name="startsOver">Whether it does not matter if a journal was damaged. A file that is no journal is refused all the
    /// same.</param>
    /// <returns>The journal; its file has not been changed.</returns>
    /// <exception cref="JournalException">It is not a journal, or no file at all, or a line of it was changed.</exception>
    /// <exception cref="JournalInUseException">Another run uses it.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read or written.</exception>
    public static JournalFile Open(string path, bool startsOver = false)
    {
        JournalReader.RefuseSpecialFile(path);
        FileStream stream = JournalLock.Open(path);
        try
        {
            return new JournalFile(path, stream, Read(stream, path, startsOver)) { FolderOpenToAll = FindFolderOpenToAll(path) };
        }
        catch
        {
            JournalLock.Close(stream);
            throw;
        }
    }

    /// <summary>Looks at a journal, to know what a run would find. No run can begin in it, and nothing is written or locked.</summary>
    /// <param name="path">The file. It need not be there.</param>
    /// <returns>The journal.</returns>
    /// <exception cref="JournalException">It is not a journal, or no file at all, or a line of it was changed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static JournalFile LookAt(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!Path.Exists(path))
        {
            return new JournalFile(path, null, new JournalContents());
        }

        JournalReader.RefuseSpecialFile(path);
        using FileStream stream = JournalLock.OpenToRead(path);
        return new JournalFile(path, null, Read(stream, path, startsOver: false)) { FolderOpenToAll = FindFolderOpenToAll(path) };
    }

    /// <summary>
    /// Begins a run: at the end of what is there if the run resumes it, and instead of it if not. The file is its owner's alone and the
    /// beginning is on disk when this returns.
    /// </summary>
    /// <param name="header">What to write of the run.</param>
    /// <param name="graph">What is run.</param>
    /// <param name="serialize">
    /// Makes a text of what a node gave back; <see langword="null"/> if that cannot be, and the node is to run again on resume.
    /// Called from any thread; the token is cancelled by <see cref="RunJournal.StopRecording"/>.
    /// </param>
    /// <param name="logOf">
    /// Gives what the last attempt of a node has written, by the node's index: of attempts that failed it is kept. Called under the
    /// scheduler's lock; <see langword="null"/> if nobody gathers it.
    /// </param>
    /// <param name="traceOf">
    /// Gives what helps to find where a node failed. Called under the scheduler's lock; <see langword="null"/> if nobody knows.
    /// </param>
    /// <param name="show">
    /// Makes a text of what a node gave back as pages show it. Called from any thread, also under the scheduler's lock;
    /// <see langword="null"/> if nobody will look at it.
    /// </param>
    /// <returns>The run's journal, which closes this file when it is closed.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public RunJournal Begin(
        JournalHeader header,
        DagGraph graph,
        Func<NodeSuccess, CancellationToken, string?> serialize,
        Func<int, IReadOnlyList<JournalLogLine>>? logOf = null,
        Func<NodeFailure, FailureTrace>? traceOf = null,
        Func<object?, string?>? show = null)
    {
        ArgumentNullException.ThrowIfNull(header);
        FileStream stream = _stream ?? throw new InvalidOperationException("The journal is only looked at.");
        uint checksum = header.IsResumed ? Contents.Checksum : LineChecksum.Start;
        KeepOthersOff(stream);
        stream.SetLength(header.IsResumed ? Contents.Length : 0);
        stream.Position = stream.Length;
        Dictionary<object, int> scripts = new(ReferenceEqualityComparer.Instance);
        using (var line = new LineWriter(stream, checksum))
        {
            JournalFormat.Write(header, line, scripts);
            line.Flush();
            checksum = line.Checksum;
        }

        stream.Flush(flushToDisk: true);
        var writer = new JournalWriter(
            stream, () => stream.Flush(flushToDisk: true), checksum, SeeThere, Dispose)
        { RunStart = header.StartTime, Scripts = scripts };
        return new RunJournal(writer, graph, serialize, logOf, traceOf, show);
    }

    /// <summary>Closes the file and lets others at it.</summary>
    public void Dispose()
    {
        if (_stream is null)
        {
            return;
        }

        try
        {
            JournalLock.Close(_stream);
        }
        catch (IOException)
        {
            // What could not be written was told when it was.
        }
    }

    private static JournalContents Read(FileStream stream, string path, bool startsOver)
    {
        if (startsOver)
        {
            JournalReader.RefuseOthers(stream, path);
            return new JournalContents();
        }

        return JournalReader.Read(stream, path, readsOutputs: true, keepsRecords: false);
    }

    /// <summary>Asks the folder of the path, and that of the file which a link at the path leads to.</summary>
    private static string? FindFolderOpenToAll(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        string?[] files = [path, File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName];
        foreach (string file in files.OfType<string>())
        {
            string? folder = Path.GetDirectoryName(Path.GetFullPath(file));
            UnixFileMode mode = folder is null ? default : File.GetUnixFileMode(folder);
            if ((mode & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite)
            {
                return folder;
            }
        }

        return null;
    }

    private static bool IsOpen(FileStream stream) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & ~OwnersFile.Mode) != 0;

    private static void KeepOthersOff(FileStream stream)
    {
        if (OperatingSystem.IsWindows() || !IsOpen(stream))
        {
            return;
        }

        try
        {
            File.SetUnixFileMode(stream.SafeFileHandle, OwnersFile.Mode);
        }
        catch (UnauthorizedAccessException)
        {
            // Only its owner may, who is somebody else: IsOpenToOthers tells.
        }
    }

    /// <summary>
    /// Whether the path still leads to what this run has written. All that this run writes makes its own file longer, so another file in
    /// its place is found by its length, at the next record at the latest.
    /// </summary>
    /// <exception cref="IOException">It does not.</exception>
    private void SeeThere(long length)
    {
        FileInfo? file = new(_path);
        file = file.LinkTarget is null ? file : (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true);
        if (file is not { Exists: true })
        {
            throw new FileNotFoundException($"The file '{_path}' was deleted or moved away while the run wrote to it.");
        }

        if (file.Length != length)
        {
            throw new IOException($"The file '{_path}' was replaced, cut short or written to by somebody else while the run wrote to it.");
        }
    }
}

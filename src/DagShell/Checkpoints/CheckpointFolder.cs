using System.Diagnostics;
using System.Globalization;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;

namespace DagShell.Checkpoints;

/// <summary>
/// A folder that has a journal for each run: <c>nightly-20260301-120000.journal</c>. Runs of several dags may share it; no two runs of one
/// dag are in it at a time.
/// </summary>
internal sealed class CheckpointFolder
{
    /// <summary>What the names of journals end with.</summary>
    public const string Extension = ".journal";

    private const int LongestName = 80;

    /// <summary>How long another run may take from the lock on its journal to its beginning.</summary>
    private static readonly TimeSpan LongestBeginning = TimeSpan.FromSeconds(30);

    /// <summary>By so much may the times of files be off.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>ERROR_FILE_EXISTS, EEXIST.</summary>
    private const int FileExists = unchecked((int)0x80070050);
    private const int FileExistsOnUnix = 17;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _folder;
    private readonly string? _dagName;
    private readonly DagGraph _dag;

    /// <summary>Prepares to look for a dag's runs.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dagName">The dag's name, if it has one.</param>
    /// <param name="dag">The dag.</param>
    public CheckpointFolder(string folder, string? dagName, DagGraph dag)
    {
        _folder = folder;
        _dagName = dagName;
        _dag = dag;
    }

    /// <summary>Whether a path means a folder: one is there, or the path ends as folders' do.</summary>
    public static bool IsMeant(string path) => Directory.Exists(path) || Path.EndsInDirectorySeparator(path);

    /// <summary>The journals of a folder; other files are passed over.</summary>
    public static IEnumerable<string> JournalsIn(string folder) => Directory.EnumerateFiles(folder, "*" + Extension);

    /// <summary>The folder that the runs of a dag have in common; null if a file is meant, whatever lies beside it.</summary>
    /// <param name="path">
    /// A folder, or a journal of the dag that was made in one and is to go on: that run is one of the folder's too.
    /// </param>
    /// <param name="resumes">Whether a run is to go on.</param>
    /// <param name="dagName">The dag's name, if it has one.</param>
    /// <param name="dag">The dag.</param>
    public static CheckpointFolder? Of(string path, bool resumes, string? dagName, DagGraph dag)
    {
        if (IsMeant(path))
        {
            return new CheckpointFolder(path, dagName, dag);
        }

        return resumes && File.Exists(path) && IsNamedFor(Path.GetFileName(path), dagName)
            ? new CheckpointFolder(Path.GetDirectoryName(path)!, dagName, dag)
            : null;
    }

    /// <summary>Finds the run that is to go on.</summary>
    /// <param name="isFinishedToo">Whether a run that is finished may be meant too; if not, the newest that is unfinished is.</param>
    /// <returns>Its journal; null if there is none.</returns>
    public string? Find(bool isFinishedToo) => !Directory.Exists(_folder) ? null : FindNewest(run => isFinishedToo || !run.IsFinished);

    /// <summary>Makes the file of a new run.</summary>
    public string Make(DateTime start)
    {
        Directory.CreateDirectory(_folder);
        return MakeFile(start);
    }

    /// <summary>Refuses a run if another one of the dag is under way.</summary>
    /// <exception cref="JournalInUseException">There is one.</exception>
    public void RefuseSecondRun()
    {
        if (Directory.Exists(_folder) && Rivals(except: null).FirstOrDefault(rival => rival.HasBegun) is { File: { } file })
        {
            throw Refuse(file);
        }
    }

    /// <summary>The journal of the dag's newest run, whatever became of that; null if there is none.</summary>
    public string? Newest => Directory.Exists(_folder) ? FindNewest(static _ => true) : null;

    /// <summary>What is to be said of the run that goes on: a newer one may be finished.</summary>
    public string? NewerThan(string journal) => FindNewest(_ => true) is { } newest && newest != journal
        ? Messages.OlderRunGoesOn(journal, newest)
        : null;

    /// <summary>
    /// Refuses the run if another one of the dag is in the folder: under way, or about to begin. Of two that are about to begin, the one
    /// whose file's name comes first waits to see what becomes of the other, which goes away if it sees this one; so one of them runs.
    /// </summary>
    /// <param name="own">The run's own journal, which others see as in use.</param>
    /// <param name="stop">Cancelled when the command is stopped.</param>
    /// <exception cref="JournalInUseException">There is one.</exception>
    public void RefuseSecondRun(string own, CancellationToken stop)
    {
        string name = Path.GetFileName(own);
        long start = Stopwatch.GetTimestamp();
        while (Rivals(name) is [_, ..] rivals)
        {
            foreach ((string file, bool hasBegun) in rivals)
            {
                if (hasBegun || string.CompareOrdinal(Path.GetFileName(file), name) < 0
                    || Stopwatch.GetElapsedTime(start) > LongestBeginning)
                {
                    throw Refuse(file);
                }
            }

            stop.WaitHandle.WaitOne(LookInterval);
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Finds the newest run of the dag.</summary>
    /// <param name="isMeant">Whether a run is one of those that are asked for.</param>
    /// <returns>Its journal; null if there is none.</returns>
    private string? FindNewest(Func<JournalOutline, bool> isMeant)
    {
        string? newest = null;
        DateTimeOffset start = DateTimeOffset.MinValue;
        foreach (FileInfo file in JournalsIn(_folder).Select(path => new FileInfo(path)).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            if (newest is not null && file.LastWriteTimeUtc < start - ClockTolerance)
            {
                // Nothing was written to it since that one began.
                break;
            }

            if (JournalHolder.TryRead(file.FullName) is { } run && run.Header.StartTime > start
                && IsOfDag(run.Header) && SharesNode(run.Header) && isMeant(run))
            {
                newest = Path.Combine(_folder, file.Name);
                start = run.Header.StartTime;
            }
        }

        return newest;
    }

    /// <summary>The other journals of the dag that somebody has now.</summary>
    private List<(string File, bool HasBegun)> Rivals(string? except)
    {
        List<(string, bool)> rivals = [];
        foreach (string file in JournalsIn(_folder))
        {
            if (Path.GetFileName(file) == except || !IsInUse(file))
            {
                continue;
            }

            JournalOutline? run = JournalHolder.TryRead(file);
            if (run is null ? IsNamedFor(Path.GetFileName(file), _dagName) : IsOfDag(run.Header))
            {
                rivals.Add((file, JournalHolder.Of(run) is not null));
            }
        }

        return rivals;
    }

    private static bool IsInUse(string file)
    {
        try
        {
            return JournalReader.IsInUse(file);
        }
        catch (Exception exception) when (exception is JournalException or IOException or UnauthorizedAccessException)
        {
            // Something else, or gone meanwhile.
            return false;
        }
    }

    private JournalInUseException Refuse(string file) => new(JournalHolder.DagInUse(file, _dagName));

    /// <summary>Whether a run is one of the dag: of the same name, or, where one has none, with a node of it.</summary>
    private bool IsOfDag(JournalHeader header) => header.DagName is { } name && _dagName is not null
        ? name.Equals(_dagName, StringComparison.OrdinalIgnoreCase)
        : SharesNode(header);

    private bool SharesNode(JournalHeader header) => header.Nodes.Any(node => _dag.TryGetIndex(node.Name, out _));

    /// <summary>Makes a file that nobody else has, also if two ask at once.</summary>
    private string MakeFile(DateTime start)
    {
        string name = $"{SafeName(_dagName)}-{start.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        string file = Path.Combine(_folder, name + Extension);
        for (int number = 2; !TryMake(file); number++)
        {
            file = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}{Extension}"));
        }

        return file;
    }

    private static bool TryMake(string file)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(file, options).Dispose();
            return true;
        }
        catch (IOException exception) when (exception.HResult is FileExists or FileExistsOnUnix)
        {
            // It may be gone again already: another run that was refused takes its file away.
            return false;
        }
    }

    /// <summary>Whether a file is called as a journal of the dag that was made here.</summary>
    private static bool IsNamedFor(string file, string? dagName)
    {
        string start = SafeName(dagName) + "-";
        return file.StartsWith(start, StringComparison.OrdinalIgnoreCase)
            && file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)
            && file[start.Length..^Extension.Length] is { Length: >= 15 } time
            && time.All(letter => char.IsAsciiDigit(letter) || letter == '-');
    }

    /// <summary>A name that files may have everywhere: letters and digits of any script, and little else.</summary>
    private static string SafeName(string? name)
    {
        string safe = string.Concat((name ?? "dag").Take(LongestName).Select(letter =>
            char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '_')).Trim('.');
        return safe.Length == 0 ? "dag" : safe;
    }
}

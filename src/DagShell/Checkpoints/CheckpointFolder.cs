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

    /// <summary>Whether a journal is that of a dag: of the same name, or, where one has none, with a node of it.</summary>
    public static bool IsOf(JournalHeader header, string? dagName, DagGraph dag) =>
        (header.DagName is not { } name || dagName is null || name.Equals(dagName, StringComparison.OrdinalIgnoreCase))
        && header.Nodes.Any(node => dag.TryGetIndex(node.Name, out _));

    /// <summary>The journals of a folder; other files are passed over.</summary>
    public static IEnumerable<string> JournalsIn(string folder) => Directory.EnumerateFiles(folder, "*" + Extension);

    /// <summary>Finds the file of a run that is about to start.</summary>
    /// <param name="resumes">Whether the newest run of the dag that is unfinished is to go on.</param>
    /// <param name="start">When the run starts.</param>
    /// <returns>The file of that run; a new one, if there is none.</returns>
    /// <exception cref="JournalInUseException">The dag is being run there.</exception>
    public string Choose(bool resumes, DateTime start)
    {
        Directory.CreateDirectory(_folder);
        RefuseSecondRun(except: null);
        string? unfinished = !resumes ? null : Runs()
            .Where(run => !run.Contents.IsFinished)
            .OrderByDescending(run => run.Contents.Runs[^1].Header.StartTime)
            .Select(run => run.File)
            .FirstOrDefault();
        return unfinished ?? NewFile(start);
    }

    /// <summary>Refuses the run if another one of the dag is under way in the folder.</summary>
    /// <param name="except">The run's own journal.</param>
    /// <exception cref="JournalInUseException">There is one.</exception>
    public void RefuseSecondRun(string? except)
    {
        foreach (string file in JournalsIn(_folder).Where(file => file != except && JournalReader.IsInUse(file)))
        {
            JournalHeader? header = Read(file)?.Runs[^1].Header;
            if (header is not null && IsOf(header, _dagName, _dag))
            {
                throw new JournalInUseException(Messages.DagInUse(header, file));
            }
        }
    }

    private static JournalContents? Read(string file)
    {
        try
        {
            JournalContents contents = JournalReader.ReadRuns(file);
            return contents.Runs.Count == 0 ? null : contents;
        }
        catch (Exception exception) when (exception is JournalException or IOException or UnauthorizedAccessException)
        {
            // Of one that cannot be read nobody knows whose it is; Get-DagRun tells.
            return null;
        }
    }

    private IEnumerable<(string File, JournalContents Contents)> Runs()
    {
        foreach (string file in JournalsIn(_folder))
        {
            if (Read(file) is { } contents && IsOf(contents.Runs[^1].Header, _dagName, _dag))
            {
                yield return (file, contents);
            }
        }
    }

    private string NewFile(DateTime start)
    {
        string name = $"{SafeName(_dagName)}-{start.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        string file = Path.Combine(_folder, name + Extension);
        for (int number = 2; File.Exists(file); number++)
        {
            file = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}{Extension}"));
        }

        return file;
    }

    /// <summary>A name that files may have everywhere: letters and digits of any script, and little else.</summary>
    private static string SafeName(string? name)
    {
        string safe = string.Concat((name ?? "dag").Take(LongestName).Select(letter =>
            char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '_')).Trim('.');
        return safe.Length == 0 ? "dag" : safe;
    }
}

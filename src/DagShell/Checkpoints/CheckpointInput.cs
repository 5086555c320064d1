using System.Management.Automation;
using DagShell.Engine.Analysis;
using DagShell.Engine.Journal;
using DagShell.Parameters;
using DagShell.Results;

namespace DagShell.Checkpoints;

/// <summary>
/// Finds the run that a journal tells of: the last one, if it was resumed. The journal is read as text; nothing in it is run.
/// </summary>
internal static class CheckpointInput
{
    /// <summary>Reads the run.</summary>
    /// <param name="path">
    /// The journal, or a folder of them, whose newest is meant; relative to the current location, and no pattern.
    /// </param>
    /// <param name="location">The current location.</param>
    /// <exception cref="CommandErrorException">There is no run to be read.</exception>
    public static RunSnapshot Read(string path, PathIntrinsics location)
    {
        string file = Checkpoint.FileOf(path, location);
        string? journal = Directory.Exists(file) ? NewestIn(file) : file;
        return journal is not null && ReadReplay(path, journal, run: null, out EarlierRun[] earlier) is { } replay
            ? RunSnapshots.Of(replay, journal, earlier)
            : throw Empty(path, file);
    }

    /// <summary>The files, and folders, that a path stands for: the one that it names, or those that fit it as a pattern.</summary>
    /// <exception cref="CommandErrorException">It is no path of the file system.</exception>
    public static IReadOnlyList<string> FilesOf(string path, PathIntrinsics location)
    {
        string named = Checkpoint.FileOf(path, location);
        return Path.Exists(named) || !WildcardPattern.ContainsWildcardCharacters(path) ? [named] : FilePath.FindMatches(path, location);
    }

    /// <summary>The journals of a folder.</summary>
    /// <exception cref="CommandErrorException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> JournalsIn(string folder)
    {
        try
        {
            return [.. CheckpointFolder.JournalsIn(folder)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotRead(folder, folder, exception);
        }
    }

    /// <summary>The error that nothing of a run is in a journal yet.</summary>
    public static CommandErrorException Empty(string path, string file) => new(
        new InvalidDataException(Messages.CheckpointEmpty(file)), "DagCheckpointEmpty", ErrorCategory.InvalidData, path);

    /// <summary>
    /// Reads what the last run in a journal was as a whole, and which it goes on with. Of its nodes it is read when somebody asks.
    /// </summary>
    /// <param name="file">The journal.</param>
    /// <returns>The run; null if none has begun yet.</returns>
    /// <exception cref="CommandErrorException">It cannot be read.</exception>
    public static DagRun? ReadRun(string file) => Try(file, file, () =>
    {
        IReadOnlyList<JournalOutline> runs = JournalReader.ReadOutlines(file);
        bool goesOn = runs is not [.., { Status: not null }] && JournalReader.IsInUse(file);
        if (runs is not [.., { Status: not null }] && !goesOn)
        {
            // It may have ended in between.
            runs = JournalReader.ReadOutlines(file);
        }

        return runs is not [.., var run] ? null : new DagRun(
            run, file, goesOn, () => ReadReplay(file, file, run.Header.RunId, out _) ?? throw Gone(file))
        {
            ResumedFrom = [.. runs.SkipLast(1).Reverse().Select(other => other.AsEarlier)],
        };
    });

    /// <summary>Reads a run, node by node.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="file">The journal.</param>
    /// <param name="run">Which run of those in it; null for the last one.</param>
    /// <param name="earlier">The runs in it before that one, the newest first.</param>
    /// <returns>The run; null if it is not there.</returns>
    /// <exception cref="CommandErrorException">It cannot be read.</exception>
    private static JournalReplay? ReadReplay(string path, string file, Guid? run, out EarlierRun[] earlier)
    {
        (JournalReplay? replay, earlier) = Try(path, file, () => ReadReplay(file, run));
        return replay;
    }

    private static (JournalReplay? Replay, EarlierRun[] Earlier) ReadReplay(string file, Guid? run)
    {
        bool wasInUse = JournalReader.IsInUse(file);
        JournalContents contents = JournalReader.ReadRuns(file);
        bool goesOn = wasInUse || JournalReader.IsInUse(file);
        JournalRun? found = contents.Runs.LastOrDefault(known => run is null || known.Header.RunId == run);
        return found is null ? (null, []) : (
            JournalReplay.Of(found, goesOn && found == contents.Runs[^1], DateTimeOffset.Now),
            [.. contents.Runs.TakeWhile(other => other != found).Reverse().Select(other => other.AsEarlier)]);
    }

    private static T Try<T>(string path, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JournalException exception)
        {
            throw new CommandErrorException(
                new InvalidDataException(exception.Message, exception), "DagCheckpointInvalid", ErrorCategory.InvalidData, path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandErrorException(
                new ItemNotFoundException(Messages.CheckpointNotFound(file), exception), "DagCheckpointNotFound",
                ErrorCategory.ObjectNotFound, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotRead(path, file, exception);
        }
    }

    private static CommandErrorException Gone(string file) => new(
        new InvalidDataException(Messages.RunNotInJournal(file)), "DagCheckpointEmpty", ErrorCategory.InvalidData, file);

    private static string? NewestIn(string folder) => JournalsIn(folder)
        .Select(file => (File: file, Start: JournalHolder.TryRead(file)?.Header.StartTime ?? default))
        .Where(found => found.Start != default)
        .OrderBy(found => found.Start)
        .LastOrDefault().File;

    private static CommandErrorException NotRead(string path, string file, Exception exception) => new(
        new IOException(Messages.CheckpointNotRead(file, exception.Message), exception), "DagCheckpointFailed", ErrorCategory.ReadError,
        path);
}

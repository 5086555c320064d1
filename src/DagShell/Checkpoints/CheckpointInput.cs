using System.Management.Automation;
using DagShell.Engine.Analysis;
using DagShell.Engine.Journal;
using DagShell.Results;

namespace DagShell.Checkpoints;

/// <summary>
/// Finds the run that a journal tells of: the last one, if it was resumed. The journal is read as text; nothing in it is run.
/// </summary>
internal static class CheckpointInput
{
    /// <summary>Reads the run.</summary>
    /// <param name="path">The journal, or a folder of them, whose newest is meant; relative to the current location, and no pattern.</param>
    /// <param name="location">The current location.</param>
    /// <exception cref="CommandErrorException">There is no run to be read.</exception>
    public static RunSnapshot Read(string path, PathIntrinsics location)
    {
        string file = Checkpoint.FileOf(path, location);
        DagRun? run = Directory.Exists(file)
            ? CheckpointFolder.JournalsIn(file).Select(journal => ReadRun(path, journal)).OfType<DagRun>().MaxBy(found => found.StartTime)
            : ReadRun(path, file);
        return RunSnapshots.Of(run ?? throw Empty(path, file));
    }

    /// <summary>The files, and folders, that a path stands for: the one that it names, or those that fit it as a pattern.</summary>
    /// <exception cref="CommandErrorException">It is no path of the file system.</exception>
    public static IReadOnlyList<string> FilesOf(string path, PathIntrinsics location)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [Checkpoint.FileOf(path, location)];
        }

        string named = Checkpoint.FileOf(path, location);
        return Path.Exists(named) ? [named] : location.GetResolvedProviderPathFromPSPath(path, out _);
    }

    /// <summary>The error that nothing of a run is in a journal yet.</summary>
    public static CommandErrorException Empty(string path, string file) => new(
        new InvalidDataException(Messages.CheckpointEmpty(file)), "DagCheckpointEmpty", ErrorCategory.InvalidData, path);

    /// <summary>Reads the last run in a journal.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="file">The journal.</param>
    /// <returns>The run; null if none has begun yet.</returns>
    /// <exception cref="CommandErrorException">It cannot be read.</exception>
    public static DagRun? ReadRun(string path, string file)
    {
        try
        {
            bool wasInUse = JournalReader.IsInUse(file);
            JournalContents contents = JournalReader.ReadRuns(file);
            bool goesOn = wasInUse || JournalReader.IsInUse(file);
            return contents.Runs.Count == 0
                ? null
                : new DagRun(JournalReplay.Of(contents.Runs[^1], goesOn, DateTimeOffset.Now), file);
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
            throw new CommandErrorException(
                new IOException(Messages.CheckpointNotRead(file, exception.Message), exception), "DagCheckpointFailed",
                ErrorCategory.ReadError, path);
        }
    }
}

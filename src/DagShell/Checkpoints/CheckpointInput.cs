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
    /// <param name="path">The journal, relative to the current location; not a pattern.</param>
    /// <param name="location">The current location.</param>
    /// <exception cref="CommandErrorException">There is no run to be read.</exception>
    public static RunSnapshot Read(string path, PathIntrinsics location) => ReadFile(path, Checkpoint.FileOf(path, location));

    private static RunSnapshot ReadFile(string path, string file)
    {
        try
        {
            bool wasInUse = JournalReader.IsInUse(file);
            JournalContents contents = JournalReader.Read(file);
            bool goesOn = wasInUse || JournalReader.IsInUse(file);
            return contents.Runs.Count > 0
                ? RunSnapshots.Of(JournalReplay.Of(contents.Runs[^1], goesOn, DateTimeOffset.Now), file)
                : throw new CommandErrorException(
                    new InvalidDataException(Messages.CheckpointEmpty(file)), "DagCheckpointEmpty", ErrorCategory.InvalidData, path);
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

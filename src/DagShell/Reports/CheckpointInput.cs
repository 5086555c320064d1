using System.Management.Automation;
using DagShell.Engine.Journal;

namespace DagShell.Reports;

/// <summary>Finds the run that a journal tells of: the last one, if it was resumed. The journal is read as text; nothing in it is run.</summary>
internal static class CheckpointInput
{
    /// <summary>Reads the run.</summary>
    /// <param name="path">The journal, relative to the current location; not a pattern.</param>
    /// <param name="cmdlet">The command, which ends with an error if there is no run to be read.</param>
    public static RunSnapshot Read(string path, PSCmdlet cmdlet)
    {
        string file = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        if (provider.Name != "FileSystem")
        {
            Throw(new PSArgumentException(Messages.CheckpointNotAFile(path)), "DagCheckpointFailed", ErrorCategory.InvalidArgument);
        }

        try
        {
            bool wasInUse = JournalReader.IsInUse(file);
            JournalContents contents = JournalReader.Read(file);
            bool goesOn = wasInUse || JournalReader.IsInUse(file);
            if (contents.Runs.Count == 0)
            {
                Throw(new InvalidDataException(Messages.CheckpointEmpty(file)), "DagCheckpointEmpty", ErrorCategory.InvalidData);
            }

            return RunSnapshot.Of(JournalReplay.Of(contents.Runs[^1], goesOn, DateTimeOffset.Now));
        }
        catch (JournalException exception)
        {
            Throw(new InvalidDataException(exception.Message, exception), "DagCheckpointInvalid", ErrorCategory.InvalidData);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            Throw(new ItemNotFoundException(Messages.CheckpointNotFound(file), exception), "DagCheckpointNotFound", ErrorCategory.ObjectNotFound);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Throw(new IOException(Messages.CheckpointNotRead(file, exception.Message), exception), "DagCheckpointFailed", ErrorCategory.ReadError);
        }

        throw new InvalidOperationException();

        void Throw(Exception exception, string id, ErrorCategory category) =>
            cmdlet.ThrowTerminatingError(new ErrorRecord(exception, id, category, path));
    }
}

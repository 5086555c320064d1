using DagShell.Engine.Journal;
using DagShell.Files;

namespace DagShell.Checkpoints;

/// <summary>How nodes were defined when they last made their output files, as far as a journal tells.</summary>
/// <param name="Contents">What stands in the journal.</param>
internal sealed record MadeFiles(JournalContents Contents)
{
    /// <summary>The definitions, by the nodes' names.</summary>
    public IReadOnlyDictionary<string, string> Definitions => Contents.LastDefinitions;

    /// <summary>What went into them for secrets, if there were any.</summary>
    public string? Salt => Contents.Runs.Count == 0 ? null : Contents.Runs[^1].Header.Salt;

    /// <summary>
    /// What is told by another journal than the run goes on with: by the newest of the dag in its folder, or by the one that is started
    /// over.
    /// </summary>
    /// <param name="request">What the run wants; its journal is not open yet.</param>
    /// <param name="folder">The folder that the runs of the dag share, if they do.</param>
    /// <returns>Null where the run's own journal is the one to ask, or there is no other.</returns>
    public static MadeFiles? Find(CheckpointRequest request, CheckpointFolder? folder)
    {
        // Of a dag without such nodes nobody asks, and a folder may have very many journals.
        if (!KnownFiles.AreMadeIn(request.Dag))
        {
            return null;
        }

        string? journal = folder?.Newest ?? (request.StartsOver && File.Exists(request.Path) ? request.Path : null);
        if (journal is null || (journal == request.Path && !request.StartsOver))
        {
            return null;
        }

        try
        {
            return new MadeFiles(JournalReader.ReadRuns(journal));
        }
        catch (Exception exception) when (exception is JournalException or IOException or UnauthorizedAccessException)
        {
            // It was damaged, or is gone meanwhile.
            return null;
        }
    }
}

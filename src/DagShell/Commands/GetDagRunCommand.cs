using System.Management.Automation;
using DagShell.Checkpoints;

namespace DagShell.Commands;

/// <summary>Gives the runs that journals tell of, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "DagRun", DefaultParameterSetName = PathSet)]
[OutputType(typeof(DagRun))]
public sealed class GetDagRunCommand : DagCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private readonly List<DagRun> _runs = [];
    private volatile bool _isStopping;

    /// <summary>Journals, and folders of them; patterns too.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet,
        HelpMessage = "Journals that Invoke-Dag -Checkpoint keeps, and folders of them.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Journals, and folders of them, by their names as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet,
        HelpMessage = "Journals, and folders of them; wildcards mean nothing.")]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    private protected override void Process()
    {
        foreach (string path in Path)
        {
            TryAdd(() => AddAll(CheckpointInput.FilesOf(path, SessionState.Path)));
        }

        foreach (string path in LiteralPath)
        {
            TryAdd(() => AddAll([Checkpoint.FileOf(path, SessionState.Path)]));
        }
    }

    private protected override void End()
    {
        foreach (DagRun run in _runs.OrderByDescending(run => run.StartTime))
        {
            WriteObject(run);
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _isStopping = true;

    private void AddAll(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            bool isFolder = Directory.Exists(path);
            IReadOnlyList<string> files = isFolder ? CheckpointInput.JournalsIn(path) : [path];
            foreach (Func<DagRun?> run in files.AsParallel().AsOrdered().Select(Read))
            {
                TryAdd(() => Add(run(), path, isFolder));
            }
        }
    }

    /// <summary>Reads the run of a journal, on any thread.</summary>
    /// <returns>Gives the run, or throws what it could not be read for.</returns>
    private Func<DagRun?> Read(string file)
    {
        if (_isStopping)
        {
            return () => throw new PipelineStoppedException();
        }

        try
        {
            DagRun? run = CheckpointInput.ReadRun(file);
            return () => run;
        }
        catch (CommandErrorException exception)
        {
            return () => throw exception;
        }
    }

    /// <summary>Adds a run. In a folder a journal that has none is passed over: it is about to begin, or never came to it.</summary>
    private void Add(DagRun? run, string path, bool isFolder)
    {
        if (run is not null)
        {
            _runs.Add(run);
        }
        else if (!isFolder)
        {
            throw CheckpointInput.Empty(path, path);
        }
    }

    /// <summary>What cannot be read is told, and the others are given out.</summary>
    private void TryAdd(Action add)
    {
        try
        {
            add();
        }
        catch (CommandErrorException exception)
        {
            WriteError(exception.Error);
        }
        catch (RuntimeException exception) when (exception is SessionStateException or ProviderInvocationException)
        {
            WriteError(new ErrorRecord(exception.ErrorRecord, exception));
        }
    }
}

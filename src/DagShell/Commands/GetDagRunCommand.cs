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
            foreach (string file in CheckpointInput.FilesOf(path, SessionState.Path))
            {
                Add(file);
            }
        }

        foreach (string path in LiteralPath)
        {
            Add(Checkpoint.FileOf(path, SessionState.Path));
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

    private void Add(string path)
    {
        bool isFolder = Directory.Exists(path);
        foreach (string file in isFolder ? CheckpointFolder.JournalsIn(path) : [path])
        {
            if (_isStopping)
            {
                throw new PipelineStoppedException();
            }

            try
            {
                if (CheckpointInput.ReadRun(file, file) is { } run)
                {
                    _runs.Add(run);
                }
                else if (!isFolder)
                {
                    WriteError(CheckpointInput.Empty(file, file).Error);
                }
            }
            catch (CommandErrorException exception)
            {
                // The others can be read.
                WriteError(exception.Error);
            }
        }
    }
}

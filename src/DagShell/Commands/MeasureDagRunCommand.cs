using System.Management.Automation;
using DagShell.Checkpoints;
using DagShell.Results;

namespace DagShell.Commands;

/// <summary>Gives a run in figures.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "DagRun", DefaultParameterSetName = InputSet)]
[OutputType(typeof(DagRunFigures))]
public sealed class MeasureDagRunCommand : DagCommand
{
    private const string InputSet = "Input";
    private const string CheckpointSet = "Checkpoint";

    private readonly RunInput _input = new();

    /// <summary>A run, or results of Invoke-Dag, which stand for their run. Of each run one object is given out.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet,
        HelpMessage = "A run, or results of Invoke-Dag.")]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? InputObject { get; set; } = [];

    /// <summary>The journal of a run: over, going on, or broken off.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CheckpointSet,
        HelpMessage = "The journal that Invoke-Dag -Checkpoint keeps, or kept, of a run.")]
    [ValidateNotNullOrEmpty]
    public string? Checkpoint { get; set; }

    private protected override void Process() => _input.Add(InputObject);

    private protected override void End()
    {
        if (Checkpoint is not null)
        {
            WriteObject(new DagRunFigures(CheckpointInput.Read(Checkpoint, SessionState.Path)));
        }

        // At the end, so that the run is over whose results came.
        foreach (DagRun run in _input.Runs)
        {
            var figures = PSObject.AsPSObject(new DagRunFigures(RunSnapshots.Of(run)));
            if (_input.Runs.Count > 1)
            {
                // Runs beside one another are a table.
                figures.TypeNames.Insert(0, "DagShell.DagRunFigures#Several");
            }

            WriteObject(figures);
        }
    }
}

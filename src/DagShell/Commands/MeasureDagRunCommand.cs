using System.Management.Automation;
using DagShell.Reports;

namespace DagShell.Commands;

/// <summary>Gives a run in figures.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "DagRun")]
[OutputType(typeof(DagRunFigures))]
public sealed class MeasureDagRunCommand : PSCmdlet
{
    private readonly RunInput _input = new();

    /// <summary>A run, or results of Invoke-Dag, which stand for their run. Of each run one object is given out.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "A run, or results of Invoke-Dag.")]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => _input.Add(InputObject, this);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // At the end, so that the run is over whose results came.
        foreach (DagRun run in _input.Runs)
        {
            WriteObject(new DagRunFigures(RunSnapshot.Of(run)));
        }
    }
}

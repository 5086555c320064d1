using System.Management.Automation;
using DagShell.Checkpoints;
using DagShell.Engine.Analysis;
using DagShell.Pictures.Reports;
using DagShell.Results;

namespace DagShell.Commands;

/// <summary>Writes a run to a file: as a page, as data, or as a trace.</summary>
[Cmdlet(VerbsData.Export, "DagRun", DefaultParameterSetName = InputSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportDagRunCommand : FileExportCommand
{
    private readonly RunInput _input = new();

    /// <summary>A run, or results of Invoke-Dag, which stand for their run.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet, HelpMessage = "A run, or results of Invoke-Dag.")]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? InputObject { get; set; } = [];

    /// <summary>The format, where the file's extension does not give it.</summary>
    [Parameter(HelpMessage = "The format, where the file's extension does not give it.")]
    public DagReportFormat Format { get; set; }

    private protected override void Process() => _input.Add(InputObject);

    private protected override void End()
    {
        DagReportFormat format = MyInvocation.BoundParameters.ContainsKey(nameof(Format))
            ? Format
            : RunReportFile.FormatOf(Path) ?? throw UnknownFormat(".html, .json, .csv, .trace.json, .xml");

        if (_input.Runs.Count > 1 && format == DagReportFormat.Html)
        {
            // Journals of older ones, of which there may be thousands, are not read again.
            RunSnapshot[] runs = [.. _input.Runs
                .OrderByDescending(run => run.StartTime)
                .Take(RunReportFile.MostRunsOfHistory)
                .Select(run => RunSnapshots.Of(run, withTexts: true))];
            WriteFile(stream => RunReportFile.WriteHistory(runs, stream, _input.Runs.Count - runs.Length));
            return;
        }

        RunSnapshot run = Checkpoint is null
            ? RunSnapshots.Of(_input.Single(), withTexts: format is DagReportFormat.Html or DagReportFormat.JUnit)
            : CheckpointInput.Read(Checkpoint, SessionState.Path);
        WriteFile(stream => RunReportFile.Write(run, format, stream));
    }
}

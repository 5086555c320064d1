using System.Management.Automation;
using System.Text;
using DagShell.Checkpoints;
using DagShell.Pictures;
using DagShell.Pictures.Formats;

namespace DagShell.Commands;

/// <summary>Writes a dag, or a run of one, to a file as a picture.</summary>
[Cmdlet(VerbsData.Export, "Dag", DefaultParameterSetName = InputSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportDagCommand : FileExportCommand
{
    private readonly PictureInput _input = new();

    /// <summary>Nodes or dags, gathered into one picture; or a run, or results of one, for a picture with their states.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputSet,
        HelpMessage = "A dag, nodes to gather into one, or a run.")]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? InputObject { get; set; } = [];

    /// <summary>The format, where the file's extension does not give it.</summary>
    [Parameter(HelpMessage = "The format, where the file's extension does not give it.")]
    public DagPictureFormat Format { get; set; }

    private protected override void Process() => _input.Add(InputObject);

    private protected override void End()
    {
        DagPictureFormat format = MyInvocation.BoundParameters.ContainsKey(nameof(Format))
            ? Format
            : PictureFile.FormatOf(Path) ?? throw UnknownFormat(".mmd, .dot, .svg, .html, .json");

        DagPicture picture = Checkpoint is null
            ? _input.ToPicture(this)
            : DagPicture.Of(CheckpointInput.Read(Checkpoint, SessionState.Path));
        if (format == DagPictureFormat.Mermaid)
        {
            WriteChart(picture);
        }
        else
        {
            WriteFile(stream => PictureFile.Write(picture, format, stream));
        }
    }

    private void WriteChart(DagPicture picture)
    {
        using MemoryStream chart = new();
        PictureFile.Write(picture, DagPictureFormat.Mermaid, chart);
        WriteFile(stream => chart.WriteTo(stream));
        int characters = Encoding.UTF8.GetCharCount(chart.GetBuffer(), 0, (int)chart.Length);
        if (MermaidLimits.AreExceeded(picture, characters))
        {
            WriteWarning(Messages.MermaidTooLarge(
                Path, characters, picture.Edges.Count, MermaidLimits.Characters, MermaidLimits.Edges));
        }
    }
}

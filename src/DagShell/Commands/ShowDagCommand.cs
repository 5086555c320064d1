using System.Management.Automation;
using DagShell.Checkpoints;
using DagShell.Pictures;
using DagShell.Pictures.Terminal;

namespace DagShell.Commands;

/// <summary>Draws a dag, or a run of one, in the console.</summary>
[Cmdlet(VerbsCommon.Show, "Dag", DefaultParameterSetName = InputSet)]
[OutputType(typeof(string))]
public sealed class ShowDagCommand : DagCommand
{
    private const string InputSet = "Input";
    private const string CheckpointSet = "Checkpoint";

    private readonly PictureInput _input = new();

    /// <summary>Nodes or dags, gathered into one picture; or a run, or results of one, for a picture with their states.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet,
        HelpMessage = "A dag, nodes to gather into one, or a run.")]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    /// <summary>The journal of a run, for a picture with the states of its nodes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CheckpointSet,
        HelpMessage = "The journal that Invoke-Dag -Checkpoint keeps, or kept, of a run.")]
    [ValidateNotNullOrEmpty]
    public string? Checkpoint { get; set; }

    /// <summary>How many columns the drawing may take; the window's if it is left out.</summary>
    [Parameter(HelpMessage = "How many columns the drawing may take; the window's if it is left out.")]
    [ValidateRange(20, 10_000)]
    public int Width { get; set; }

    private protected override void Process() => _input.Add(InputObject);

    private protected override void End()
    {
        DagPicture picture = Checkpoint is null ? _input.ToPicture() : DagPicture.Of(CheckpointInput.Read(Checkpoint, SessionState.Path));
        ConsoleWindow window = ConsoleWindow.Of(this);
        WriteObject(ConsoleDrawing.Draw(picture, Width > 0 ? Width : window.Width, window.ShowsColor), enumerateCollection: true);
    }
}

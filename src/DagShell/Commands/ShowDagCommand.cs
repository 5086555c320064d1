using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using DagShell.Checkpoints;
using DagShell.Engine.Analysis;
using DagShell.Pictures;
using DagShell.Pictures.Terminal;

namespace DagShell.Commands;

/// <summary>Draws a dag, or a run of one, in the console.</summary>
[Cmdlet(VerbsCommon.Show, "Dag", DefaultParameterSetName = InputSet)]
[OutputType(typeof(string))]
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification =
        "The token source owns a handle only while it is waited for, which ends with the command.")]
public sealed class ShowDagCommand : DagCommand
{
    private const string InputSet = "Input";
    private const string CheckpointSet = "Checkpoint";

    /// <summary>How often a run that goes on is looked at.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly PictureInput _input = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Nodes or dags, gathered into one picture; or a run, or results of one, for a picture with their states.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet,
        HelpMessage = "A dag, nodes to gather into one, or a run.")]
    [System.Management.Automation.AllowNull]
    [AllowEmptyCollection]
    public object?[]? InputObject { get; set; } = [];

    /// <summary>The journal of a run, for a picture with the states of its nodes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CheckpointSet,
        HelpMessage = "The journal that Invoke-Dag -Checkpoint keeps, or kept, of a run.")]
    [ValidateNotNullOrEmpty]
    public string? Checkpoint { get; set; }

    /// <summary>Goes on drawing a run that goes on, until it ends.</summary>
    [Parameter(ParameterSetName = CheckpointSet, HelpMessage = "Goes on drawing until the run ends.")]
    public SwitchParameter Wait { get; set; }

    /// <summary>How many columns the drawing may take; the window's if it is left out.</summary>
    [Parameter(HelpMessage = "How many columns the drawing may take; the window's if it is left out.")]
    [ValidateRange(20, 10_000)]
    public int Width { get; set; }

    private protected override void Process() => _input.Add(InputObject);

    private protected override void End()
    {
        ConsoleWindow window = ConsoleWindow.Of(this);
        RunSnapshot? run = Checkpoint is null ? null : CheckpointInput.Read(Checkpoint, SessionState.Path);
        if (run is not null && Wait)
        {
            run = DrawUntilEnd(run, window);
        }

        DagPicture picture = run is null ? _input.ToPicture(this) : DagPicture.Of(run);
        WriteObject(Draw(picture, window), enumerateCollection: true);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    private IReadOnlyList<string> Draw(DagPicture picture, ConsoleWindow window) =>
        ConsoleDrawing.Draw(picture, Width > 0 ? Width : window.Width, window.ShowsColor, window.Height);

    /// <summary>Draws a run anew as often as something of it has changed, each time over the drawing before.</summary>
    /// <returns>The run as it ended.</returns>
    private RunSnapshot DrawUntilEnd(RunSnapshot run, ConsoleWindow window)
    {
        RedrawnLines screen = new(window is { ShowsColor: true, Height: not null } ? Host.UI : null);
        while (run.History.Status == RunStatus.Running)
        {
            // Of what is higher than the window the end: what has left it cannot be drawn over.
            screen.Show([.. Draw(DagPicture.Of(run), window).TakeLast(window.Height ?? int.MaxValue)]);
            if (_stop.Token.WaitHandle.WaitOne(LookInterval))
            {
                throw new PipelineStoppedException();
            }

            run = CheckpointInput.Read(Checkpoint!, SessionState.Path);
        }

        screen.Clear();
        return run;
    }
}

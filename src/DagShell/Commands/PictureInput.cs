using System.Management.Automation;
using DagShell.Engine.Graph;
using DagShell.Nodes;
using DagShell.Pictures;
using DagShell.Results;

namespace DagShell.Commands;

/// <summary>Gathers what is to be drawn, as it comes out of a pipeline: nodes and dags, or a run or results of one.</summary>
internal sealed class PictureInput
{
    private readonly DagBuilder _builder = new();
    private readonly RunInput _runs = new();
    private bool _hasNodes;

    /// <summary>Takes in what came.</summary>
    /// <param name="value">What came.</param>
    /// <param name="cmdlet">The command, which ends with an error if it is nothing that can be drawn.</param>
    public void Add(object? value, PSCmdlet cmdlet)
    {
        foreach (object? item in PipelineItems.Of(value))
        {
            if (_runs.TryAdd(item))
            {
                continue;
            }

            if (!_builder.TryAdd(item, out object? stranger))
            {
                cmdlet.ThrowTerminatingError(new ErrorRecord(
                    new PSArgumentException(Messages.NotADagOrRun(stranger)), "InvalidDag", ErrorCategory.InvalidArgument, stranger));
            }

            _hasNodes = true;
        }
    }

    /// <summary>The picture of what was gathered.</summary>
    /// <param name="cmdlet">The command, which ends with an error if it does not make one picture.</param>
    public DagPicture ToPicture(PSCmdlet cmdlet)
    {
        if (_runs.Runs.Count > 0)
        {
            if (_hasNodes)
            {
                cmdlet.ThrowTerminatingError(new ErrorRecord(
                    new PSArgumentException(Messages.DagAndRun()), "DagAndRun", ErrorCategory.InvalidArgument, null));
            }

            return DagPicture.Of(RunSnapshots.Of(_runs.Single(cmdlet)));
        }

        if (!_builder.Dag.TryBuild(out DagGraph? graph, out IReadOnlyList<GraphProblem> problems))
        {
            cmdlet.ThrowTerminatingError(new ErrorRecord(
                new InvalidDagException(problems), "InvalidDag", ErrorCategory.InvalidData, _builder.Dag));
        }

        return DagPicture.Of(_builder.Dag.Name, _builder.Dag.Description, graph!);
    }
}

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
    /// <exception cref="CommandErrorException">It is nothing that can be drawn.</exception>
    public void Add(object? value)
    {
        foreach (object? item in PipelineItems.Of(value))
        {
            if (_runs.TryAdd(item))
            {
                continue;
            }

            if (!_builder.TryAdd(item, out object? stranger))
            {
                throw new CommandErrorException(
                    new PSArgumentException(Messages.NotADagOrRun(stranger)), "InvalidDag", ErrorCategory.InvalidArgument, stranger);
            }

            _hasNodes = true;
        }
    }

    /// <summary>The picture of what was gathered.</summary>
    /// <param name="command">The command that is running, in the caller's session.</param>
    /// <exception cref="CommandErrorException">It does not make one picture.</exception>
    public DagPicture ToPicture(PSCmdlet command)
    {
        if (_runs.Runs.Count > 0)
        {
            if (_hasNodes)
            {
                throw new CommandErrorException(
                    new PSArgumentException(Messages.DagAndRun()), "DagAndRun", ErrorCategory.InvalidArgument, null);
            }

            return DagPicture.Of(RunSnapshots.Of(_runs.Single()));
        }

        List<GraphProblem> problems = [];
        _builder.Dag = new InnerDags(command, [], new HashSet<string>(), problems).Fill(_builder.Dag);
        DagGraph graph = _builder.Build(problems);
        return DagPicture.Of(_builder.Dag.Name, _builder.Dag.Description, graph);
    }
}

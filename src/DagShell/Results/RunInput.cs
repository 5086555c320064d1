using System.Management.Automation;

namespace DagShell.Results;

/// <summary>Gathers runs, as they come out of a pipeline: as such, or as results, each of which stands for its run.</summary>
internal sealed class RunInput
{
    private readonly List<DagRun> _runs = [];

    /// <summary>The runs, in the order in which they came, each once.</summary>
    public IReadOnlyList<DagRun> Runs => _runs;

    /// <summary>Takes in a run, a result, or a collection of them.</summary>
    /// <exception cref="CommandErrorException">It is neither.</exception>
    public void Add(object? value)
    {
        foreach (object? item in PipelineItems.Of(value))
        {
            if (!TryAdd(item))
            {
                throw new CommandErrorException(
                    new PSArgumentException(Messages.NotARun(item)), "InvalidRun", ErrorCategory.InvalidArgument, item);
            }
        }
    }

    /// <summary>Takes in a run or a result.</summary>
    public bool TryAdd(object? value)
    {
        DagRun? run = value as DagRun ?? (value as DagNodeResult)?.Run;
        if (run is null)
        {
            return false;
        }

        // Results come in the order in which nodes end, so nearly always from the run of the one before.
        if (_runs.Count == 0 || (_runs[^1] != run && !_runs.Contains(run)))
        {
            _runs.Add(run);
        }

        return true;
    }

    /// <summary>The one run.</summary>
    /// <exception cref="CommandErrorException">There are several, or none.</exception>
    public DagRun Single()
    {
        if (_runs.Count != 1)
        {
            string message = _runs.Count == 0 ? Messages.NothingGiven() : Messages.SeveralRuns(_runs.Count);
            throw new CommandErrorException(new PSArgumentException(message), "InvalidRun", ErrorCategory.InvalidArgument, null);
        }

        return _runs[0];
    }
}

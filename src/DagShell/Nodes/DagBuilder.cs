using System.Collections;
using System.Management.Automation;
using DagShell.Engine.Graph;

namespace DagShell.Nodes;

/// <summary>Gathers nodes and dags, as they come out of a pipeline, into one dag.</summary>
internal sealed class DagBuilder
{
    private int _files;
    private bool _isInFile;
    private bool _hasOthers;
    private string? _nameOfFile;

    public DagBuilder(string? name = null, string? description = null) => Dag = new Dag(name, description);

    /// <summary>What was gathered so far.</summary>
    public Dag Dag { get; set; }

    /// <summary>What comes from now on is of a dag file.</summary>
    /// <param name="name">The name of a dag that is that file's alone, and has none of its own.</param>
    public void BeginFile(string name)
    {
        _files++;
        _isInFile = true;
        _nameOfFile = name;
    }

    /// <summary>All of the file has come.</summary>
    public void EndFile() => _isInFile = false;

    /// <summary>Names a dag that has no name after its file, if all of it came from one.</summary>
    public void NameAfterFile()
    {
        if (_files == 1 && !_hasOthers)
        {
            Dag.Name ??= _nameOfFile;
        }
    }

    /// <summary>Takes a node, a dag, or a collection of them in.</summary>
    /// <exception cref="CommandErrorException">Something is neither.</exception>
    public void Add(object? value)
    {
        if (!TryAdd(value, out object? stranger))
        {
            throw new CommandErrorException(
                new PSArgumentException(Messages.NotANode(stranger)), "InvalidDag", ErrorCategory.InvalidArgument, stranger);
        }
    }

    /// <summary>Checks what was gathered as a whole.</summary>
    /// <param name="known">What is known to be wrong with it.</param>
    /// <exception cref="CommandErrorException">Something is wrong with it. The error tells all that is.</exception>
    public DagGraph Build(IReadOnlyList<GraphProblem> known) =>
        Dag.TryBuild(out DagGraph? graph, out IReadOnlyList<GraphProblem> problems) && known.Count == 0
            ? graph
            : throw new CommandErrorException(
                new InvalidDagException(known.Concat(problems).ToArray()), "InvalidDag", ErrorCategory.InvalidData, Dag);

    /// <summary>Takes a node, a dag, or a collection of them in.</summary>
    /// <param name="value">What came.</param>
    /// <param name="stranger">What was neither, if something was.</param>
    /// <returns>Whether all of it was nodes and dags.</returns>
    public bool TryAdd(object? value, out object? stranger)
    {
        stranger = null;
        _hasOthers |= !_isInFile;
        switch (value is PSObject wrapped ? wrapped.BaseObject : value)
        {
            case DagNode node:
                Dag.Add(node);
                return true;
            case Dag dag:
                Dag.Add(dag);
                return true;
            case IEnumerable items and not string and not IDictionary:
                foreach (object? item in items)
                {
                    if (!TryAdd(item, out stranger))
                    {
                        return false;
                    }
                }

                return true;
            default:
                stranger = value;
                return false;
        }
    }
}

using System.Collections;
using System.Management.Automation;
using DagShell.Capture;
using DagShell.Checkpoints;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Files;
using DagShell.Nodes;

namespace DagShell.Runspaces;

/// <summary>
/// Makes the dag that a node stands for, where that is known only when the node's turn has come, and checks it. To its nodes the session in
/// which it is made is what the caller's is to those that are known before the run.
/// </summary>
/// <remarks>Belongs to the thread of the node's attempt.</remarks>
internal sealed class DagExpansion
{
    private readonly DagNode _node;
    private readonly NodeAttempt _attempt;
    private readonly RunContext _context;
    private readonly PSCmdlet _command;
    private readonly List<object> _dags = [];

    /// <summary>Begins with one.</summary>
    /// <param name="node">The node.</param>
    /// <param name="attempt">The attempt that asks for its dag.</param>
    /// <param name="context">The run.</param>
    /// <param name="command">The command that is running in the attempt's session.</param>
    public DagExpansion(DagNode node, NodeAttempt attempt, RunContext context, PSCmdlet command)
    {
        _node = node;
        _attempt = attempt;
        _context = context;
        _command = command;
    }

    /// <summary>Takes the dag, or that of the next item.</summary>
    /// <param name="given">What the script block gave out; or a dag, or the path of its file.</param>
    /// <param name="variables">The values for the parameters of a file.</param>
    /// <exception cref="CommandErrorException">It is no dag.</exception>
    /// <exception cref="RuntimeException">The file ended with an error.</exception>
    public void Add(object?[] given, NodeVariables variables)
    {
        DagBuilder builder = new();
        if (given is [string file] && _node.InnerDag is string)
        {
            Hashtable parameters = new(StringComparer.OrdinalIgnoreCase);
            foreach (DictionaryEntry value in _context.Parameters)
            {
                parameters[value.Key] = value.Value;
            }

            foreach (DictionaryEntry value in variables.Upstream)
            {
                parameters[value.Key] = value.Value;
            }

            DagSource.WithItem(variables.CurrentObject, _command.SessionState, () =>
            {
                DagFile.Gather(new FileInfo(file), parameters, _command, builder, new HashSet<string>());
                return true;
            });
        }
        else
        {
            builder.Add(given);
        }

        _dags.Add(builder.Dag);
    }

    /// <summary>All have come.</summary>
    /// <param name="items">What each of them is for; null of a node that has one dag.</param>
    /// <exception cref="InvalidDagException">Something is wrong with one.</exception>
    /// <exception cref="OperationCanceledException">The attempt was stopped.</exception>
    public AttemptOutcome End(object?[]? items)
    {
        if (items is { Length: 0 })
        {
            return AttemptOutcome.Succeeded(null);
        }

        List<GraphProblem> problems = [];
        InnerDags inner = new(_command, new Hashtable(_context.Parameters), new HashSet<string>(), problems);
        Dag? dag = items is null ? inner.Fill(_node, _dags[0]) : inner.Inside(_node.WithDags(items, _dags));
        if (problems.Count > 0)
        {
            throw new InvalidDagException(problems);
        }

        if (dag!.PoolRate.Keys.FirstOrDefault(pool => !_context.RatedPools.Contains(pool)) is { } pool)
        {
            throw new CommandErrorException(
                new PSArgumentException(Messages.RateComesLate(_node.Name, pool)), "InvalidDag", ErrorCategory.InvalidData, pool);
        }

        DagGraph graph = dag.BuildInside(_attempt.PoolLimits);
        FilePatterns.Check(graph, _command.SessionState.Path, _context.RunInSessions);
        NoteNeeds(dag);
        return AttemptOutcome.Expanded(_context.Expand is { } expand
            ? expand(_attempt, graph, new CalledCommands(NeedsOf(dag), _command.InvokeCommand, initialState: null))
            : new Expansion(graph));
    }

    private Dictionary<ScriptKey, ScriptNeeds> NeedsOf(Dag dag)
    {
        Dictionary<ScriptKey, ScriptNeeds> needs = [];
        foreach (DagNode node in dag.AllNodes)
        {
            foreach ((_, ScriptBlock script) in node.Scripts())
            {
                ScriptKey key = ScriptKey.Of(script, node.Surroundings);
                if (_context.NeedsOf(key) is { } needed)
                {
                    needs[key] = needed;
                }
            }
        }

        return needs;
    }

    /// <summary>Notes what its nodes use: of the session, and of secrets.</summary>
    private void NoteNeeds(Dag dag)
    {
        DagNode[] nodes = [.. dag.AllNodes];
        _context.Secrets.Add(nodes.Select(node => node.UsingValues));
        _context.Secrets.Add(nodes.Select(node => node.ForEach));
        var session = new CallerSession(_command.SessionState, _command.InvokeCommand, _context.SuppliesNeeds);
        foreach (DagNode node in nodes)
        {
            foreach ((_, ScriptBlock script) in node.Scripts())
            {
                if (_context.NeedsOf(script, node) is null)
                {
                    session.Add(script, node.Surroundings);
                }
            }
        }

        _context.Secrets.Add(ScriptNeeds.PassedValues(session.Needs.Values));
        _context.AddNeeds(session.Needs);
    }
}

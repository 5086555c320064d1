using System.Collections;
using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Nodes;

/// <summary>Finds the dags that nodes stand for, and gives their nodes the names that they have there.</summary>
internal sealed class InnerDags
{
    private readonly PSCmdlet _command;
    private readonly Hashtable _parameters;
    private readonly ISet<string> _taken;
    private readonly List<GraphProblem> _problems;

    /// <summary>The dags around the one that is looked into: of each the object or the file, and how it is told.</summary>
    private readonly List<(object Dag, string Text)> _around = [];

    /// <summary>Prepares to look into dags.</summary>
    /// <param name="command">The command that is running, in the caller's session, where files are run.</param>
    /// <param name="parameters">Values for the parameters of files and script blocks, by name.</param>
    /// <param name="taken">Gets the names and aliases of their parameters.</param>
    /// <param name="problems">Gets what is wrong: dags that contain themselves.</param>
    public InnerDags(
        PSCmdlet command, Hashtable parameters, ISet<string> taken, List<GraphProblem> problems)
    {
        _command = command;
        _parameters = parameters;
        _taken = taken;
        _problems = problems;
    }

    /// <summary>The same dag, with the dags inside of it. What these limit pools to holds for it.</summary>
    /// <exception cref="CommandErrorException">A file is not there, or what it gives out is no dag.</exception>
    /// <exception cref="RuntimeException">A file, or a script block, ended with an error.</exception>
    public Dag Fill(Dag dag)
    {
        if (!dag.Nodes.Any(node => node.InnerDag is not null))
        {
            return dag;
        }

        Dictionary<DagNode, Dag> inside = [];
        Dictionary<DagNode, DagNode> late = [];
        foreach (DagNode node in dag.Nodes)
        {
            if (node.InnerDag is null || node.Node.ExpandsAtTurn)
            {
                continue;
            }

            if (TakesFromUpstream(dag, node))
            {
                late.TryAdd(node, node.ExpandingAtTurn());
            }
            else if (Inside(node) is { } inner)
            {
                inside.TryAdd(node, inner);
            }
        }

        return dag.With(inside, late);
    }

    /// <summary>The dag that a node stands for, or those of its items; null if there is none.</summary>
    public Dag? Inside(DagNode node) => node.ForEach is null ? Fill(node, node.InnerDag!) : FillItems(node);

    /// <summary>Whether a parameter of the script that gives a node's dag is called like one of its dependencies.</summary>
    private static bool TakesFromUpstream(Dag dag, DagNode node)
    {
        HashSet<string> names = node.ScriptOfDag is { } script
            ? NodeScript.Of(script).Parameters.SelectMany(parameter => parameter.Names).ToHashSet(StringComparer.OrdinalIgnoreCase)
            : [];
        return names.Count > 0 && dag.Edges.Any(edge => names.Contains(edge.From)
            && (edge.To.Equals(node.Name, StringComparison.OrdinalIgnoreCase)
                || edge.To.Equals(node.Node.LocalName, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>The dag that a node stands for; null if that is inside of itself.</summary>
    /// <param name="node">The node.</param>
    /// <param name="source">The dag as such, as a script block that gives it, or as the path of its file.</param>
    public Dag? Fill(DagNode node, object source)
    {
        object identity = source is ScriptBlock script ? script.Ast : source;
        int before = _around.FindIndex(around => around.Dag.Equals(identity));
        _around.Add((identity, source is string file ? file : node.Name));
        try
        {
            if (before >= 0)
            {
                string[] path = [.. _around.Skip(before).Select(around => around.Text)];
                _problems.Add(new GraphProblem(GraphProblemKind.Cycle, [node.Name], Messages.DagInItself(node.Name, path)));
                return null;
            }

            Dag found = node.Item is { } item
                ? DagSource.WithItem(item.Value, _command.SessionState, () => DagOf(source))
                : DagOf(source);
            return Fill(found.InsideOf(node));
        }
        finally
        {
            _around.RemoveAt(_around.Count - 1);
        }
    }

    /// <summary>The dags of all items of a node; null if it has no items.</summary>
    private Dag? FillItems(DagNode node)
    {
        Dag items = new();
        for (int i = 0; i < node.DagOfItems.Count; i++)
        {
            items.Add(node.ForItem(i));
        }

        return items.Nodes.Count == 0 ? null : Fill(items.InsideOf(node));
    }

    private Dag DagOf(object source)
    {
        if (source is Dag dag)
        {
            return dag;
        }

        DagBuilder builder = new();
        if (source is string file)
        {
            DagFile.Gather(new FileInfo(file), _parameters, _command, builder, _taken);
            builder.NameAfterFile();
        }
        else
        {
            DagScript.Gather((ScriptBlock)source, _parameters, _command, builder, _taken);
        }

        return builder.Dag;
    }
}

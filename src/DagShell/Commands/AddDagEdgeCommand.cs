using System.Management.Automation;
using DagShell.Parameters;

namespace DagShell.Commands;

/// <summary>Adds edges to a dag.</summary>
[Cmdlet(VerbsCommon.Add, "DagEdge", DefaultParameterSetName = FromToSet)]
[OutputType(typeof(Dag))]
public sealed class AddDagEdgeCommand : DagCommand
{
    private const string FromToSet = "FromTo";
    private const string ChainSet = "Chain";

    private readonly Nodes.DagBuilder _builder = new();
    private Dag? _only;
    private int _inputs;

    /// <summary>The dependencies: names, or node objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FromToSet, HelpMessage = "The dependencies, upstream.")]
    [NodeNames]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    public string[] From { get; set; } = [];

    /// <summary>The dependents: names, or node objects. Each depends on every one of -From.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = FromToSet, HelpMessage = "The dependents, downstream.")]
    [NodeNames]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    public string[] To { get; set; } = [];

    /// <summary>Nodes of which each depends on the one before it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ChainSet, HelpMessage = "Nodes of which each depends on the one before it.")]
    [NodeNames]
    [ValidateCount(2, int.MaxValue)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    public string[] Chain { get; set; } = [];

    /// <summary>A dag, or nodes to gather into one.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, HelpMessage = "A dag, or nodes to gather into one.")]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    private protected override void Process()
    {
        foreach (object? item in InputObject)
        {
            _inputs++;
            object? value = item is PSObject wrapped ? wrapped.BaseObject : item;
            _only = _inputs == 1 ? value as Dag : null;
            _builder.Add(value);
        }
    }

    private protected override void End()
    {
        // A dag that came alone is changed and passed on, as Add-Member does with its object; anything else becomes a dag.
        Dag dag = _only ?? _builder.Dag;
        if (ParameterSetName == ChainSet)
        {
            for (int i = 1; i < Chain.Length; i++)
            {
                dag.Add(new Edge(Chain[i - 1], Chain[i]));
            }
        }
        else
        {
            foreach (string from in From)
            {
                foreach (string to in To)
                {
                    dag.Add(new Edge(from, to));
                }
            }
        }

        WriteObject(dag);
    }
}

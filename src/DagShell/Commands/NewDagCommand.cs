using System.Collections;
using System.Management.Automation;
using DagShell.Nodes;

namespace DagShell.Commands;

/// <summary>Gathers nodes into a dag.</summary>
[Cmdlet(VerbsCommon.New, "Dag", DefaultParameterSetName = NameSet)]
[OutputType(typeof(Dag))]
public sealed class NewDagCommand : DagCommand
{
    private const string NameSet = "Name";
    private const string ScriptBlockSet = "ScriptBlock";

    private DagBuilder _builder = new();

    /// <summary>The dag's name.</summary>
    [Parameter(Position = 0, ParameterSetName = NameSet, HelpMessage = "The dag's name, for messages and reports.")]
    public string? Name { get; set; }

    /// <summary>A script block whose output, nodes and dags, is gathered.</summary>
    [Parameter(Position = 1, ParameterSetName = NameSet, HelpMessage = "A script block that emits nodes or dags.")]
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = ScriptBlockSet, HelpMessage = "A script block that emits nodes or dags.")]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>How many nodes of a pool run at once at most.</summary>
    [Parameter(HelpMessage = "How many nodes of each pool run at once at most: @{ sql = 2 }.")]
    public Hashtable? PoolLimit { get; set; }

    /// <summary>What the dag is for.</summary>
    [Parameter(HelpMessage = "What the dag is for.")]
    public string? Description { get; set; }

    /// <summary>Nodes or dags to gather.</summary>
    [Parameter(ValueFromPipeline = true, HelpMessage = "Nodes or dags to gather.")]
    public object[] InputObject { get; set; } = [];

    private protected override void Begin() => _builder = new DagBuilder(Name, Description);

    private protected override void Process() => _builder.Add(InputObject);

    private protected override void End()
    {
        if (ScriptBlock is not null)
        {
            // In the caller's own session, in a scope of its own: the block sees what stands around it and leaves nothing there.
            foreach (PSObject output in NodeSource.Run(ScriptBlock, [], ScriptBlock.Ast, this, isWhole: true))
            {
                _builder.Add(output);
            }
        }

        PoolLimits.Apply(PoolLimit, _builder.Dag);
        WriteObject(_builder.Dag);
    }
}

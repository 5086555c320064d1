using System.Collections;
using System.Management.Automation;
using DagShell.Nodes;

namespace DagShell.Commands;

/// <summary>Gathers nodes into a dag.</summary>
[Cmdlet(VerbsCommon.New, "Dag", DefaultParameterSetName = NameSet)]
[OutputType(typeof(Dag))]
public sealed class NewDagCommand : PSCmdlet
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

    /// <inheritdoc/>
    protected override void BeginProcessing() => _builder = new DagBuilder(Name, Description);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Gather(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ScriptBlock is not null)
        {
            // In the caller's own session, in a scope of its own: the block sees what stands around it and leaves nothing there.
            foreach (PSObject output in InvokeCommand.InvokeScript(useLocalScope: true, ScriptBlock, null))
            {
                Gather(output);
            }
        }

        try
        {
            PoolLimits.Apply(PoolLimit, _builder.Dag);
        }
        catch (CommandErrorException exception)
        {
            this.EndWith(exception.Error);
        }

        WriteObject(_builder.Dag);
    }

    private void Gather(object value)
    {
        if (!_builder.TryAdd(value, out object? stranger))
        {
            this.EndWith(new ErrorRecord(
                new PSArgumentException(Messages.NotANode(stranger)), "InvalidDag", ErrorCategory.InvalidArgument, stranger));
        }
    }
}

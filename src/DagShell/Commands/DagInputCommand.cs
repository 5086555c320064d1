using System.Management.Automation;
using DagShell.Engine.Graph;
using DagShell.Nodes;

namespace DagShell.Commands;

/// <summary>A cmdlet that works on a dag: given as such, or as nodes that it gathers into one.</summary>
public abstract class DagInputCommand : DagCommand
{
    private protected const string InputSet = "Input";

    /// <summary>Nodes or dags. All that comes through the pipeline is gathered into one dag.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet,
        HelpMessage = "A dag, or nodes to gather into one.")]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    private protected DagBuilder Builder { get; } = new();

    private protected override void Process() => Builder.Add(InputObject);

    /// <summary>Checks what was gathered; a dag that is not valid ends the command with everything that is wrong with it.</summary>
    private protected DagGraph BuildGraph() => Builder.Build();
}

using System.Collections;
using System.Management.Automation;
using DagShell.Engine.Graph;
using DagShell.Nodes;

namespace DagShell.Commands;

/// <summary>A cmdlet that works on a dag: given as such, or as nodes that it gathers into one.</summary>
public abstract class DagInputCommand : DagCommand
{
    private protected const string InputSet = "Input";

    /// <summary>Nodes, dags, or dag files. All that comes through the pipeline is gathered into one dag.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet,
        HelpMessage = "A dag, nodes to gather into one, or dag files.")]
    [ValidateNotNull]
    public object[] InputObject { get; set; } = [];

    private protected DagBuilder Builder { get; } = new();

    /// <summary>Values for the parameters of dag files, by name.</summary>
    private protected virtual Hashtable FileParameters { get; } = [];

    /// <summary>The names and aliases of the parameters of the dag files that were run.</summary>
    private protected HashSet<string> ParametersOfFiles { get; } = new(StringComparer.OrdinalIgnoreCase);

    private protected override void Process()
    {
        foreach (object? item in InputObject)
        {
            if ((item is PSObject wrapped ? wrapped.BaseObject : item) is FileInfo file)
            {
                DagFile.Gather(file, FileParameters, this, Builder, ParametersOfFiles);
            }
            else
            {
                Builder.Add(item);
            }
        }
    }

    /// <summary>Finds the dags that nodes stand for.</summary>
    /// <returns>What is wrong: dags that contain themselves.</returns>
    private protected IReadOnlyList<GraphProblem> FillDags()
    {
        List<GraphProblem> problems = [];
        Builder.NameAfterFile();
        Builder.Dag = new InnerDags(this, FileParameters, ParametersOfFiles, problems).Fill(Builder.Dag);
        return problems;
    }

    /// <summary>Checks what was gathered; a dag that is not valid ends the command with everything that is wrong with it.</summary>
    private protected DagGraph BuildGraph()
    {
        IReadOnlyList<GraphProblem> problems = FillDags();
        return Builder.Build(problems);
    }
}

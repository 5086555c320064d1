using System.Management.Automation;

namespace DagShell.Commands;

/// <summary>Checks a dag as a whole.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Dag", DefaultParameterSetName = InputSet)]
[OutputType(typeof(bool))]
public sealed class TestDagCommand : DagInputCommand
{
    private protected override void End()
    {
        IReadOnlyList<GraphProblem> ofDags = FillDags();
        bool isValid = Builder.Dag.TryBuild(out _, out IReadOnlyList<GraphProblem> problems) && ofDags.Count == 0;
        foreach (GraphProblem problem in ofDags.Concat(problems))
        {
            WriteError(new ErrorRecord(
                new InvalidDagException([problem]), "InvalidDag." + problem.Kind, ErrorCategory.InvalidData, problem));
        }

        WriteObject(isValid);
    }
}

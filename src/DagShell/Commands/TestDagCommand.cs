using System.Management.Automation;

namespace DagShell.Commands;

/// <summary>Checks a dag as a whole.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Dag", DefaultParameterSetName = InputSet)]
[OutputType(typeof(bool))]
public sealed class TestDagCommand : DagInputCommand
{
    private protected override void End()
    {
        bool isValid = Builder.Dag.TryBuild(out _, out IReadOnlyList<GraphProblem> problems);
        foreach (GraphProblem problem in problems)
        {
            WriteError(new ErrorRecord(
                new InvalidDagException([problem]), "InvalidDag." + problem.Kind, ErrorCategory.InvalidData, problem));
        }

        WriteObject(isValid);
    }
}

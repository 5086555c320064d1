using System.Management.Automation;
using DagShell.Engine.Planning;

namespace DagShell.Commands;

/// <summary>Shows in which order and on which levels a dag's nodes would run.</summary>
[Cmdlet(VerbsCommon.Get, "DagPlan", DefaultParameterSetName = InputSet)]
[OutputType(typeof(DagPlanNode))]
public sealed class GetDagPlanCommand : DagInputCommand
{
    private protected override void End()
    {
        DagPlan plan = DagPlan.Create(BuildGraph());
        for (int order = 0; order < plan.Order.Length; order++)
        {
            WriteObject(new DagPlanNode(plan, plan.Order[order], order + 1));
        }
    }
}

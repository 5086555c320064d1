using System.Management.Automation;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Commands;

/// <summary>Inside a node: ends it as skipped, with what it had put out.</summary>
[Cmdlet(VerbsCommon.Skip, "DagNode")]
public sealed class SkipDagNodeCommand : DagCommand
{
    private static readonly ScriptBlock Exit = ScriptBlock.Create("exit");

    /// <summary>Why the node is skipped.</summary>
    [Parameter(Position = 0, HelpMessage = "Why the node is skipped; its result says so.")]
    public string? Reason { get; set; }

    private protected override void End()
    {
        if (!NodeInvoker.IsInNode)
        {
            throw new CommandErrorException(
                new PSInvalidOperationException(Messages.SkipOutsideOfNode), "NotInDagNode", ErrorCategory.InvalidOperation, null);
        }

        NodeInvoker.RequestSkip(new SkipRequest(Reason));

        // An exit goes through whatever calls this, as far as the node's script, and no catch can hold it.
        TrustedScript.Fresh(Exit).Invoke();
    }
}

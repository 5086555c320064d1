using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Runspaces;

/// <summary>Passes on what a -ForEach script gives, and ends it when that is too much.</summary>
/// <remarks>Not exported; <see cref="NodeInvoker"/> adds it to its pipeline by type.</remarks>
[Cmdlet(VerbsData.Limit, "DagItem")]
internal sealed class LimitItemsCommand : PSCmdlet
{
    private int _count;

    /// <summary>An item.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_count++ == ItemLimit.Most)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSInvalidOperationException(Messages.TooManyItems(ItemLimit.Most)),
                "TooManyItems",
                ErrorCategory.LimitsExceeded,
                null));
        }

        WriteObject(InputObject, enumerateCollection: false);
    }
}

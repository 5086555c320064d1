using System.Management.Automation;

namespace DagShell.Secrets;

/// <summary>Write-Progress, of a script that must not show secrets: progress is the one stream that cannot be redirected.</summary>
/// <remarks>Not exported; <see cref="MaskedProgress"/> has it found in the place of PowerShell's own.</remarks>
[Cmdlet(VerbsCommunications.Write, "Progress")]
internal sealed class WriteMaskedProgressCommand : PSCmdlet
{
    [ThreadStatic]
    private static SecretMask? t_secrets;

    /// <summary>What is not to be shown on the calling thread; null for nothing.</summary>
    public static SecretMask? Secrets
    {
        get => t_secrets;
        set => t_secrets = value;
    }

    /// <summary>What is going on.</summary>
    [Parameter(Position = 0)]
    public string? Activity { get; set; }

    /// <summary>How it stands.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Status { get; set; } = "Processing";

    /// <summary>The number of the activity.</summary>
    [Parameter(Position = 2)]
    [ValidateRange(0, int.MaxValue)]
    public int Id { get; set; }

    /// <summary>How much is done; -1 if that is not known.</summary>
    [Parameter]
    [ValidateRange(-1, 100)]
    public int PercentComplete { get; set; } = -1;

    /// <summary>How long it will take yet; -1 if that is not known.</summary>
    [Parameter]
    public int SecondsRemaining { get; set; } = -1;

    /// <summary>What is being done now.</summary>
    [Parameter]
    public string? CurrentOperation { get; set; }

    /// <summary>The activity that it is a part of; -1 for none.</summary>
    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    public int ParentId { get; set; } = -1;

    /// <summary>Whether the activity is over.</summary>
    [Parameter]
    public SwitchParameter Completed { get; set; }

    /// <summary>Where the record comes from.</summary>
    [Parameter]
    public int SourceId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (string.IsNullOrEmpty(Activity) && !Completed)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ArgumentException(Messages.NoActivity, nameof(Activity)),
                "MissingActivity",
                ErrorCategory.InvalidArgument,
                Activity));
        }

        var record = new ProgressRecord(Id, string.IsNullOrEmpty(Activity) ? " " : Activity, Status)
        {
            ParentActivityId = ParentId,
            PercentComplete = PercentComplete,
            SecondsRemaining = SecondsRemaining,
            CurrentOperation = CurrentOperation,
            RecordType = Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };
        CommandRuntime.WriteProgress(SourceId, t_secrets is { } secrets ? (ProgressRecord)secrets.OfRecord(record) : record);
    }
}

using System.Management.Automation;

namespace DagShell;

/// <summary>One node of a run that is a job.</summary>
public sealed class DagNodeJob : Job
{
    private volatile string _status = nameof(NodeState.Pending);

    internal DagNodeJob(DagNode node, Func<string?, string?> withoutSecrets)
        : base(withoutSecrets(node.ScriptBlock.ToString().Trim()), node.Name) => PSJobTypeName = nameof(DagNodeJob);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public override string StatusMessage => _status;

    /// <inheritdoc/>
    public override bool HasMoreData =>
        Output.Count + Error.Count + Warning.Count + Verbose.Count + Debug.Count + Information.Count > 0;

    /// <inheritdoc/>
    public override string Location => "localhost";

    /// <summary>Says that a node ends by the rules of its run, which is stopped as a whole; does nothing to one that has ended.</summary>
    /// <exception cref="PSInvalidOperationException">The node has not ended.</exception>
    public override void StopJob()
    {
        if (JobStateInfo.State is JobState.NotStarted or JobState.Running)
        {
            throw new PSInvalidOperationException(Messages.NodeJobNotStopped(Name));
        }
    }

    internal void Begin()
    {
        _status = nameof(NodeState.Running);
        if (JobStateInfo.State == JobState.NotStarted)
        {
            SetJobState(JobState.Running);
        }
    }

    internal void End(DagNodeResult result)
    {
        _status = result.SkipReason is null ? result.Status.ToString() : $"{result.Status}: {result.SkipReason}";
        SetJobState(result.Status switch
        {
            NodeState.Succeeded => JobState.Completed,
            NodeState.Failed => JobState.Failed,
            _ => JobState.Stopped,
        });
    }
}

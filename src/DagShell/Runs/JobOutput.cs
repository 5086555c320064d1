using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Hosts;

namespace DagShell.Runs;

/// <summary>Writes a run to a job: what belongs to a node to the child job of that node.</summary>
internal sealed class JobOutput : IRunOutput
{
    private readonly DagJob _job;

    public JobOutput(DagJob job) => _job = job;

    public bool TakesMoreAfterStop => true;

    public void WriteLineAfterStop(string line)
    {
        // Its streams take everything.
    }

    public void WriteResult(DagNodeResult result)
    {
        DagNodeJob job = _job.JobOf(result.Node);
        job.Output.Add(PSObject.AsPSObject(result));
        if (_job.HasJobOf(result.Node))
        {
            job.End(result);
        }
    }

    public void WriteStarted(DagNode node) => _job.JobOf(node).Begin();

    public void WriteError(DagNode? node, ErrorRecord error) => StreamsOf(node).Error.Add(error);

    public void WriteFailure(DagNode node, ErrorRecord error, IScriptExtent place) => WriteError(node, error);

    public void WriteWarning(DagNode? node, string message) =>
        StreamsOf(node).Warning.Add(new WarningRecord(message));

    public void WriteVerbose(DagNode? node, string message) =>
        StreamsOf(node).Verbose.Add(new VerboseRecord(message));

    public void WriteRecord(DagNode node, object record, bool isShown)
    {
        Job job = StreamsOf(node);
        switch (record)
        {
            case WarningRecord warning:
                job.Warning.Add(warning);
                break;
            case VerboseRecord verbose:
                job.Verbose.Add(verbose);
                break;
            case DebugRecord debug:
                job.Debug.Add(debug);
                break;
            case InformationRecord information:
                job.Information.Add(information);
                break;
        }
    }

    public void Ask(DagNode node, NodePrompt prompt) => prompt.Refuse();

    public void WriteLines(IReadOnlyList<string> lines)
    {
        // As Write-Host does: Receive-Job shows it.
        foreach (string line in lines)
        {
            _job.Information.Add(HostRecord.Of(line, source: "Invoke-Dag"));
        }
    }

    public int ProgressLines => int.MaxValue;

    public void WriteProgress(ProgressRecord record) => _job.Progress.Add(record);

    /// <summary>Where what is said of a node goes: after its end, as by -FinalizationScript, its own streams are closed.</summary>
    private Job StreamsOf(DagNode? node) =>
        node is not null && _job.JobOf(node) is { JobStateInfo.State: JobState.NotStarted or JobState.Running } job ? job : _job;
}

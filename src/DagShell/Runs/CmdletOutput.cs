using System.Management.Automation;

namespace DagShell.Runs;

/// <summary>Writes a run to the pipeline of a cmdlet.</summary>
internal sealed class CmdletOutput : IRunOutput
{
    /// <summary>Far from the numbers that PowerShell counts up for the commands of a process.</summary>
    private static long s_lastProgressSource = 0x0DA6_0000_0000;

    private readonly PSCmdlet _cmdlet;
    private readonly long _progressSource = Interlocked.Increment(ref s_lastProgressSource);

    public CmdletOutput(PSCmdlet cmdlet) => _cmdlet = cmdlet;

    public bool TakesMoreAfterStop => false;

    public void WriteLineAfterStop(string line) => _cmdlet.Host.UI?.WriteLine(line);

    public void WriteResult(DagNodeResult result) => _cmdlet.WriteObject(result);

    public void WriteStarted(DagNode node)
    {
        // The progress shows it.
    }

    public void WriteError(DagNode? node, ErrorRecord error) => _cmdlet.WriteError(error);

    public void WriteWarning(DagNode node, string message) => _cmdlet.WriteWarning(message);

    public void WriteVerbose(DagNode node, string message) => _cmdlet.WriteVerbose(message);

    public void WriteDebug(DagNode node, string message) => _cmdlet.WriteDebug(message);

    public void WriteInformation(DagNode node, InformationRecord record) => _cmdlet.WriteInformation(record);

    public void WriteProgress(ProgressRecord record)
    {
        try
        {
            _cmdlet.CommandRuntime.WriteProgress(_progressSource, record);
        }
        catch (PipelineStoppedException) when (record.RecordType == ProgressRecordType.Completed)
        {
            // After Ctrl+C the pipeline takes nothing any more; but what is on the screen has to go.
            _cmdlet.Host.UI?.WriteProgress(_progressSource, record);
        }
    }
}

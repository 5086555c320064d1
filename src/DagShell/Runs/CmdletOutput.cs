using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Language;
using DagShell.Capture;
using DagShell.Hosts;
using DagShell.Scripts;

namespace DagShell.Runs;

/// <summary>Writes a run to the pipeline of a cmdlet.</summary>
internal sealed class CmdletOutput : IRunOutput, IDisposable
{
    /// <summary>Far from the numbers that PowerShell counts up for the commands of a process.</summary>
    private static long s_lastProgressSource = 0x0DA6_0000_0000;

    // What a node shows by its own preference is shown to the caller too, whatever he prefers.
    private const string WithoutPreferences = "param($Show) & $Show -WarningAction Continue -Verbose -Debug";

    private static readonly CmdletInfo ShowRecord = new("Show-DagRecord", typeof(ShowRecordCommand));

    /// <summary>That of a window that nobody knows.</summary>
    private const int UsualHeight = 24;

    private readonly PSCmdlet _cmdlet;
    private readonly CallerPreferences _preferences;
    private SteppablePipeline? _withoutPreferences;
    private ErrorPlacing? _placing;
    private readonly long _progressSource = Interlocked.Increment(ref s_lastProgressSource);

    /// <summary>Makes the output of a cmdlet.</summary>
    public CmdletOutput(PSCmdlet cmdlet, CallerPreferences preferences)
    {
        _cmdlet = cmdlet;
        _preferences = preferences;
    }

    /// <summary>
    /// Gets ready to write what the caller's preferences would hide. PowerShell finds the pipes of the command's redirections where the
    /// command is running, and not in a pipeline inside of it; who starts such a one does this before.
    /// </summary>
    public void ShowInSpite()
    {
        if (_withoutPreferences is null)
        {
            var call = (ScriptBlockAst)ScriptBlock.Create(WithoutPreferences).Ast;
            _withoutPreferences = TrustedScript.Of(call, _cmdlet.SessionState)
                .GetSteppablePipeline(CommandOrigin.Internal, [ShowRecord]);
            _withoutPreferences.Begin(expectInput: true);
        }
    }

    public void Dispose()
    {
        _placing?.Dispose();
        _withoutPreferences?.Dispose();
    }

    public bool TakesMoreAfterStop => false;

    public void WriteLineAfterStop(string line) => _cmdlet.Host.UI?.WriteLine(line);

    public void WriteResult(DagNodeResult result) => _cmdlet.WriteObject(result);

    public void WriteStarted(DagNode node)
    {
        // The progress shows it.
    }

    public void WriteError(DagNode? node, ErrorRecord error) => _cmdlet.WriteError(error);

    public void WriteFailure(DagNode node, ErrorRecord error, IScriptExtent place)
    {
        if (_preferences.ShowsErrors)
        {
            (_placing ??= new ErrorPlacing(_cmdlet.SessionState)).SetPlace(error, place);
        }

        _cmdlet.WriteError(error);
    }

    public void WriteWarning(DagNode? node, string message) => _cmdlet.WriteWarning(message);

    public void WriteVerbose(DagNode? node, string message) => _cmdlet.WriteVerbose(message);

    public void WriteRecord(DagNode node, object record, bool isShown)
    {
        if (isShown && record is InformationRecord information && _preferences.Hides(record))
        {
            // The tag has it shown, and it still gets into variables and redirections.
            information.Tags.Add(HostRecord.Tag);
            _cmdlet.WriteInformation(information);
        }
        else if (isShown && _preferences.Hides(record))
        {
            ShowInSpite();
            _withoutPreferences!.Process(record);
        }
        else
        {
            ShowRecordCommand.Write(_cmdlet, record);
        }
    }

    public void Ask(DagNode node, NodePrompt prompt)
    {
        if (_cmdlet.Host.UI is not { } console || IsUnattended())
        {
            prompt.Refuse();
        }
        else if (prompt.Ask(console, node.Name, pollsKeys: IsConsole && !Console.IsInputRedirected))
        {
            WriteWarning(node, Messages.AnswerDropped(node.Name));
        }
    }

    /// <summary>
    /// Whether nobody is there: PowerShell's console waits for ever for the user of a service, and takes the end of its input for an empty
    /// answer.
    /// </summary>
    private bool IsUnattended() => !Environment.UserInteractive
        || (IsConsole && Console.IsInputRedirected && Console.In.Peek() < 0);

    private bool IsConsole => _cmdlet.Host.Name == "ConsoleHost";

    public void WriteLines(IReadOnlyList<string> lines)
    {
        // As Write-Host does: it is seen, is no output, and can be redirected.
        foreach (string line in lines)
        {
            _cmdlet.WriteInformation(new HostInformationMessage { Message = line }, [HostRecord.Tag]);
        }
    }

    /// <summary>PowerShell's console draws progress on a third of the window, and drops what does not fit, the oldest first.</summary>
    public int ProgressLines
    {
        get
        {
            try
            {
                return Math.Max(2, (_cmdlet.Host.UI?.RawUI?.WindowSize.Height ?? UsualHeight) / 3);
            }
            catch (Exception exception) when (exception is NotImplementedException or NotSupportedException or HostException or IOException)
            {
                return UsualHeight / 3;
            }
        }
    }

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

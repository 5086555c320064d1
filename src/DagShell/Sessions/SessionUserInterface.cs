using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using DagShell.Hosts;
using DagShell.Runspaces;

namespace DagShell.Sessions;

/// <summary>Makes records of what is shown in a session, and asks nothing.</summary>
/// <remarks>
/// The streams tell too much: also what was redirected. What a connection brings comes one after the other, though not always on the same
/// thread; the end of the pipeline comes last.
/// </remarks>
internal sealed class SessionUserInterface : RecordingUserInterface
{
    private readonly Action<object> _write;
    private readonly Func<string, bool>? _takes;

    /// <summary>
    /// An information record that its text may follow: then it is to be shown. PowerShell says no other way whether a preference hides it.
    /// </summary>
    private InformationRecord? _held;

    /// <summary>The text of what was shown last, as long as nothing else came. What runs nested says it twice.</summary>
    private string? _shown;

    /// <summary>The text of a verbose record that is not to be shown, and comes next if it comes at all.</summary>
    private string? _muted;

    /// <summary>Makes it.</summary>
    /// <param name="write">Takes the records.</param>
    /// <param name="takes">Takes debug texts that are not to be shown; null if there are none.</param>
    public SessionUserInterface(Action<object> write, Func<string, bool>? takes)
    {
        _write = write;
        _takes = takes;
    }

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI => null!;

    /// <summary>Takes a record from the streams.</summary>
    public void Take(object record)
    {
        Flush();
        _shown = null;
        switch (record)
        {
            case InformationRecord information:
                _held = information;
                break;
            case VerboseRecord verbose when NodeStreams.IsOfModules(verbose):
                _muted = verbose.Message;
                break;
            case WarningRecord or VerboseRecord or DebugRecord:
                // If it is to be seen it comes once more, to be shown.
                break;
            default:
                _write(record);
                break;
        }
    }

    /// <summary>Hands on what was held back. Of what Write-Host wrote nothing is left: it was redirected.</summary>
    public void Flush()
    {
        if (Interlocked.Exchange(ref _held, null) is { } held && !HostRecord.Is(held))
        {
            _write(held);
        }
    }

    /// <summary>Hands on what was held back, and forgets what was shown.</summary>
    public void EndCall()
    {
        Flush();
        _shown = _muted = null;
    }

    /// <inheritdoc/>
    public override void WriteDebugLine(string message)
    {
        if (_takes?.Invoke(message) != true)
        {
            base.WriteDebugLine(message);
        }
    }

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message)
    {
        bool isMuted = message == _muted;
        _muted = null;
        if (!isMuted)
        {
            Put(new VerboseRecord(message));
        }
    }

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        // The stream tells.
    }

    /// <inheritdoc/>
    public override string ReadLine() => throw NobodyAnswers();

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => throw NobodyAnswers();

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw NobodyAnswers();

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        throw NobodyAnswers();

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw NobodyAnswers();

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw NobodyAnswers();

    private static HostException NobodyAnswers() => new(Messages.NotInteractive);

    protected override void Show(string text, bool isLine, ConsoleColor? foreground = null, ConsoleColor? background = null)
    {
        if (_held is { } held && text == HostRecord.TextOf(held))
        {
            _held = null;
            _shown = text;
            _write(HostRecord.Shown(held));
            return;
        }

        if (_shown == text)
        {
            _shown = null;
            return;
        }

        Put(HostRecord.Of(text, isLine, foreground, background));
    }

    protected override void Put(object record)
    {
        Flush();
        _shown = null;
        _write(record);
    }
}

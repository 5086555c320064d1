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
internal sealed class SessionUserInterface : PSHostUserInterface
{
    /// <summary>The tag of what was written by Write-Host.</summary>
    private const string HostTag = "PSHOST";

    private readonly Action<object> _write;

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
    public SessionUserInterface(Action<object> write) => _write = write;

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
        if (Interlocked.Exchange(ref _held, null) is { } held && !held.Tags.Contains(HostTag))
        {
            _write(held);
        }
    }

    /// <inheritdoc/>
    public override void Write(string value) => Show(value, isLine: false);

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Show(value, isLine: false, foregroundColor, backgroundColor);

    /// <inheritdoc/>
    public override void WriteLine() => Show(string.Empty, isLine: true);

    /// <inheritdoc/>
    public override void WriteLine(string value) => Show(value, isLine: true);

    /// <inheritdoc/>
    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Show(value, isLine: true, foregroundColor, backgroundColor);

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => Show(value, isLine: true, ConsoleColor.Red);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Put(new DebugRecord(message));

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
    public override void WriteWarningLine(string message) => Put(new WarningRecord(message));

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

    private static string TextOf(InformationRecord record) =>
        record.MessageData is HostInformationMessage message ? message.Message ?? string.Empty : record.ToString();

    private void Show(string text, bool isLine, ConsoleColor? foreground = null, ConsoleColor? background = null)
    {
        if (_held is { } held && text == TextOf(held))
        {
            _held = null;
            _shown = text;
            _write(held.Tags.Contains(HostTag) ? held : new ShownInformation(held));
            return;
        }

        if (_shown == text)
        {
            _shown = null;
            return;
        }

        var record = new InformationRecord(
            new HostInformationMessage
            {
                Message = text,
                NoNewLine = !isLine,
                ForegroundColor = foreground,
                BackgroundColor = background,
            },
            source: null);
        record.Tags.Add(HostTag);
        Put(record);
    }

    private void Put(object record)
    {
        Flush();
        _shown = null;
        _write(record);
    }
}

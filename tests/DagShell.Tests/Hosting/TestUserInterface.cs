using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace DagShell.Tests.Hosting;

/// <summary>Keeps what is written to the screen, and which progress records are open.</summary>
internal sealed class TestUserInterface : PSHostUserInterface
{
    private readonly object _lock = new();
    private readonly StringBuilder _text = new();
    private readonly Dictionary<(long Source, int Activity), ProgressRecord> _progress = [];
    private int _progressCount;

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>The progress records that are on the screen.</summary>
    public ProgressRecord[] OpenProgress
    {
        get
        {
            lock (_lock)
            {
                return [.. _progress.Values];
            }
        }
    }

    /// <summary>How many progress records were ever written.</summary>
    public int ProgressCount
    {
        get
        {
            lock (_lock)
            {
                return _progressCount;
            }
        }
    }

    public override PSHostRawUserInterface RawUI { get; } = new TestRawUserInterface();

    public override bool SupportsVirtualTerminal => false;

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock)
        {
            _progressCount++;
            if (record.RecordType == ProgressRecordType.Completed)
            {
                _progress.Remove((sourceId, record.ActivityId));
            }
            else
            {
                _progress[(sourceId, record.ActivityId)] = record;
            }
        }
    }

    public override void Write(string value)
    {
        lock (_lock)
        {
            _text.Append(GetOutputString(value, supportsVirtualTerminal: false));
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteErrorLine(string value) => WriteLine("ERROR: " + value);

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    /// <summary>Answers questions, given what is asked; without it nobody is there to ask.</summary>
    public Func<string, string>? Answer { get; set; }

    public override string ReadLine() => Ask("line");

    public override SecureString ReadLineAsSecureString() => Secure(Ask("secure line"));

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        descriptions.ToDictionary(
            field => field.Name,
            field => PSObject.AsPSObject(field.ParameterTypeName == nameof(SecureString)
                ? Secure(Ask($"{caption}|{message}|{ShownName(field)}"))
                : Ask($"{caption}|{message}|{ShownName(field)}")));

    /// <summary>As PowerShell's console shows it.</summary>
    private static string ShownName(FieldDescription field) => string.IsNullOrEmpty(field.Label) ? field.Name : field.Label;

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        int.Parse(Ask($"{caption}|{message}|{string.Join(',', choices.Select(choice => choice.Label))}|{defaultChoice}"), null);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        new(userName, Secure(Ask($"{caption}|{userName}")));

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    private static SecureString Secure(string text)
    {
        var secure = new SecureString();
        foreach (char letter in text)
        {
            secure.AppendChar(letter);
        }

        return secure;
    }

    private string Ask(string question) => (Answer ?? throw new NotSupportedException("Nobody is there to ask."))(question);
}

using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace DagShell.Hosts;

/// <summary>Makes records of all that a node shows, and of what it asks.</summary>
/// <remarks>Called on the node's thread, and on those of other runspaces that a node gives its host.</remarks>
internal sealed class NodeUserInterface : RecordingUserInterface, IHostUISupportsMultipleChoiceSelection
{
    private static readonly Action<object> Nowhere = static _ => { };

    /// <summary>
    /// An information record that may be followed, on the same thread, by its text: then it is to be shown. PowerShell says no other way
    /// whether a preference hides it.
    /// </summary>
    [ThreadStatic]
    private static InformationRecord? t_held;

    /// <summary>The text of a verbose record that is not to be shown, and comes next on the same thread if it comes at all.</summary>
    [ThreadStatic]
    private static string? t_muted;

    private static readonly TimeSpan TimeBetweenLooks = TimeSpan.FromMilliseconds(30);

    private readonly PSHostUserInterface? _caller;

    /// <summary>Makes the user interface of a node.</summary>
    /// <param name="caller">That of the caller, who may have none.</param>
    public NodeUserInterface(PSHostUserInterface? caller)
    {
        _caller = caller;
        RawUI = new NodeRawUserInterface(caller?.RawUI, ReadKey);
    }

    /// <summary>Takes the records.</summary>
    public Action<object> Target { get; set; } = Nowhere;

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; }

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal => _caller?.SupportsVirtualTerminal ?? false;

    /// <summary>Hands on what was held back on the calling thread.</summary>
    public void Flush()
    {
        if (t_held is { } held)
        {
            t_held = null;
            Target(held);
        }
    }

    /// <summary>Has the verbose text that the calling thread is about to show not shown.</summary>
    public static void Mute(string text) => t_muted = text;

    /// <inheritdoc/>
    public override void WriteInformation(InformationRecord record)
    {
        Flush();
        t_held = record;
    }

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message)
    {
        bool isMuted = message == t_muted;
        t_muted = null;
        if (!isMuted)
        {
            Put(new VerboseRecord(message));
        }
    }

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record) => Put(record);

    /// <inheritdoc/>
    public override string ReadLine() => Ask((console, node, _) =>
    {
        console.Write(Messages.Asks(node, string.Empty));
        return console.ReadLine();
    });

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => Ask((console, node, _) =>
    {
        console.Write(Messages.Asks(node, string.Empty));
        return console.ReadLineAsSecureString();
    });

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        Ask((console, node, mask) => console.Prompt(Messages.Asks(node, mask(caption)), mask(message), Masked(descriptions, mask)));

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        Ask((console, node, mask) =>
            console.PromptForChoice(Messages.Asks(node, mask(caption)), mask(message), Masked(choices, mask), defaultChoice));

    /// <inheritdoc/>
    public Collection<int> PromptForChoice(
        string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices) =>
        Ask((console, node, mask) => console is IHostUISupportsMultipleChoiceSelection several
            ? several.PromptForChoice(Messages.Asks(node, mask(caption)), mask(message), Masked(choices, mask), defaultChoices)
            : throw new HostException(Messages.NotInteractive));

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        Ask((console, node, mask) =>
            console.PromptForCredential(Messages.Asks(node, mask(caption)), mask(message), userName, targetName));

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        Ask((console, node, mask) => console.PromptForCredential(
            Messages.Asks(node, mask(caption)), mask(message), userName, targetName, allowedCredentialTypes, options));

    /// <summary>A field is shown by its label where it has one; its name is that of the answer, and stays.</summary>
    private static Collection<FieldDescription> Masked(Collection<FieldDescription> fields, Func<string?, string?> mask)
    {
        foreach (FieldDescription field in fields)
        {
            string shown = string.IsNullOrEmpty(field.Label) ? field.Name : field.Label;
            if (mask(shown) is { } label && label != shown)
            {
                field.Label = label;
            }

            if (mask(field.HelpMessage) is { } help && help != field.HelpMessage)
            {
                field.HelpMessage = help;
            }
        }

        return fields;
    }

    private static Collection<ChoiceDescription> Masked(Collection<ChoiceDescription> choices, Func<string?, string?> mask) =>
        [.. choices.Select(choice => new ChoiceDescription(mask(choice.Label), mask(choice.HelpMessage) ?? string.Empty))];

    /// <summary>
    /// Asks for a key. PowerShell's console waits for one even where the pipeline is stopped; so it is asked for none that is not there.
    /// </summary>
    private KeyInfo ReadKey(ReadKeyOptions options)
    {
        NodePrompt? prompt = null;
        prompt = new NodePrompt((console, node, _) =>
        {
            console.Write(Messages.AsksForKey(node));
            while (prompt!.PollsKeys && !console.RawUI.KeyAvailable)
            {
                if (prompt.WaitForDrop(TimeBetweenLooks))
                {
                    console.WriteLine();
                    return null;
                }
            }

            return console.RawUI.ReadKey(options);
        });
        Put(prompt);
        return (KeyInfo)prompt.Wait()!;
    }

    private T Ask<T>(Func<PSHostUserInterface, string, Func<string?, string?>, T> ask)
    {
        var prompt = new NodePrompt((console, node, mask) => ask(console, node, mask));
        Put(prompt);
        return (T)prompt.Wait()!;
    }

    protected override void Put(object record)
    {
        Flush();
        Target(record);
    }

    protected override void Show(string text, bool isLine, ConsoleColor? foreground = null, ConsoleColor? background = null)
    {
        if (t_held is { } held && text == HostRecord.TextOf(held))
        {
            t_held = null;
            Target(HostRecord.Shown(held));
            return;
        }

        Put(HostRecord.Of(text, isLine, foreground, background));
    }
}

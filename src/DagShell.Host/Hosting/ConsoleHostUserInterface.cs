using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using DagShell.Host.Views;
using Spectre.Console;

namespace DagShell.Host.Hosting;

/// <summary>
/// Passes on what scripts say to the console and what they ask to the keyboard.
/// Scripts of nodes may call it on any thread.
/// </summary>
internal sealed class ConsoleHostUserInterface(ConsoleOutput output, LineReader reader, ProgressBoard board, IRunView view, bool plain)
    : PSHostUserInterface
{
    private static readonly Style WarningStyle = new(Color.Yellow);
    private static readonly Style DetailStyle = new(Color.Grey);

    public override PSHostRawUserInterface RawUI { get; } =
        new RawUserInterface(() => new(output.Console.Profile.Width, output.Console.Profile.Height));

    public override bool SupportsVirtualTerminal => !plain;

    public override void Write(string value) => output.Write(Rendered(value));

    public override void WriteLine(string value) => output.WriteLine(Rendered(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        output.Write(Rendered(value), StyleOf(foregroundColor, backgroundColor));

    public override void WriteErrorLine(string value) => output.WriteErrorLine(Rendered(value));

    public override void WriteWarningLine(string message) => output.WriteLine($"WARNING: {Rendered(message)}", WarningStyle);

    public override void WriteVerboseLine(string message) => output.WriteLine($"VERBOSE: {Rendered(message)}", DetailStyle);

    public override void WriteDebugLine(string message) => output.WriteLine($"DEBUG: {Rendered(message)}", DetailStyle);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        board.Update(sourceId, record);
        view.Progressed();
    }

    public override string ReadLine() => reader.Read();

    public override SecureString ReadLineAsSecureString()
    {
        SecureString secret = new();
        foreach (char character in reader.Read(mask: '*'))
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);
        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription field in descriptions)
        {
            Type type = LanguagePrimitives.TryConvertTo(field.ParameterAssemblyFullName, out Type found) ? found : typeof(string);
            string label = field.Label is { Length: > 0 } text ? text.Replace("&", "", StringComparison.Ordinal) : field.Name;
            object answer = type == typeof(SecureString) ? Secret($"{label}: ") : reader.Ask($"{label}: ");
            answers[field.Name] = PSObject.AsPSObject(LanguagePrimitives.ConvertTo(answer, type, CultureInfo.CurrentCulture));
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteHeading(caption, message);
        (string Key, string Label)[] options = [.. choices.Select(Option)];
        string list = string.Join("  ", options.Select(option => $"[{option.Key}] {option.Label}"));
        string hint = defaultChoice >= 0 ? $" (default is {options[defaultChoice].Key})" : "";
        while (true)
        {
            string answer = reader.Ask($"{list}{hint}: ").Trim();
            int index = answer.Length == 0
                ? defaultChoice
                : Array.FindIndex(options, option => Same(option.Key, answer) || Same(option.Label, answer));
            if (index >= 0)
            {
                return index;
            }
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
    {
        WriteHeading(caption, message);
        string user = string.IsNullOrEmpty(userName) ? reader.Ask("User: ") : userName;
        return new(user, Secret($"Password for {user}: "));
    }

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    private static (string Key, string Label) Option(ChoiceDescription choice)
    {
        string label = choice.Label.Replace("&", "", StringComparison.Ordinal);
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return (mark >= 0 && mark < choice.Label.Length - 1 ? char.ToUpperInvariant(choice.Label[mark + 1]).ToString() : label, label);
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private SecureString Secret(string prompt)
    {
        reader.WritePrompt(prompt);
        return ReadLineAsSecureString();
    }

    private string Rendered(string? text) => GetOutputString(text ?? "", SupportsVirtualTerminal);

    private Style StyleOf(ConsoleColor foreground, ConsoleColor background) =>
        new(ColorOf(foreground, RawUI.ForegroundColor), ColorOf(background, RawUI.BackgroundColor));

    // The colours that the engine fills in are the terminal's own.
    private static Color ColorOf(ConsoleColor color, ConsoleColor standard) =>
        color == standard || !Enum.IsDefined(color) ? Color.Default : Color.FromConsoleColor(color);

    private void WriteHeading(string caption, string message)
    {
        foreach (string text in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(text))
            {
                WriteLine(text);
            }
        }
    }
}

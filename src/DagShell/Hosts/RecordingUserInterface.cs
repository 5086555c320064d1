using System.Management.Automation;
using System.Management.Automation.Host;

namespace DagShell.Hosts;

/// <summary>Makes records of all that is shown.</summary>
internal abstract class RecordingUserInterface : PSHostUserInterface
{
    /// <inheritdoc/>
    public sealed override void Write(string value) => Show(value, isLine: false);

    /// <inheritdoc/>
    public sealed override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Show(value, isLine: false, foregroundColor, backgroundColor);

    /// <inheritdoc/>
    public sealed override void WriteLine() => Show(string.Empty, isLine: true);

    /// <inheritdoc/>
    public sealed override void WriteLine(string value) => Show(value, isLine: true);

    /// <inheritdoc/>
    public sealed override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Show(value, isLine: true, foregroundColor, backgroundColor);

    /// <inheritdoc/>
    public sealed override void WriteErrorLine(string value) => Show(value, isLine: true, ConsoleColor.Red);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Put(new DebugRecord(message));

    /// <inheritdoc/>
    public sealed override void WriteWarningLine(string message) => Put(new WarningRecord(message));

    /// <summary>Takes what is shown, which may be the text of an information record.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isLine">Whether the line ends with it.</param>
    /// <param name="foreground">The colour of the text; null for that of the host.</param>
    /// <param name="background">The colour behind it; null for that of the host.</param>
    protected abstract void Show(string text, bool isLine, ConsoleColor? foreground = null, ConsoleColor? background = null);

    /// <summary>Hands on a record, and what was held back before it.</summary>
    protected abstract void Put(object record);
}

using System.Management.Automation;

namespace DagShell.Hosts;

/// <summary>Information records as Write-Host makes them: the host shows their text.</summary>
internal static class HostRecord
{
    /// <summary>The tag by which a host knows that it is to show a record.</summary>
    public const string Tag = "PSHOST";

    /// <summary>Makes one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isLine">Whether the line ends with it, as it does where that is not said.</param>
    /// <param name="foreground">The colour of the text; null for that of the host.</param>
    /// <param name="background">The colour behind it; null for that of the host.</param>
    /// <param name="source">Who says it; null if that is not to be known.</param>
    public static InformationRecord Of(
        string text, bool? isLine = null, ConsoleColor? foreground = null, ConsoleColor? background = null, string? source = null)
    {
        var message = new HostInformationMessage
        {
            Message = text,
            NoNewLine = !isLine,
            ForegroundColor = foreground,
            BackgroundColor = background,
        };
        var record = new InformationRecord(message, source);
        record.Tags.Add(Tag);
        return record;
    }

    /// <summary>A record that its text followed: it is to be shown, whether it was made by Write-Host or not.</summary>
    public static object Shown(InformationRecord record) => Is(record) ? record : new ShownInformation(record);

    /// <summary>Whether Write-Host has made a record.</summary>
    public static bool Is(InformationRecord record) => record.Tags.Contains(Tag);

    /// <summary>What a host shows of a record.</summary>
    public static string TextOf(InformationRecord record) =>
        record.MessageData is HostInformationMessage message ? message.Message ?? string.Empty : record.ToString();
}

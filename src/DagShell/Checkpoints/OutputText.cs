using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Net;
using System.Xml;

namespace DagShell.Checkpoints;

/// <summary>
/// Writes what a node gave out as text, and reads it: CLIXML, of the same depth as what comes back from Start-Job and Invoke-Command. To
/// write it is work with an end, whatever the objects do when they are looked at.
/// </summary>
internal static class OutputText
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(5);

    /// <summary>Writes an output.</summary>
    /// <param name="output">What the node gave out.</param>
    /// <param name="stop">Cancelled when the run is stopped.</param>
    /// <param name="obstacle">Why it cannot be written, if it cannot.</param>
    /// <returns>The text; empty for no output; null if it cannot be written.</returns>
    public static string? Write(object?[] output, CancellationToken stop, out string? obstacle)
    {
        obstacle = null;
        if (output.Length == 0)
        {
            return string.Empty;
        }

        try
        {
            var writer = new ClixmlWriter(readsLiveObjects: false, stop);
            string? text = writer.Write(output);
            if (writer.FoundLiveObjects)
            {
                text = null;
                if (!LiveReader.TryRead(end => WriteLive(output, end), LongestTime, stop, out (string? Text, string? Obstacle) live))
                {
                    live.Obstacle = stop.IsCancellationRequested ? Messages.OutputStopped : Messages.OutputTookTooLong;
                }

                (text, obstacle) = live;
                return text;
            }

            obstacle = writer.Obstacle;
            return text;
        }
        catch (OperationCanceledException)
        {
            obstacle = Messages.OutputStopped;
        }
        catch (InvalidOperationException exception)
        {
            // Also a collection that is changed meanwhile.
            obstacle = Messages.OutputNotReadable(exception.Message);
        }

        return null;
    }

    /// <summary>Reads a text that <see cref="Write"/> made.</summary>
    /// <returns><see langword="false"/> if it is none.</returns>
    public static bool TryRead(string text, [NotNullWhen(true)] out object?[]? objects)
    {
        objects = [];
        if (text.Length == 0)
        {
            return true;
        }

        try
        {
            object? value = PSSerializer.Deserialize(text);
            objects = (value is PSObject wrapped ? wrapped.BaseObject : value) is IList items ? [.. items.Cast<object?>()] : [value];
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever is wrong with it, its node is to run again.
            objects = null;
            return false;
        }
    }

    /// <summary>Such a text with all letters as they are in what it tells of, for those who look for some in it.</summary>
    public static string Decode(string text) => XmlConvert.DecodeName(WebUtility.HtmlDecode(text));

    private static (string? Text, string? Obstacle) WriteLive(object?[] output, CancellationToken end)
    {
        var writer = new ClixmlWriter(readsLiveObjects: true, end);
        string? text = writer.Write(output);
        return (text, writer.Obstacle);
    }
}

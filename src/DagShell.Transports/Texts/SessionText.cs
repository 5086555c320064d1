using System.Globalization;

namespace DagShell.Transports.Texts;

/// <summary>What is said of sessions over a command's input and output.</summary>
internal static class SessionText
{
    /// <summary>More words of a command are not shown.</summary>
    private const int MostWords = 6;

    public static string Ended(string filePath, IEnumerable<string> arguments, int? exitCode, string errors)
    {
        string how = exitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}") : "its output ended";
        string command = string.Join(' ', arguments.Prepend(filePath).Take(MostWords));
        return $"'{command}' has ended ({how})" + (errors.Length > 0 ? ": " + errors : ".");
    }

    public static string NoAnswer(TimeSpan time, string errors) =>
        string.Create(CultureInfo.InvariantCulture, $"It did not answer within {time.TotalSeconds:0.#} s")
        + (errors.Length > 0 ? ": " + errors : ". Does the command start 'pwsh -sshs'?");

    public static string Closed => "It was closed.";
}

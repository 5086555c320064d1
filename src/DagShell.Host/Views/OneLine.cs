using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text.RegularExpressions;

namespace DagShell.Host.Views;

/// <summary>Makes any text fit on a line: no escape sequences, no line ends, not too long.</summary>
internal static partial class OneLine
{
    public static string Of(string? text, int maxLength = 500)
    {
        string plain = new StringDecorated(text ?? "").ToString(OutputRendering.PlainText);
        string line = Blanks().Replace(plain, " ").Trim();
        return line.Length <= maxLength ? line : line[..(maxLength - 1)] + "…";
    }

    [GeneratedRegex(@"[\s\p{Cc}]+")]
    private static partial Regex Blanks();
}

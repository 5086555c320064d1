using System.Management.Automation;

namespace DagShell.Parameters;

/// <summary>Tells texts that are no patterns: PowerShell finds out only when it tries them on a name.</summary>
internal static class WildcardText
{
    /// <summary>Whether a text can be tried on names: its brackets are closed, and have a set of characters in them.</summary>
    public static bool IsValid(string text)
    {
        try
        {
            _ = WildcardPattern.Get(text, WildcardOptions.None).IsMatch("x");
            return true;
        }
        catch (Exception exception) when (exception is WildcardPatternException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether that is so of each part of a path.</summary>
    public static bool IsValidPath(string path) => Array.TrueForAll(path.Split('/', '\\'), IsValid);
}

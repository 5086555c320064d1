using System.Collections.ObjectModel;
using System.Management.Automation;

namespace DagShell.Parameters;

/// <summary>
/// Finds the files that a path parameter stands for: the one that is called so, whatever characters are in its name, or else a pattern's.
/// </summary>
internal static class FilePath
{
    /// <summary>The files' full paths.</summary>
    /// <param name="path">A path, relative to the current location, or a pattern.</param>
    /// <param name="paths">The caller's location.</param>
    /// <param name="parameter">The parameter that it was given to.</param>
    /// <returns>None, if there is none.</returns>
    /// <exception cref="CommandErrorException">It is not a valid pattern.</exception>
    public static Collection<string> Find(string path, PathIntrinsics paths, string parameter = "Path")
    {
        try
        {
            string exact = paths.GetUnresolvedProviderPathFromPSPath(path);
            return File.Exists(exact) ? [exact] : FindMatches(path, paths, parameter);
        }
        catch (ItemNotFoundException)
        {
            return [];
        }
    }

    /// <summary>The full paths of all that a pattern fits.</summary>
    /// <exception cref="ItemNotFoundException">It is no pattern, and there is no such file.</exception>
    /// <exception cref="CommandErrorException">It is not a valid pattern, which PowerShell passes over.</exception>
    public static Collection<string> FindMatches(string pattern, PathIntrinsics paths, string parameter = "Path") =>
        WildcardText.IsValidPath(pattern)
            ? paths.GetResolvedProviderPathFromPSPath(PatternOf(pattern, paths), out _)
            : throw new CommandErrorException(
                new PSArgumentException(Messages.BadPatternOf(parameter, pattern)), "InvalidPattern", ErrorCategory.InvalidArgument,
                pattern);

    /// <summary>What is a pattern is what was typed, and not the folder that it is relative to: that may be called <c>a[1]</c>.</summary>
    private static string PatternOf(string path, PathIntrinsics paths)
    {
        bool isRelative = !paths.IsPSAbsolute(path, out _)
            && !path.Contains("::", StringComparison.Ordinal)
            && path[0] is not ('~' or '/' or '\\')
            && paths.CurrentLocation.Provider.Name == "FileSystem";
        return isRelative ? Path.Combine(WildcardPattern.Escape(paths.CurrentLocation.ProviderPath), path) : path;
    }
}

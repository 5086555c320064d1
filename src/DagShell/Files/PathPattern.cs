using System.Management.Automation;
using DagShell.Parameters;

namespace DagShell.Files;

/// <summary>
/// A path of -InputPath or -OutputPath: that of one file or folder, or a pattern, in which <c>**</c> stands for any folders.
/// </summary>
/// <remarks>Patterns fit files alone, and hidden ones only where they say so.</remarks>
internal sealed class PathPattern
{
    private const string AnyFolders = "**";

    private static readonly WildcardOptions Case = OperatingSystem.IsLinux() ? WildcardOptions.None : WildcardOptions.IgnoreCase;
    private static readonly StringComparison PathCase =
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    private readonly string _root;

    /// <summary>The parts of the pattern below its root; none of what is one path.</summary>
    private readonly (string Text, WildcardPattern Pattern)[] _parts;

    private PathPattern(string text, string root, string[] parts)
    {
        Text = text;
        _root = root;
        _parts = Array.ConvertAll(parts, part => (part, WildcardPattern.Get(part, Case)));
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The full path; null of a pattern.</summary>
    public string? Literal => _parts.Length == 0 ? _root : null;

    /// <summary>Reads a path.</summary>
    /// <param name="path">What was written. What is there under that very name is meant, whatever characters it has.</param>
    /// <param name="paths">The location that it is relative to.</param>
    /// <exception cref="WildcardPatternException">It is a pattern, and not a valid one.</exception>
    /// <exception cref="RuntimeException">It is no path of the file system.</exception>
    public static PathPattern Of(string path, PathIntrinsics paths)
    {
        string whole = Resolve(path, paths);
        if (!WildcardPattern.ContainsWildcardCharacters(path) || Path.Exists(whole))
        {
            return new PathPattern(path, Path.TrimEndingDirectorySeparator(whole), []);
        }

        if (!WildcardText.IsValidPath(path))
        {
            throw new WildcardPatternException(Messages.BadPattern(path));
        }

        string[] parts = path.Split('/', '\\');
        int first = Array.FindIndex(parts, WildcardPattern.ContainsWildcardCharacters);
        string before = string.Join(Path.DirectorySeparatorChar, parts[..first]);
        string root = Resolve(first == 0 ? "." : before.Length == 0 ? Path.DirectorySeparatorChar.ToString() : before, paths);
        return new PathPattern(path, Path.TrimEndingDirectorySeparator(root), [.. parts[first..].Where(part => part.Length > 0)]);
    }

    /// <summary>What it stands for now, in the order of the names: the file or folder, or the files that the pattern fits.</summary>
    public IReadOnlyList<FileSystemInfo> Find()
    {
        if (_parts.Length > 0)
        {
            SortedDictionary<string, FileSystemInfo> found = new(StringComparer.Ordinal);
            Find(new DirectoryInfo(_root), 0, found);
            return [.. found.Values];
        }

        return File.Exists(_root) ? [new FileInfo(_root)] : Directory.Exists(_root) ? [new DirectoryInfo(_root)] : [];
    }

    /// <summary>Whether it means a path: is that, fits it, or is a folder around it.</summary>
    public bool Means(string fullPath)
    {
        if (fullPath.Equals(_root, PathCase))
        {
            return _parts.Length == 0;
        }

        string folder = Path.EndsInDirectorySeparator(_root) ? _root : _root + Path.DirectorySeparatorChar;
        return fullPath.StartsWith(folder, PathCase)
            && (_parts.Length == 0 || Fits(fullPath[folder.Length..].Split(Path.DirectorySeparatorChar), 0, 0));
    }

    /// <summary>Whether there may be a file that both mean.</summary>
    public bool Meets(PathPattern other) =>
        Meet(Segments(), 0, other.Segments(), 0)
        || (_parts.Length == 0 && Meet([.. Segments(), null], 0, other.Segments(), 0))
        || (other._parts.Length == 0 && Meet(Segments(), 0, [.. other.Segments(), null], 0));

    /// <summary>Whether there is a path that fits what is left of both.</summary>
    private static bool Meet(PathSegment?[] one, int first, PathSegment?[] other, int second)
    {
        if (first == one.Length || second == other.Length)
        {
            return first == one.Length && second == other.Length;
        }

        if (one[first] is not { } here)
        {
            // Whatever is there lies below, at the end; before that there may be any folders, or none.
            return first == one.Length - 1 || Meet(one, first + 1, other, second) || Meet(one, first, other, second + 1);
        }

        return other[second] is { } there
            ? here.Meets(there) && Meet(one, first + 1, other, second + 1)
            : Meet(other, second, one, first);
    }

    /// <summary>Its parts from the top on; null stands for any folders.</summary>
    private PathSegment?[] Segments() =>
    [
        .. _root.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Select(PathSegment.Literal),
        .. _parts.Select(part => part.Text == AnyFolders ? null : PathSegment.Pattern(part.Text)),
    ];

    private static string Resolve(string path, PathIntrinsics paths)
    {
        string file = paths.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? file : throw new RuntimeException(Messages.NotAFilePath(path));
    }

    private void Find(DirectoryInfo folder, int place, SortedDictionary<string, FileSystemInfo> found)
    {
        if (!folder.Exists)
        {
            return;
        }

        bool isLast = place == _parts.Length - 1;
        (string text, WildcardPattern pattern) = _parts[place];
        FileAttributes hidden = text.StartsWith('.') ? 0 : FileAttributes.Hidden | FileAttributes.System;
        if (text == AnyFolders)
        {
            if (!isLast)
            {
                Find(folder, place + 1, found);
            }

            foreach (DirectoryInfo inner in folder.EnumerateDirectories("*", Options(hidden | FileAttributes.ReparsePoint)))
            {
                Find(inner, place, found);
            }
        }
        else if (!isLast)
        {
            foreach (DirectoryInfo inner in folder.EnumerateDirectories("*", Options(hidden)))
            {
                if (pattern.IsMatch(inner.Name))
                {
                    Find(inner, place + 1, found);
                }
            }
        }

        if (isLast)
        {
            foreach (FileInfo file in folder.EnumerateFiles("*", Options(hidden)))
            {
                if (text == AnyFolders || pattern.IsMatch(file.Name))
                {
                    found[file.FullName] = file;
                }
            }
        }
    }

    private static EnumerationOptions Options(FileAttributes skipped) => new() { AttributesToSkip = skipped };

    private bool Fits(string[] names, int name, int place)
    {
        if (place == _parts.Length)
        {
            return name == names.Length;
        }

        if (_parts[place].Text == AnyFolders)
        {
            return place == _parts.Length - 1 || Enumerable.Range(name, names.Length - name).Any(next => Fits(names, next, place + 1));
        }

        return name < names.Length && _parts[place].Pattern.IsMatch(names[name]) && Fits(names, name + 1, place + 1);
    }
}

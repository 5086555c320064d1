using System.Text.RegularExpressions;

namespace DagShell.Engine.Tests.Architecture;

/// <summary>
/// Which files of C# sources need which, as far as text can tell: a file needs another if it names a type that the other declares.
/// Names in comments and strings do not count; a member that is called like a type counts as that type.
/// </summary>
internal sealed partial class SourceMap
{
    private readonly Dictionary<string, HashSet<string>> _needs = [];
    private readonly Dictionary<string, string> _namespaces = [];
    private readonly Dictionary<string, string> _homes = [];

    /// <summary>Reads sources.</summary>
    /// <param name="sources">The text of each file, by its path.</param>
    public SourceMap(IReadOnlyDictionary<string, string> sources)
    {
        Dictionary<string, string> code = sources.ToDictionary(file => file.Key, file => CommentsAndStrings().Replace(file.Value, " "));
        foreach ((string file, string text) in code)
        {
            foreach (Match declaration in Declarations().Matches(text))
            {
                _homes.TryAdd(declaration.Groups["name"].Value, file);
            }
        }

        foreach ((string file, string text) in code)
        {
            _namespaces[file] = Namespaces().Match(text).Groups["name"].Value;
            _needs[file] = [.. Words().Matches(text)
                .Select(word => _homes.GetValueOrDefault(word.Value))
                .OfType<string>()
                .Where(home => home != file)];
        }
    }

    /// <summary>Reads all sources in a folder and those below it.</summary>
    public static SourceMap Of(string folder) => new(
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal))
            .ToDictionary(path => path, path => File.ReadAllText(Path.Combine(folder, path))));

    /// <summary>How many files there are.</summary>
    public int FileCount => _needs.Count;

    /// <summary>The names of the types that are declared.</summary>
    public IReadOnlyCollection<string> Types => _homes.Keys;

    /// <summary>The files that a file needs.</summary>
    public IReadOnlyCollection<string> NeedsOf(string file) => _needs[file];

    /// <summary>The files whose namespace is not that of their folder.</summary>
    /// <param name="root">The namespace of the outermost folder.</param>
    public IReadOnlyList<string> Misplaced(string root) => [.. _namespaces
        .Where(file => file.Value != $"{root}.{FolderOf(file.Key).Replace('/', '.')}".TrimEnd('.'))
        .Select(file => $"{file.Key} is in {file.Value}")];

    /// <summary>The sets of files that need one another in a circle, each as one line.</summary>
    public IReadOnlyList<string> FileCycles() => Cycles(_needs);

    /// <summary>The sets of folders that need one another in a circle, each as one line.</summary>
    public IReadOnlyList<string> FolderCycles() => Cycles(_needs
        .SelectMany(file => file.Value.Select(needed => (From: FolderOf(file.Key), To: FolderOf(needed))))
        .Where(arrow => arrow.From != arrow.To)
        .GroupBy(arrow => arrow.From)
        .ToDictionary(arrows => arrows.Key, arrows => arrows.Select(arrow => arrow.To).ToHashSet()));

    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static List<string> Cycles(Dictionary<string, HashSet<string>> needs)
    {
        Dictionary<string, HashSet<string>> reachable = needs.Keys.ToDictionary(start => start, start => ReachableFrom(start, needs));
        return [.. needs.Keys
            .Where(start => reachable[start].Contains(start))
            .Select(start => string.Join(" ↔ ", reachable[start].Where(other => Leads(other, start)).Order(StringComparer.Ordinal)))
            .Distinct()
            .Order(StringComparer.Ordinal)];

        bool Leads(string from, string to) => reachable.TryGetValue(from, out HashSet<string>? reached) && reached.Contains(to);
    }

    private static HashSet<string> ReachableFrom(string start, Dictionary<string, HashSet<string>> needs)
    {
        HashSet<string> reached = [];
        Stack<string> open = new([start]);
        while (open.TryPop(out string? next))
        {
            foreach (string needed in needs.GetValueOrDefault(next) ?? [])
            {
                if (reached.Add(needed))
                {
                    open.Push(needed);
                }
            }
        }

        return reached;
    }

    [GeneratedRegex("""//.*|"(\\.|[^"\\])*"|'(\\.|[^'\\])'""")]
    private static partial Regex CommentsAndStrings();

    [GeneratedRegex("""\b(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?|delegate\s+[\w<>\[\], ?]+?)\s+(?<name>[A-Z]\w*)""")]
    private static partial Regex Declarations();

    [GeneratedRegex("""^namespace (?<name>[\w.]+);""", RegexOptions.Multiline)]
    private static partial Regex Namespaces();

    [GeneratedRegex("""\b[A-Z]\w*""")]
    private static partial Regex Words();
}

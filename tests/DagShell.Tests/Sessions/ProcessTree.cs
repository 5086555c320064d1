using System.Diagnostics;
using System.Globalization;

namespace DagShell.Tests.Sessions;

/// <summary>Processes of this machine, as /proc has them, and signals to them.</summary>
internal static class ProcessTree
{
    public const string Kill = "KILL";
    public const string Continue = "CONT";
    public const string Stop = "STOP";

    public static bool IsAlive(int process) => Stat(process) is [not ("Z" or "X"), ..];

    public static void Send(string signal, IEnumerable<int> processes)
    {
        int[] there = [.. processes];
        if (there.Length == 0)
        {
            return;
        }

        using var sent = Process.Start(new ProcessStartInfo(
            "sh", ["-c", "kill -s \"$@\" 2>/dev/null", "sh", signal, .. there.Select(process => $"{process}")]))!;
        sent.WaitForExit();
    }

    public static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(static folder => int.TryParse(Path.GetFileName(folder), out int id) ? id : 0)
        .Where(static id => id > 0);

    /// <summary>A process and all below it.</summary>
    public static List<int> Of(int process)
    {
        ILookup<int, int> children = All().ToLookup(ParentOf);
        List<int> tree = [process];
        for (int i = 0; i < tree.Count; i++)
        {
            tree.AddRange(children[tree[i]]);
        }

        return tree;
    }

    public static string NameOf(int process) => Read(process, "comm").Trim();

    public static string CommandOf(int process) => Read(process, "cmdline").Replace('\0', ' ');

    public static string EnvironmentOf(int process) => Read(process, "environ").Replace('\0', '\n');

    private static int ParentOf(int process) => Stat(process) is [_, var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;

    /// <summary>What comes after the name, which may have blanks in it.</summary>
    private static string[] Stat(int process)
    {
        string text = Read(process, "stat");
        int name = text.LastIndexOf(')');
        return name < 0 ? [] : text[(name + 2)..].Split(' ');
    }

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}

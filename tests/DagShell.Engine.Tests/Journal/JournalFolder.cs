using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;

namespace DagShell.Engine.Tests.Journal;

/// <summary>A folder with a journal in it, removed with all that is in it, and what tests do with that journal.</summary>
internal sealed class JournalFolder : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("dagshell-journal-").FullName;

    public string Folder => _folder;

    public string Path => System.IO.Path.Combine(_folder, "journal");

    public byte[] Bytes
    {
        get => File.ReadAllBytes(Path);
        set => File.WriteAllBytes(Path, value);
    }

    public string[] Lines => File.ReadAllLines(Path);

    public JournalContents Read() => JournalReader.Read(Path);

    /// <summary>Begins a run of nodes without edges, whose definitions are their names.</summary>
    public RunJournal Begin(bool isResumed, params string[] nodes) => Begin(isResumed, [], nodes);

    public RunJournal Begin(bool isResumed, string[] restored, string[] nodes)
    {
        JournalFile file = JournalFile.Open(Path);
        return file.Begin(Header(isResumed, restored, nodes), GraphOf(nodes), (success, _) => (string?)success.Output);
    }

    public static DagGraph GraphOf(string[] nodes) =>
        DagGraph.Create([.. nodes.Select(node => new Node(node))], [], new Dictionary<string, int>());

    public static JournalHeader Header(bool isResumed, string[] restored, string[] nodes) => new()
    {
        RunId = Guid.NewGuid(),
        DagName = "nightly",
        StartTime = Start,
        ThrottleLimit = 5,
        IsResumed = isResumed,
        Nodes = [.. nodes.Select(node => new JournalNode(node, [], "does " + node, restored.Contains(node)))],
    };

    /// <summary>Records a success of a node that took three seconds.</summary>
    public static void Succeed(RunJournal journal, int node, string? output)
    {
        using var recorded = new ManualResetEventSlim();
        journal.Record(new NodeSuccess(node, output, 1, Start, Start.AddSeconds(3)), _ => recorded.Set());
        recorded.Wait();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

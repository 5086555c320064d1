using DagShell;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Planning;
using DagShell.Engine.Running;
using DagShell.KillTarget;

// Runs, or resumes, the random dag of a seed with a journal: <folder> <seed>; with a name after that, this node and what it depends on
// alone. Says "started" when it begins, and is killed then or
// later. With "hold" instead of a seed it opens the journal and keeps it until its input ends.
string folder = args[0];
string path = Path.Combine(folder, "journal");
string link = Path.Combine(folder, "link");
path = File.Exists(link) ? link : path;
if (args[1] == "hold")
{
    using JournalFile held = JournalFile.Open(path);
    Console.WriteLine("started");
    Console.In.ReadToEnd();
    return 0;
}

var dag = new SeededDag(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
using JournalFile file = JournalFile.Open(path);
DagGraph graph = args.Length == 2 || !dag.Graph.TryGetIndex(args[2], out int target) ? dag.Graph : dag.Graph.UpstreamClosure([target]);
IReadOnlyDictionary<int, string> done = file.Contents.FindDone(dag.Graph, dag.Definitions, isLeft: IsInRun).Done;
var header = new JournalHeader
{
    RunId = Guid.NewGuid(),
    StartTime = DateTimeOffset.UtcNow,
    ThrottleLimit = SeededDag.ThrottleLimit,
    IsResumed = file.Contents.Runs.Count > 0,
    Nodes = [.. dag.Definitions.Select((definition, index) => new JournalNode(
        dag.Graph[index].Name, dag.Graph[index].DependsOn, definition, done.ContainsKey(index))
    {
        CleanUpOf = dag.Graph[index].CleanUpOf,
        IsOutside = !IsInRun(index),
        ItemDefinition = dag.Graph[index].IsMapped ? definition : null,
        KeepsItems = dag.Graph[index].IsMapped,
    })],
};
using RunJournal journal = file.Begin(header, graph, (success, _) => (string?)success.Output);
var options = new RunOptions
{
    ThrottleLimit = SeededDag.ThrottleLimit,
    Journal = journal,
    Restored = done.Where(node => IsInRun(node.Key)).ToDictionary(
        node => graph.TryGetIndex(dag.Graph[node.Key].Name, out int index) ? index : -1,
        node => file.Contents.Done[dag.Graph[node.Key].Name].ItemOutputs is { } items ? (object?)items.ToArray() : node.Value),
};
var outputs = new OutputCollector(dag);
var scheduler = new Scheduler(DagPlan.Create(graph), new EffectRunner(dag, graph, folder, file.Contents), options, outputs);
Console.WriteLine("started");
scheduler.Start();
RunStatus status = scheduler.Completion.GetAwaiter().GetResult();
journal.End(status, DateTimeOffset.UtcNow);
File.WriteAllLines(Path.Combine(folder, "outputs"), outputs.Lines);
if (journal.Failure is not null)
{
    Console.WriteLine(
        $"lost: {journal.Failure.GetType().Name}, {status}, {scheduler.Counts.Succeeded} succeeded, {scheduler.Counts.Cancelled} "
        + "cancelled");
}

return 0;

bool IsInRun(int node) => graph.TryGetIndex(dag.Graph[node].Name, out _);

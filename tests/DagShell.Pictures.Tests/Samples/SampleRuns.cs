using System.Globalization;
using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;

namespace DagShell.Pictures.Tests.Samples;

/// <summary>Runs to make pages of.</summary>
public static class SampleRuns
{
    /// <summary>When the run was that <see cref="Night"/> goes on with.</summary>
    public static DateTime Yesterday { get; } = new(2026, 11, 25, 2, 0, 0, DateTimeKind.Local);

    /// <summary>A night that failed: one cause on three nodes, one that is tolerated, what was skipped, a retry, a restored node.</summary>
    public static RunSnapshot Night()
    {
        RunBuilder run = new()
        {
            EarlierRuns = [new EarlierRun(Guid.Empty, Yesterday, RunStatus.Interrupted)],
            ResumeCommand = "Invoke-Dag -Path /srv/nightly.dag.ps1 -Checkpoint /srv/nightly.journal -Resume",
        };
        run.Add(new Node("Fetch rates"), NodeState.Succeeded, null, 0, [], new NodeEnding("restored from the checkpoint", null, null)
        {
            IsRestored = true,
        }, origin: new RunOrigin(Guid.Empty, Yesterday));
        run.Good("Prepare", 0, 3);
        for (int table = 1; table <= 3; table++)
        {
            NodeEnding ending = new(
                $"Cannot open table {table * 1000} of 'Load {table}': the disk is <full>", "/srv/load.ps1:42",
                "at <ScriptBlock>, /srv/load.ps1: line 42")
            {
                SourceLine = "    throw \"Cannot open table $id of '$name': the disk is <full>\"",
                Log = [$"opening table {table * 1000}", "WARNING: 3 % left on /data", "writing 7 GB"],
                Script = "param($Prepare)\n. /srv/load.ps1 $Prepare",
            };
            run.Add(
                new Node($"Load {table}") { DependsOn = ["Prepare"] }, NodeState.Failed, 3 + table, 13 + (2 * table),
                [RunBuilder.Attempt(1, 3 + table, 10 + table, AttemptOutcomeKind.Failed, ending.Message)], ending,
                [RunBuilder.Wait(NodeWaitKind.Slot, 3, table)]);
        }

        run.Add(
            new Node("Copy") { DependsOn = ["Prepare"], Retry = new RetryPolicy { Count = 2 }, Pool = null },
            NodeState.Succeeded, 3, 19,
            [
                RunBuilder.Attempt(1, 3, 4, AttemptOutcomeKind.Failed, "the copy was refused", 1),
                RunBuilder.Attempt(2, 12, 7, AttemptOutcomeKind.Succeeded, slot: 1),
            ],
            default,
            [RunBuilder.Wait(NodeWaitKind.Retry, 7, 5)]);
        run.Add(
            new Node("Warm the cache") { ContinueOnError = true }, NodeState.Failed, 1, 2,
            [RunBuilder.Attempt(1, 1, 1, AttemptOutcomeKind.Failed, "no route to host", 2)],
            new NodeEnding("no route to host", "/srv/warm.ps1:7", null));
        run.Skipped("Join", "Load 1", "Load 2", "Load 3", "Copy");
        run.Skipped("Publish", "Join");
        run.Good("Tidy up", 19, 2, "Copy");
        return run.Build();
    }

    /// <summary>A node with items, of which every 100th fails, each with a message of its own; and one that comes after it.</summary>
    public static RunSnapshot Fleet(int items)
    {
        const int Slots = 32;
        double length = 60.0 * Slots / items;
        AttemptRecord Attempt(int item) => RunBuilder.Attempt(
            1, 1 + (item / Slots * length), length * 0.9,
            item % 100 == 99 ? AttemptOutcomeKind.Failed : AttemptOutcomeKind.Succeeded, slot: item % Slots);
        int failed = items / 100;
        ItemCounts counts = new(items, 0, 0, items - failed, failed, 0, 0);
        NodeEnding ending = new($"{failed} of {items} items failed: Patch#99 (host99): no route to host99; …", "/srv/patch.ps1:3", null)
        {
            FailedItems = [.. Enumerable.Range(0, Math.Min(100, failed)).Select(number => new ItemEnding(
                $"Patch#{(number * 100) + 99}", $"host{(number * 100) + 99}", $"no route to host{(number * 100) + 99}",
                "/srv/patch.ps1:3", 1 + (number % 2), TimeSpan.FromSeconds(length)))],
        };
        return new RunBuilder { Name = "Fleet", ThrottleLimit = Slots }
            .Good("Inventory", 0, 1)
            .Add(
                new Node("Patch") { DependsOn = ["Inventory"], IsMapped = true }, NodeState.Failed, 1, 61,
                [RunBuilder.Attempt(1, 1, 0.001, AttemptOutcomeKind.Succeeded)], ending,
                items: counts, itemAttempts: Enumerable.Range(0, items).Select(item => new ItemAttempt(item, Attempt(item))))
            .Skipped("Report", "Patch")
            .Build();
    }

    /// <summary>
    /// A large run in layers of a hundredth of the nodes: every node depends on one or two of the layer before, some fail with messages of
    /// their own numbers, and what depends on those is skipped.
    /// </summary>
    public static RunSnapshot Large(int count, int failures = 3, int seed = 1)
    {
        Random random = new(seed);
        const int Slots = 32;
        int width = Math.Max(2, count / 100);
        Node[] nodes = new Node[count];
        NodeHistory[] histories = new NodeHistory[count];
        NodeEnding[] endings = new NodeEnding[count];
        bool[] isBroken = new bool[count];
        double[] free = new double[Slots];
        HashSet<int> bad = [];
        while (bad.Count < Math.Min(failures, count / 2))
        {
            bad.Add((count / 2) + random.Next(count / 2));
        }

        double last = 0;
        for (int i = 0; i < count; i++)
        {
            int layer = i / width;
            List<int> dependencies = [];
            if (layer > 0)
            {
                dependencies.Add(((layer - 1) * width) + random.Next(width));
                if (random.Next(10) < 3)
                {
                    dependencies.Add(((layer - 1) * width) + random.Next(width));
                }
            }

            nodes[i] = new Node(Name(i)) { DependsOn = [.. dependencies.Distinct().Select(Name)] };
            int broken = dependencies.FindIndex(dependency => isBroken[dependency]);
            if (broken >= 0)
            {
                isBroken[i] = true;
                histories[i] = new NodeHistory(NodeState.Skipped, null, At(last), []);
                endings[i] = new NodeEnding($"dependency '{Name(dependencies[broken])}' failed", null, null);
                continue;
            }

            int slot = i % Slots;
            double start = free[slot];
            double length = 0.002 + (random.NextDouble() * 0.02);
            free[slot] = start + length + 0.0005;
            last = Math.Max(last, start + length);
            isBroken[i] = bad.Contains(i);
            string? message = isBroken[i] ? $"Part {i} could not be written: no space left on device {i % 7}" : null;
            endings[i] = message is null ? default : new NodeEnding(message, "/srv/parts.ps1:12", null) { SourceLine = "Write-Part $id" };
            double ready = Math.Max(0, start - (random.NextDouble() * 0.05));
            histories[i] = new NodeHistory(
                isBroken[i] ? NodeState.Failed : NodeState.Succeeded, At(start), At(start + length),
                [RunBuilder.Attempt(
                    1, start, length, isBroken[i] ? AttemptOutcomeKind.Failed : AttemptOutcomeKind.Succeeded, message, slot)])
            {
                ReadyTime = At(ready),
                Waits = i % 3 == 0 ? [RunBuilder.Wait(NodeWaitKind.Slot, ready, start - ready)] : [],
            };
        }

        return new RunSnapshot(
            new RunHistory
            {
                Graph = DagGraph.Create(nodes, [], new Dictionary<string, int>()),
                ThrottleLimit = Slots,
                Status = failures > 0 ? RunStatus.Failed : RunStatus.Succeeded,
                StartTime = RunBuilder.Start,
                EndTime = At(last),
                Nodes = histories,
            },
            endings)
        {
            Id = Guid.Parse("11111111-2222-3333-4444-555555555555"),
            Name = "Parts",
        };

        static string Name(int node) => node.ToString("'part-'000000", CultureInfo.InvariantCulture);
        static DateTimeOffset At(double second) => RunBuilder.Start.AddSeconds(second);
    }
}

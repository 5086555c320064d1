using System.Diagnostics;
using System.Globalization;
using DagShell.Engine.Journal;
using DagShell.KillTarget;
using Xunit;
using Xunit.Abstractions;

namespace DagShell.Engine.Tests.Journal;

/// <summary>
/// A program that runs random dags, or a node of them and what it depends on, is killed at random points and resumed: done nodes have run
/// exactly once, running ones once more at most, and all give back what they do in a run that nobody disturbs.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int MostKillsOfARun = 8;

    /// <summary>How often to kill: set DAGSHELL_KILLS for a longer run.</summary>
    private static readonly int Kills =
        int.Parse(Environment.GetEnvironmentVariable("DAGSHELL_KILLS") ?? "40", CultureInfo.InvariantCulture);

    private int _kills;
    private int _runs;
    private int _targetRuns;
    private int _doneAtKill;
    private int _itemsDoneAtKill;
    private int _runningAtKill;

    [Fact]
    public async Task Nothing_that_was_done_is_lost_or_done_twice()
    {
        int next = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 2, 4)).Select(_ => Task.Run(() =>
        {
            while (Volatile.Read(ref _kills) < Kills)
            {
                RunAndKill(Interlocked.Increment(ref next));
            }
        })));

        output.WriteLine(
            $"{_kills} kills of {_runs} runs in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, {_targetRuns} times of targets: "
            + $"{_doneAtKill} nodes and {_itemsDoneAtKill} items were done and {_runningAtKill} had begun at a kill.");
    }

    [Fact]
    public void A_run_in_another_process_has_its_journal_to_itself()
    {
        using JournalFolder folder = new();
        using Process holder = StartTarget(folder.Folder, "hold");
        Assert.Equal("started", holder.StandardOutput.ReadLine());
        Assert.Throws<JournalInUseException>(() => JournalFile.Open(folder.Path));
        string link = folder.Path + " link";
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(link, folder.Path);
            Assert.Throws<JournalInUseException>(() => JournalFile.Open(link));
        }

        holder.Kill();
        holder.WaitForExit();
        JournalFile.Open(folder.Path).Dispose();
    }

    [Fact]
    public void A_run_on_a_full_disk_lets_what_runs_finish_and_can_be_resumed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // A limit on the size of files, which is told as an error and not by a signal, stands for the disk that is full.
        using JournalFolder folder = new();
        ProcessStartInfo limited = new("bash") { RedirectStandardOutput = true };
        limited.ArgumentList.Add("-c");
        limited.ArgumentList.Add("trap '' XFSZ; ulimit -f 5; exec \"$@\"");
        limited.ArgumentList.Add("bash");
        AddTarget(limited.ArgumentList, folder.Folder, "3");

        // Else the runtime itself makes a large file, in memory.
        limited.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using (Process process = Process.Start(limited)!)
        {
            string said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Matches("lost: .*, Failed, ", said);
        }

        JournalContents contents = folder.Read();
        Assert.False(contents.IsFinished);
        SeededDag dag = new(3);
        Dictionary<string, int> before = Effects(folder);
        SeeConsistent(dag, contents, before, ranCleanUp: true);
        using (Process process = StartTarget(folder.Folder, "3"))
        {
            process.WaitForExit();
        }

        SeeResumed(dag, contents, before, Effects(folder));
        SeeOutputs(folder, dag);
    }

    private static string[] Expected(SeededDag dag)
    {
        var outputs = new Dictionary<int, string>();
        foreach (int node in dag.Graph.TopologicalOrder)
        {
            outputs[node] = dag.Graph[node].IsMapped
                ? dag.Output(node, dag.Items(node, 0).Select(item => dag.OutputOfItem(node, item)))
                : dag.Output(node, dependency => outputs[dependency]);
        }

        return [.. outputs.Values.Select(text => text.TrimEnd('\n')).Order(StringComparer.Ordinal)];
    }

    private static Process StartTarget(string folder, string seed, string? target = null)
    {
        ProcessStartInfo info = new(DotNet) { RedirectStandardOutput = true, RedirectStandardInput = true };
        AddTarget(info.ArgumentList, folder, seed);
        info.ArgumentList.RemoveAt(0);
        if (target is not null)
        {
            info.ArgumentList.Add(target);
        }

        return Process.Start(info)!;
    }

    private static string DotNet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private static void AddTarget(System.Collections.ObjectModel.Collection<string> arguments, string folder, string seed)
    {
        arguments.Add(DotNet);
        arguments.Add(Path.Combine(AppContext.BaseDirectory, "DagShell.KillTarget.dll"));
        arguments.Add(folder);
        arguments.Add(seed);
    }

    /// <summary>How often what was done, by the name of a node, or of one and its item.</summary>
    private static Dictionary<string, int> Effects(JournalFolder folder) => new DirectoryInfo(folder.Folder).GetFiles("node *")
        .ToDictionary(file => file.Name, file => (int)file.Length);

    private static IEnumerable<string> Names(SeededDag dag) => Enumerable.Range(0, dag.Graph.Count).Select(index => dag.Graph[index].Name);

    /// <summary>
    /// What has begun has all that is before it on record, but for clean-up after the journal was lost; and what is done has begun.
    /// </summary>
    private static void SeeConsistent(SeededDag dag, JournalContents contents, Dictionary<string, int> effects, bool ranCleanUp = false)
    {
        for (int node = 0; node < dag.Graph.Count; node++)
        {
            string name = dag.Graph[node].Name;
            bool isMapped = dag.Graph[node].IsMapped;
            Assert.True(
                isMapped || effects.ContainsKey(name) || !contents.Done.ContainsKey(name), $"{name} is done and never ran");
            Assert.All(
                contents.ItemsOf(name).CountBy(item => item.Value),
                done => Assert.InRange(done.Value, 1, effects.GetValueOrDefault(dag.EffectOf(node, done.Key))));
            bool isCleanUp = ranCleanUp && dag.Graph.IsCleanUp(node);
            bool hasBegun = isMapped
                ? effects.Keys.Any(effect => effect.StartsWith(dag.EffectOf(node, string.Empty), StringComparison.Ordinal))
                : effects.ContainsKey(name);
            Assert.True(
                !hasBegun || isCleanUp
                    || dag.Graph[node].DependsOn.All(contents.Done.ContainsKey), $"{name} began before what it depends on was on record");
        }
    }

    /// <summary>What was done has not been done again, and all else once at most.</summary>
    private static void SeeResumed(SeededDag dag, JournalContents before,
        Dictionary<string, int> effectsBefore, Dictionary<string, int> effects)
    {
        Dictionary<string, int> most = [];
        for (int node = 0; node < dag.Graph.Count; node++)
        {
            string name = dag.Graph[node].Name;
            if (before.Done.ContainsKey(name))
            {
                continue;
            }

            if (!dag.Graph[node].IsMapped)
            {
                most[name] = 1;
                continue;
            }

            var done = before.ItemsOf(name).CountBy(item => item.Value).ToDictionary();
            foreach ((string item, int count) in dag.Items(node, before.Runs.Count).CountBy(item => item))
            {
                most[dag.EffectOf(node, item)] = Math.Max(0, count - done.GetValueOrDefault(item));
            }
        }

        Assert.All(effects, effect => Assert.InRange(
            effect.Value - effectsBefore.GetValueOrDefault(effect.Key), 0, most.GetValueOrDefault(effect.Key)));
    }

    private static void SeeKept(JournalContents before, JournalContents now)
    {
        foreach ((string node, JournalSuccess success) in before.Done)
        {
            Assert.Equal((success.Output, success.Origin), (now.Done[node].Output, now.Done[node].Origin));
            Assert.Equal(success.ItemOutputs, now.Done[node].ItemOutputs);
        }

        foreach (JournalNode node in before.Runs is [.., var last] ? last.Header.Nodes : [])
        {
            Assert.Equal(before.ItemsOf(node.Name), now.ItemsOf(node.Name).Take(before.ItemsOf(node.Name).Count));
        }
    }

    private static void SeeOutputs(JournalFolder folder, SeededDag dag) =>
        Assert.Equal(Expected(dag), File.ReadAllLines(Path.Combine(folder.Folder, "outputs")));

    private void RunAndKill(int seed)
    {
        using JournalFolder folder = new();
        SeededDag dag = new(seed);
        var random = new Random(seed);
        JournalContents contents = new();
        Dictionary<string, int> effects = Effects(folder);
        if (seed % 3 == 0 && !OperatingSystem.IsWindows())
        {
            // The journal is one file, whatever leads to it.
            File.Create(folder.Path).Dispose();
            File.CreateSymbolicLink(Path.Combine(folder.Folder, "link"), folder.Path);
        }

        for (int kill = 0; ; kill++)
        {
            string? target = TargetOf(dag, kill < MostKillsOfARun ? random : null);
            bool wasKilled = Run(folder, seed, target, kill < MostKillsOfARun ? random : null);
            Dictionary<string, int> effectsNow = Effects(folder);
            JournalContents now = File.Exists(folder.Path) ? folder.Read() : new JournalContents();
            SeeResumed(dag, contents, effects, effectsNow);
            SeeConsistent(dag, now, effectsNow);
            SeeKept(contents, now);
            JournalContents contentsBefore = contents;
            (contents, effects) = (now, effectsNow);
            if (target is not null)
            {
                Interlocked.Increment(ref _targetRuns);
                Assert.True(wasKilled || now.Done.ContainsKey(target), $"{target} is not done");
                Assert.DoesNotContain(now.Runs[^1].Header.Nodes.Where(node => node.IsOutside), node =>
                    !contentsBefore.Done.ContainsKey(node.Name) && now.Done.ContainsKey(node.Name));
            }

            if (!wasKilled && target is null)
            {
                break;
            }

            if (!wasKilled)
            {
                continue;
            }

            Interlocked.Increment(ref _kills);
            Interlocked.Add(ref _doneAtKill, now.Done.Count);
            int items = Names(dag).Sum(name => now.ItemsOf(name).Count);
            Interlocked.Add(ref _itemsDoneAtKill, items);
            Interlocked.Add(ref _runningAtKill, effectsNow.Values.Sum() - items - now.Done.Count(node => node.Value.ItemOutputs is null));
        }

        Interlocked.Increment(ref _runs);
        Assert.True(contents.IsFinished);
        Assert.Equal(dag.Graph.Count, contents.Done.Count);
        SeeOutputs(folder, dag);
    }

    /// <summary>
    /// The node that is the target of the next run; null for all of the dag, also where there is clean-up: after that what it cleans up
    /// after is run again.
    /// </summary>
    private static string? TargetOf(SeededDag dag, Random? random) =>
        random is null || random.Next(3) > 0 || Enumerable.Range(0, dag.Graph.Count).Any(node => !dag.Graph.CleanUpOf(node).IsEmpty)
            ? null
            : dag.Graph[random.Next(dag.Graph.Count)].Name;

    /// <summary>Runs the program, or resumes it, and kills it at some moment.</summary>
    /// <returns>Whether it was killed before its end.</returns>
    private static bool Run(JournalFolder folder, int seed, string? target, Random? random)
    {
        using Process process = StartTarget(folder.Folder, seed.ToString(CultureInfo.InvariantCulture), target);
        if (random is not null)
        {
            AwaitMoment(process, folder, random);
            process.Kill();
        }

        process.WaitForExit();
        Assert.True(process.ExitCode is 0 or 137, $"exit code {process.ExitCode}");
        return process.ExitCode != 0;
    }

    /// <summary>Some milliseconds from now, or from when it has begun, or when it has written so much; or when it is over.</summary>
    private static void AwaitMoment(Process process, JournalFolder folder, Random random)
    {
        int way = random.Next(10);
        if (way < 2)
        {
            Thread.Sleep(random.Next(150));
            return;
        }

        process.StandardOutput.ReadLine();
        if (way < 4)
        {
            Thread.Sleep(random.Next(100));
            return;
        }

        var journal = new FileInfo(folder.Path);
        long length = journal.Length + random.Next(8_000);
        while (!process.HasExited && journal.Length < length)
        {
            Thread.Sleep(1);
            journal.Refresh();
        }
    }
}

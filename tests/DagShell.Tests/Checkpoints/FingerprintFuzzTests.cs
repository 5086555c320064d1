using System.Collections;
using System.Diagnostics;
using System.Management.Automation;

namespace DagShell.Tests.Checkpoints;

/// <summary>
/// Whatever objects a value is made of, with cycles, sharing, and getters that throw or block: what it is made of is told, or that it
/// cannot be known, soon.
/// </summary>
public sealed class FingerprintFuzzTests : CheckpointTests
{
    [Fact]
    public void Random_graphs_of_objects()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            (object first, bool isKnown) = Graph(seed);
            Shell["v"] = first;
            const string Nodes =
                "& { New-DagNode A { ($using:ran).Enqueue('A'); $null = $using:v }; New-DagNode bad { throw 'no' } } | Invoke-Dag "
                + "-Checkpoint $journal";
            long start = Stopwatch.GetTimestamp();
            ShellResult result = Run(Nodes + " -Force");
            TakeRan();
            Shell["v"] = Graph(seed).Value;
            Run(Nodes + " -Resume");
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
            Assert.True(isKnown == (result.Streams.Warning.Length == 0), $"seed {seed}");
            Assert.True((TakeRan().Length == 0) == isKnown, $"seed {seed}");
            if (isKnown)
            {
                Shell["v"] = Graph(seed, isChanged: true).Value;
                Run(Nodes + " -Resume");
                Assert.True(TakeRan().Length == 1, $"seed {seed}, changed");
            }
        }
    }

    /// <summary>The graph that a seed stands for, anew; or one that differs from it in a single number.</summary>
    private static (object Value, bool IsKnown) Graph(int seed, bool isChanged = false)
    {
        var random = new Random(seed);
        int blocking = random.Next(4) == 0 ? random.Next(1, 30) : 0;
        List<object> all = [new ArrayList()];
        for (int i = 1; i < 40; i++)
        {
            object made = random.Next(6) switch
            {
                0 => new ArrayList(),
                1 => new Hashtable(),
                2 => new System.Collections.Specialized.OrderedDictionary(),
                3 => new PSObject(),
                4 => new List<object?>(),
                _ => new object?[3],
            };
            Put(all[random.Next(all.Count)], made, i, random);
            all.Add(made);
        }

        for (int i = 0; i < 60; i++)
        {
            // Anywhere: cycles and sharing.
            Put(all[random.Next(all.Count)], all[random.Next(all.Count)], 100 + i, random);
        }

        ((ArrayList)all[0]).Add(isChanged ? 2 : 1);
        if (blocking > 0)
        {
            ((ArrayList)all[0]).Add(new BlockingObject());
        }

        return (all[0], blocking == 0);
    }

    private static void Put(object container, object part, int number, Random random)
    {
        switch (container)
        {
            case object?[] array:
                array[random.Next(array.Length)] = part;
                break;
            case IList list:
                list.Add(part);
                break;
            case IDictionary table:
                table.Add($"key {number}", part);
                break;
            case PSObject custom:
                custom.Properties.Add(new PSNoteProperty($"property {number}", part));
                break;
        }
    }
}

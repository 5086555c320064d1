using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Journal;

/// <summary>
/// Many records share a flush when there is much to do, nobody is told before it, and a disk that is full is told at once.
/// </summary>
public sealed class JournalWriterTests
{
    private static readonly JournalRecord Line = new() { Kind = JournalRecordKind.Started, Time = JournalFolder.Start, Node = "A" };

    [Fact]
    public void Records_that_come_during_a_flush_share_the_next_one()
    {
        using var disk = new SlowDisk();
        JournalWriter writer = new(disk, disk.FlushToDevice, LineChecksum.Start);
        using var recorded = new CountdownEvent(101);
        writer.Append(Line, () => recorded.Signal());
        disk.Arrived.Wait();
        for (int i = 0; i < 100; i++)
        {
            writer.Append(Line, () => recorded.Signal());
        }

        Assert.Equal(101, recorded.CurrentCount);
        disk.Go.Release(2);
        recorded.Wait();
        writer.Close(TimeSpan.FromMinutes(1));

        Assert.Equal(2, disk.Flushes);
        Assert.Equal(101, disk.ToArray().AsSpan().Count((byte)'\n'));
    }

    [Fact]
    public void Successes_that_share_a_flush_are_told_together_each_once_and_not_before_it()
    {
        using var disk = new SlowDisk();
        JournalWriter writer = new(disk, disk.FlushToDevice, LineChecksum.Start);
        List<int[]> told = [];
        using var recorded = new CountdownEvent(301);
        Append(0);
        disk.Arrived.Wait();
        for (int node = 1; node <= 300; node++)
        {
            Append(node);
        }

        Assert.Equal(301, recorded.CurrentCount);
        disk.Go.Release(2);
        recorded.Wait();
        writer.Close(TimeSpan.FromMinutes(1));
        Assert.Equal([1, 256, 44], told.Select(nodes => nodes.Length));
        Assert.Equal(Enumerable.Range(0, 301), told.SelectMany(nodes => nodes));

        bool wasTold = false;
        writer.Append(Line, SuccessOf(301), kept => wasTold = kept is [{ Index: 301 }]);
        Assert.True(wasTold);

        void Append(int node) => writer.Append(Line, SuccessOf(node), Note);

        void Note(IReadOnlyList<NodeSuccess> kept)
        {
            told.Add([.. kept.Select(success => success.Index)]);
            recorded.Signal(kept.Count);
        }

        static NodeSuccess SuccessOf(int node) => new(node, null, 1, JournalFolder.Start, JournalFolder.Start);
    }

    [Fact]
    public void What_nobody_waits_for_is_written_and_not_flushed()
    {
        using var disk = new SlowDisk();
        JournalWriter writer = new(disk, disk.FlushToDevice, LineChecksum.Start);
        writer.Append(Line);
        writer.Close(TimeSpan.FromMinutes(1));

        Assert.Equal(0, disk.Flushes);
        Assert.True(disk.Length > 0);
    }

    [Fact]
    public void A_disk_that_is_full_loses_the_journal_and_leaves_nobody_waiting()
    {
        using var disk = new SlowDisk { Capacity = 100 };
        disk.Go.Release(100);
        JournalWriter writer = new(disk, disk.FlushToDevice, LineChecksum.Start);
        List<bool> lost = [];
        using var recorded = new CountdownEvent(3);
        for (int i = 0; i < 3; i++)
        {
            using var one = new ManualResetEventSlim();
            writer.Append(Line, () =>
            {
                lost.Add(writer.Lost.IsCancellationRequested);
                one.Set();
                recorded.Signal();
            });
            one.Wait();
        }

        writer.Close(TimeSpan.FromMinutes(1));
        Assert.Equal([false, true, true], lost);
        Assert.Contains("No space", Assert.IsType<IOException>(writer.Failure).Message, StringComparison.Ordinal);
        Assert.Equal(1, disk.ToArray().AsSpan().Count((byte)'\n'));
    }

    [Fact]
    public void After_the_close_nothing_is_written_and_nobody_waits()
    {
        using var disk = new SlowDisk();
        JournalWriter writer = new(disk, disk.FlushToDevice, LineChecksum.Start);
        writer.Close(TimeSpan.FromMinutes(1));
        bool wasCalled = false;
        writer.Append(Line, () => wasCalled = true);

        Assert.True(wasCalled);
        Assert.Equal(0, disk.Length);
    }

    [Fact]
    public void A_run_on_a_full_disk_ends_and_what_it_did_before_can_be_resumed()
    {
        using JournalFolder folder = new();
        string[] nodes = [.. Enumerable.Range(0, 10).Select(index => $"n{index}")];
        using (RunJournal journal = folder.Begin(isResumed: false, nodes))
        {
            JournalFolder.Succeed(journal, 0, "a");
        }

        using var disk = new SlowDisk { Capacity = 150 };
        disk.Go.Release(100);
        JournalWriter writer = new(disk, disk.FlushToDevice, folder.Read().Checksum);
        using (RunJournal journal = new(writer, JournalFolder.GraphOf(nodes), (_, _) => "b"))
        {
            JournalFolder.Succeed(journal, 1, "b");
            JournalFolder.Succeed(journal, 2, "b");
            journal.End(RunStatus.Failed, JournalFolder.Start);
            Assert.NotNull(journal.Failure);
        }

        folder.Bytes = [.. folder.Bytes, .. disk.ToArray()];
        Assert.True(folder.Read().IsTorn);
        Assert.Equal(["n0", "n1"], folder.Read().Done.Keys.Order());
    }

    /// <summary>A disk with so much room, whose flushes wait to be let go.</summary>
    private sealed class SlowDisk : MemoryStream
    {
        public SemaphoreSlim Go { get; } = new(0);

        public ManualResetEventSlim Arrived { get; } = new();

        public int Flushes { get; private set; }

        public new int Capacity { get; init; } = int.MaxValue;

        public void FlushToDevice()
        {
            Arrived.Set();
            Go.Wait();
            Flushes++;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // As a real one does: as much as there is room for, then the error.
            int room = Math.Min(buffer.Length, Capacity - (int)Length);
            base.Write(buffer[..room]);
            if (room < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }

        protected override void Dispose(bool disposing)
        {
            Go.Dispose();
            Arrived.Dispose();
            base.Dispose(disposing);
        }
    }
}

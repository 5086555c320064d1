using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DagShell.Engine.Running;

namespace DagShell.Engine.Journal;

/// <summary>
/// Writes records to a journal on a thread of its own. All that has come while the last ones were flushed to the device is
/// written and flushed together, so that many nodes share a flush when there is much to do, and a single one does not wait. Records that
/// nobody waits for come along, or a little later.
/// </summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification =
        "The token source owns no handle and no timer.")]
internal sealed class JournalWriter
{
    /// <summary>
    /// How often the file is looked at while there is nothing to write: a run is to hear soon that what it does cannot be kept.
    /// </summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long records gather at least where more have come during a flush: what goes on whether or not it is kept soon does not wait for
    /// it, and on a fast disk each record would have a flush of its own.
    /// </summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Of so many successes somebody is told at once, at most: who is told of more than that has more to do than others may wait for.
    /// </summary>
    private const int MostTold = 256;

    /// <summary>How long a record that nobody waits for may lie here.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(50);

    private readonly object _lock = new();
    private readonly Action _flush;
    private readonly Action<long>? _seeThere;
    private readonly Action? _closed;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _lost = new();
    private readonly List<NodeSuccess> _kept = [];
    private List<Entry> _queue = [];

    /// <summary>Whether somebody waits for a record in the queue; whether the thread waits for that; both under the lock.</summary>
    private bool _isUrgent;
    private bool _isIdle;
    private bool _isClosing;
    private volatile Exception? _failure;
    private readonly LineWriter _lines;
    private readonly long _position;

    /// <summary>Makes a writer and starts its thread.</summary>
    /// <param name="stream">Where to write, at its position.</param>
    /// <param name="flush">Returns when all that was written is on the device.</param>
    /// <param name="checksum">The checksum of all lines before.</param>
    /// <param name="seeThere">Throws if the file is not there any more, or is not as long as it was left.</param>
    /// <param name="closed">Called when the thread ends: nothing is written any more.</param>
    public JournalWriter(Stream stream, Action flush, uint checksum, Action<long>? seeThere = null, Action? closed = null)
    {
        _seeThere = seeThere;
        _position = stream.Position;
        _closed = closed;
        _lines = new LineWriter(stream, checksum);
        _flush = flush;
        _thread = new Thread(Run)
        {
            IsBackground = true,
            Name = "DagShell journal",

            // It starts nodes' workers, and those take its culture on.
            CurrentCulture = CultureInfo.CurrentCulture,
            CurrentUICulture = CultureInfo.CurrentUICulture,
        };
        _thread.Start();
    }

    /// <summary>When the run started: times are written as since then.</summary>
    public DateTimeOffset RunStart { get; init; }

    /// <summary>The numbers of the texts of scripts that are written already.</summary>
    public Dictionary<object, int> Scripts { get; init; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Cancelled when the journal cannot be written any more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Why it cannot be written any more; null while it can.</summary>
    public Exception? Failure => _failure;

    /// <summary>Has a record written.</summary>
    /// <param name="record">The record.</param>
    /// <param name="flushed">Called when it is on the device, or after <see cref="Lost"/> when it never will be; null if nobody waits for
    /// that.</param>
    /// <param name="isUrgent">Whether it is to be written at once, though nobody waits for it.</param>
    public void Append(JournalRecord record, Action? flushed = null, bool isUrgent = false)
    {
        if (!TryAdd(new Entry(record, flushed, null, null), isUrgent || flushed is not null))
        {
            flushed?.Invoke();
        }
    }

    /// <summary>Has the record of a success written.</summary>
    /// <param name="record">The record.</param>
    /// <param name="success">The success.</param>
    /// <param name="recorded">Called as <see cref="IRunJournal.Record"/> says.</param>
    public void Append(JournalRecord record, NodeSuccess success, Action<IReadOnlyList<NodeSuccess>> recorded)
    {
        if (!TryAdd(new Entry(record, null, success, recorded), isUrgent: true))
        {
            recorded([success]);
        }
    }

    /// <summary>Has the thread write what is left and end, and waits for that, but no longer than the given time.</summary>
    public void Close(TimeSpan time)
    {
        lock (_lock)
        {
            _isClosing = true;
            Monitor.Pulse(_lock);
        }

        _thread.Join(time);
    }

    /// <returns><see langword="false"/> if nothing is written any more.</returns>
    private bool TryAdd(Entry entry, bool isUrgent)
    {
        lock (_lock)
        {
            if (_isClosing)
            {
                return false;
            }

            _queue.Add(entry);
            if (_isIdle && (_queue.Count == 1 || (isUrgent && !_isUrgent)))
            {
                Monitor.Pulse(_lock);
            }

            _isUrgent |= isUrgent;
            return true;
        }
    }

    private void Run()
    {
        List<Entry> batch = [];
        while (TryTake(ref batch))
        {
            long start = TimeProvider.System.GetTimestamp();
            if (_failure is null)
            {
                WriteAndWatch(batch);
            }

            bool goesOn = IsUrgent();
            Tell(batch);
            if (goesOn)
            {
                Gather(GatherTime - TimeProvider.System.GetElapsedTime(start));
            }
        }

        _lines.Dispose();
        _closed?.Invoke();
    }

    /// <summary>Takes what has come; nothing, if it is time to look at the file.</summary>
    /// <returns><see langword="false"/> if nothing will come any more.</returns>
    private bool TryTake(ref List<Entry> batch)
    {
        batch.Clear();
        lock (_lock)
        {
            _isIdle = true;
            while (!_isUrgent && !_isClosing)
            {
                bool watches = _seeThere is not null && _failure is null;
                TimeSpan time = _queue.Count > 0 ? LongestDelay : watches ? WatchInterval : Timeout.InfiniteTimeSpan;
                if (!Monitor.Wait(_lock, time))
                {
                    break;
                }
            }

            _isIdle = false;
            _isUrgent = false;
            (batch, _queue) = (_queue, batch);
            return batch.Count > 0 || !_isClosing;
        }
    }

    /// <summary>Tells who waits, of many successes at once.</summary>
    private void Tell(List<Entry> batch)
    {
        Action<IReadOnlyList<NodeSuccess>>? recorded = null;
        foreach (Entry entry in batch)
        {
            if (_kept.Count == MostTold || (entry.Recorded is not null && entry.Recorded != recorded))
            {
                TellOfSuccesses(recorded);
            }

            if (entry.Recorded is not null)
            {
                _kept.Add(entry.Success!);
                recorded = entry.Recorded;
            }

            entry.Flushed?.Invoke();
        }

        TellOfSuccesses(recorded);
    }

    private void TellOfSuccesses(Action<IReadOnlyList<NodeSuccess>>? recorded)
    {
        if (_kept.Count > 0)
        {
            recorded!(_kept);
            _kept.Clear();
        }
    }

    private bool IsUrgent()
    {
        lock (_lock)
        {
            return _isUrgent;
        }
    }

    private void Gather(TimeSpan time)
    {
        lock (_lock)
        {
            if (time > TimeSpan.Zero && !_isClosing)
            {
                Monitor.Wait(_lock, time);
            }
        }
    }

    private void WriteAndWatch(List<Entry> batch)
    {
        try
        {
            // Before, so that nothing is written behind the end of a file that was cut short; and after, so that nothing counts as kept
            // that is not.
            _seeThere?.Invoke(_position + _lines.Written);
            if (batch.Count > 0)
            {
                Write(batch);
                _seeThere?.Invoke(_position + _lines.Written);
            }
        }
        catch (Exception exception)
        {
            // Half of a line may have been written. Nothing must follow it, so this is the end, whatever the cause.
            _failure = exception;
            _lost.Cancel();
        }
    }

    private void Write(List<Entry> batch)
    {
        bool mustFlush = false;
        foreach (Entry entry in batch)
        {
            JournalFormat.Write(entry.Record, RunStart, _lines, Scripts);
            mustFlush |= entry.Flushed is not null || entry.Recorded is not null;
        }

        _lines.Flush();
        if (mustFlush)
        {
            _flush();
        }
    }

    private readonly record struct Entry(
        JournalRecord Record, Action? Flushed, NodeSuccess? Success, Action<IReadOnlyList<NodeSuccess>>? Recorded);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using DagShell.Engine.Tracing;

namespace DagShell.Engine.Tests.Tracing;

/// <summary>Listens to the spans of runs; other tests' runs may be among them.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _ended = new();

    public Spans(Action<Activity>? ended = null)
    {
        // Not the source of the same name in the rewritten copy of the engine, which other tests run.
        ActivitySource own = RunTrace.Source;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => ReferenceEquals(source, own),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                _ended.Enqueue(span);
                ended?.Invoke(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans of a run that have ended, in that order.</summary>
    public IReadOnlyList<Activity> Of(Guid run) => [.. _ended.Where(span => Equals(span.GetTagItem("dagshell.run.id"), run.ToString()))];

    public void Dispose() => _listener.Dispose();
}

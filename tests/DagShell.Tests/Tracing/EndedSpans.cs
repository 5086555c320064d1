using System.Collections.Concurrent;
using System.Diagnostics;

namespace DagShell.Tests.Tracing;

/// <summary>Listens to DagShell's spans, and keeps those that have ended, in that order.</summary>
internal sealed class EndedSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public EndedSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "DagShell",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<Activity> All => _ended;

    /// <summary>All that they say.</summary>
    public IEnumerable<string> Texts() => _ended.SelectMany(static span => span.TagObjects
        .Concat(span.Events.SelectMany(told => told.Tags))
        .Select(tag => $"{tag.Key}: {tag.Value}")
        .Append($"{span.DisplayName}: {span.StatusDescription}"));

    public void Dispose() => _listener.Dispose();
}

using System.Collections.Concurrent;
using System.Diagnostics;

namespace DagShell.Tests.Tracing;

/// <summary>Listens to DagShell's spans, and keeps all that they say.</summary>
internal sealed class SpanTexts : IDisposable
{
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly ActivityListener _listener;

    public SpanTexts()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "DagShell",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<string> Texts => _texts;

    public void Dispose() => _listener.Dispose();

    private void Add(Activity span)
    {
        foreach (KeyValuePair<string, object?> tag in span.TagObjects.Concat(span.Events.SelectMany(told => told.Tags)))
        {
            _texts.Enqueue($"{tag.Key}: {tag.Value}");
        }

        _texts.Enqueue($"{span.DisplayName}: {span.StatusDescription}");
    }
}

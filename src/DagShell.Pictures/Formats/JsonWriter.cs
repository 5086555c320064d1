using DagShell.Pictures.Json;

namespace DagShell.Pictures.Formats;

/// <summary>Writes a picture as JSON, for other programs to draw or look through.</summary>
internal static class JsonWriter
{
    /// <summary>Writes the dag.</summary>
    public static void Write(DagPicture picture, Stream stream) => JsonFile.Write(stream, new DagDocument
    {
        Name = picture.Name,
        Description = picture.Description,
        Status = picture.Status,
        Nodes = picture.Nodes.Select(node => DocumentOf(node, node.Outer < 0 ? null : picture.Nodes[node.Outer].Name)),
        Edges = picture.Edges.Select(edge => new DagEdgeDocument(
            picture.Nodes[edge.From].Name,
            picture.Nodes[edge.To].Name,
            picture.IsToFallback(edge) ? "fallback" : picture.IsToCleanUp(edge) ? "cleanUp" : null)),
    });

    private static DagNodeDocument DocumentOf(PictureNode node, string? dag)
    {
        bool isOfRun = node.State is not null;
        return new DagNodeDocument
        {
            Name = node.Name,
            Dag = dag,
            Level = node.Level,
            Description = node.Description,
            TriggerRule = node.Node.TriggerRule == TriggerRule.AllSucceeded ? null : node.Node.TriggerRule,
            CleanUpOf = node.Node.CleanUpOf.Count == 0 ? null : node.Node.CleanUpOf,
            FallbackFor = node.Node.FallbackFor,
            Pool = node.Node.Pool,
            Priority = node.Node.Priority == 0 ? null : node.Node.Priority,
            RetryCount = node.Node.Retry?.Count,
            Timeout = node.Node.Timeout?.TotalSeconds,
            EstimatedDuration = node.Node.EstimatedDuration?.TotalSeconds,
            ContinueOnError = node.Node.ContinueOnError ? true : null,
            State = node.State,
            Attempts = isOfRun ? node.Attempts : null,
            Duration = node.Duration?.TotalSeconds,
            Items = node.Items is { } items ? new ItemsDocument(items.Total, items.Succeeded, items.Failed, items.Done) : null,
            Note = node.Note,
            IsCritical = isOfRun ? node.IsCritical : null,
        };
    }
}

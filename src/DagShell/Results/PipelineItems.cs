using System.Collections;
using System.Management.Automation;

namespace DagShell.Results;

/// <summary>What comes through a pipeline, or as an argument, one object after the other.</summary>
internal static class PipelineItems
{
    /// <summary>
    /// The objects of a collection, and of collections in it; or the one object, bare. Text and tables are objects, not collections.
    /// </summary>
    public static IEnumerable<object?> Of(object? value)
    {
        object? item = value is PSObject wrapped ? wrapped.BaseObject : value;
        return item is IEnumerable items and not (string or IDictionary) ? items.Cast<object?>().SelectMany(Of) : [item];
    }
}

using System.Collections.ObjectModel;
using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>What scripts put out in a pump's pipeline, as it is put out.</summary>
internal sealed class PumpOutput : Collection<PSObject>
{
    /// <summary>Is told each object that comes; null if nobody wants to know.</summary>
    public Action<object?>? Added { get; set; }

    /// <summary>Takes out all from an index on.</summary>
    public object?[] TakeFrom(int index)
    {
        object?[] taken = [.. Items.Skip(index)];
        while (Count > index)
        {
            RemoveAt(Count - 1);
        }

        return taken;
    }

    /// <inheritdoc/>
    protected override void InsertItem(int index, PSObject item)
    {
        base.InsertItem(index, item);
        Added?.Invoke(item);
    }
}

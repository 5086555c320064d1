namespace DagShell;

/// <summary>What a node gave out in an earlier run. Made when somebody asks for it, and once.</summary>
internal sealed class RestoredOutput
{
    private readonly Lazy<object?[]> _objects;

    public RestoredOutput(Func<object?[]> read) => _objects = new Lazy<object?[]>(read);

    public object?[] Objects => _objects.Value;
}

namespace DagShell.Checkpoints;

/// <summary>What a node gave out in an earlier run. Made of its text when somebody asks for it, and once.</summary>
internal sealed class RestoredOutput
{
    private readonly Lazy<object?[]> _objects;

    public RestoredOutput(string text) => _objects = new Lazy<object?[]>(() => OutputText.Read(text));

    public object?[] Objects => _objects.Value;
}

using System.Management.Automation;

namespace DagShell.Runs;

/// <summary>What a node gave to Write-Information: the object as it was, shown with the node's name in front.</summary>
internal sealed class NodeInformationRecord : InformationRecord
{
    private readonly string _text;

    public NodeInformationRecord(object data, string source, string text)
        : base(data, source) => _text = text;

    /// <inheritdoc/>
    public override string ToString() => _text;
}

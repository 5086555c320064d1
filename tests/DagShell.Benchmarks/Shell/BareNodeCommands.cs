using System.Management.Automation;

namespace DagShell.Benchmarks.Shell;

/// <summary>What a cmdlet costs that does nothing but bind a name, a script block and some strings and write an object.</summary>
[Cmdlet(VerbsCommon.New, "BareNode")]
public sealed class NewBareNodeCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = string.Empty;

    [Parameter(Mandatory = true, Position = 1)]
    public ScriptBlock? ScriptBlock { get; set; }

    [Parameter]
    public string[] DependsOn { get; set; } = [];

    protected override void EndProcessing() => WriteObject(new BareNode(Name, ScriptBlock!, DependsOn));
}

/// <summary>What a cmdlet costs that does nothing but gather what comes through the pipeline.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "BareNode")]
public sealed class MeasureBareNodeCommand : PSCmdlet
{
    private readonly List<object> _nodes = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public object[] InputObject { get; set; } = [];

    protected override void ProcessRecord() => _nodes.AddRange(InputObject);

    protected override void EndProcessing() => WriteObject(_nodes.Count);
}

internal sealed record BareNode(string Name, ScriptBlock ScriptBlock, string[] DependsOn);

using System.Diagnostics;

namespace DagShell.Tests.Tracing;

/// <summary>
/// Invoke-Dag is a span under what is current where it is called, and what a node's script does belongs to its attempt's span.
/// </summary>
public sealed class TraceTests : ShellTests
{
    private const string Nodes = """
        $nodes = @(
            New-DagNode A { [System.Diagnostics.Activity]::Current.Id }
            New-DagNode B -DependsOn A -RetryCount 1 { if ($DagNode.Attempt -eq 1) { throw 'not yet' }; [System.Diagnostics.Activity]::Current.Id }
        )

        """;

    private readonly EndedSpans _ended = new();

    [Theory]
    [InlineData("")]
    [InlineData("-Sequential")]
    [InlineData("-AsJob | Receive-Job -Wait")]
    public void A_run_is_a_trace_that_what_the_nodes_do_belongs_to(string how)
    {
        ShellResult result = Run(
            Nodes + $$"""
            $caller = [System.Diagnostics.Activity]::new('caller').Start()
            $nodes | New-Dag Nightly | Invoke-Dag -RunVariable run {{how}}
            [System.Diagnostics.Activity]::Current -eq $caller
            $caller.Stop()
            """);

        string run = Run("$run.Id").Text.Single();
        Activity[] spans = [.. _ended.All.Where(span => Equals(span.GetTagItem("dagshell.run.id"), run))];
        Assert.Equal(["attempt 1", "A", "attempt 1", "attempt 2", "B", "Nightly"], spans.Select(span => span.DisplayName));
        var caller = (Activity)Unwrapped.Value(Shell["caller"])!;
        Assert.Equal(caller.SpanId, spans[^1].ParentSpanId);
        Assert.Equal([spans[0].Id], result.NodeOutput("A"));
        Assert.Equal([spans[3].Id], result.NodeOutput("B"));
        Assert.Equal((ActivityStatusCode.Error, "not yet"), (spans[2].Status, spans[2].StatusDescription));
        Assert.Equal("System.Management.Automation.RuntimeException", spans[2].GetTagItem("error.type"));
        Assert.Equal("True", result.Text[^1]);
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _ended.Dispose();
    }
}

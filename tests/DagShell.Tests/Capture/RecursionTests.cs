namespace DagShell.Tests.Capture;

/// <summary>A node bears recursion as deep as PowerShell's own threads do, and a limit holds also where it does not end.</summary>
public sealed class RecursionTests : ShellTests
{
    [Theory]
    [InlineData("[Deep]::new().Down(3000)")]
    [InlineData("$deep = [Deep]::new(); (1..2 | ForEach-Object { $deep.Down(3000) })[1]")]
    public void Three_thousand_calls_of_methods_inside_each_other_are_borne(string script)
    {
        ShellResult result = Run($$"""
            class Deep { [int] Down([int] $n) { if ($n -le 0) { return 0 } return 1 + $this.Down($n - 1) } }
            New-DagNode A { {{script}} } | Invoke-Dag
            """);
        Assert.Equal([3000], result.NodeOutput("A"));
    }
}

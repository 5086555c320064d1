namespace DagShell.Tests.Sequential;

/// <summary>What the scripts of a node find in <c>$_</c> and the pipeline, where they are closures: the same as in any block.</summary>
public sealed class ClosureTests : ShellTests
{
    [Theory]
    [InlineData("-Sequential")]
    [InlineData("")]
    public void Items_and_errors_are_there(string sequential)
    {
        ShellResult result = Run($$"""
            $v = 7
            function Get-Seen { "$($DagNode.Name) $_ $($Upstream.Up)" }
            function Fail { if ($DagNode.Attempt -eq 1) { throw 'first' }; 'again' }
            @(
                New-DagNode Up { 'up' }
                New-DagNode Item -ForEach 1, 2 ({ "$_ $PSItem $v"; 5 | ForEach-Object { $_ } }.GetNewClosure())
                New-DagNode Param -ForEach 1, 2 ({ param($x = 3) "$_ $x $v" }.GetNewClosure())
                New-DagNode Process -ForEach 1, 2 ({ process { "$_ $v" } }.GetNewClosure())
                New-DagNode Input -ForEach 1, 2 ({ "$input $v" }.GetNewClosure())
                New-DagNode InputUp -DependsOn Up ({ "$input $v" }.GetNewClosure())
                New-DagNode Asked -ForEach ({ 1..($v - 5) }.GetNewClosure()) ({ "$_" }.GetNewClosure())
                New-DagNode Condition -ForEach 1, 2 ({ "$_" }.GetNewClosure()) -Precondition ({ $_ -le $v }.GetNewClosure()) -When ({ $v }.GetNewClosure())
                New-DagNode Function -DependsOn Up -ForEach 1, 2 ({ Get-Seen }.GetNewClosure())
                New-DagNode RetryIf -RetryCount 1 -RetryDelay 0s ({ Fail }.GetNewClosure()) -RetryIf ({ "$_" -eq 'first' -and $v }.GetNewClosure())
                New-DagNode RetryDelay -RetryCount 1 ({ Fail }.GetNewClosure()) -RetryDelay ({ if ("$_" -eq 'first') { '0s' } }.GetNewClosure())
                New-DagNode None ({ "[$_]" }.GetNewClosure()) -DependsOn Item, Param, Condition, RetryIf -TriggerRule AllDone
            ) | Invoke-Dag -ThrottleLimit 1 {{sequential}}
            """);

        Assert.Equal("1 1 7|5|2 2 7|5", Output("Item"));
        Assert.Equal("1 3 7|2 3 7", Output("Param"));
        Assert.Equal("1 7|2 7", Output("Process"));
        Assert.Equal("1 7|2 7", Output("Input"));
        Assert.Equal("up 7", Output("InputUp"));
        Assert.Equal("1|2", Output("Asked"));
        Assert.Equal("1|2", Output("Condition"));
        Assert.Equal("Function 1 up|Function 2 up", Output("Function"));
        Assert.Equal("again", Output("RetryIf"));
        Assert.Equal("again", Output("RetryDelay"));
        Assert.Equal("[]", Output("None"));

        string Output(string node) => string.Join('|', result.NodeOutput(node));
    }
}

namespace DagShell.Tests.Isolation;

/// <summary>Nothing of DagShell's has a name in a node, but for <c>$Upstream</c> and <c>$DagNode</c>.</summary>
public sealed class NamesTests : ShellTests
{
    private const string List = """
        foreach ($drive in 'variable:', 'function:', 'alias:') {
            $ExecutionContext.InvokeProvider.ChildItem.Get($drive, $false) | ForEach-Object { "$drive$($_.Name)" }
        }
        """;

    [Theory]
    [InlineData("")]
    [InlineData("param($Given) ")]
    [InlineData("begin { } end { ")]
    public void A_node_has_the_names_of_a_plain_runspace_and_two_more(string kind)
    {
        string script = kind + List + (kind.StartsWith("begin", StringComparison.Ordinal) ? "}" : string.Empty);
        ShellResult result = Run($$"""
            New-DagNode A { {{script}} } | Invoke-Dag
            $state = [initialsessionstate]::CreateDefault2()
            $plain = [powershell]::Create($state)
            $plain.AddScript({ {{script}} }.ToString()).Invoke()
            """);

        // PowerShell's own, there before and after the first program, without a value until then.
        const string ExitCode = "variable:LASTEXITCODE";
        Assert.Equal(
            result.Text.Skip(1).Append("variable:DagNode").Append("variable:Upstream").Where(name => name != ExitCode).Distinct().Order(),
            result.NodeOutput("A").Cast<string>().Where(name => name != ExitCode).Distinct().Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Sequential")]
    public void Variables_of_the_scripts_own_names_are_not_there(string how)
    {
        ShellResult result = Run($$"""
            function Send { param($Uri) if ($Body -or $Pump -or $Sink -or $Receive -or $Script -or $Parameters) { 'other' } else { 'own' } }
            New-DagNode A { param($Given) Send; "$Body$Pump$Sink$Receive$Script$Parameters" } -When { -not $Body } | Invoke-Dag {{how}}
            """);
        Assert.Equal(["own", string.Empty], result.NodeOutput("A"));
    }

    [Fact]
    public void A_variable_of_the_callers_is_not_hidden_in_a_sequential_run()
    {
        ShellResult result = Run("$Body = 'mine'; $Pump = 1; New-DagNode A { \"$Body $Pump\" } | Invoke-Dag -Sequential");
        Assert.Equal(["mine 1"], result.NodeOutput("A"));
    }

    [Fact]
    public void What_a_dag_brings_for_one_node_is_not_there_in_another()
    {
        ShellResult result = Run($$"""
            function Get-Mine { 1 }
            Set-Alias mine Get-Mine
            (New-DagNode A { mine }), (New-DagNode B { {{List}} } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            """);
        Assert.Equal([1], result.NodeOutput("A"));
        Assert.DoesNotContain("function:Get-Mine", result.NodeOutput("B"));
        Assert.DoesNotContain("alias:mine", result.NodeOutput("B"));
    }
}

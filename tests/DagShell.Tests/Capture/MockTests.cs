namespace DagShell.Tests.Capture;

/// <summary>A command that Pester mocks cannot be called in a node's runspace: its error says what to do instead.</summary>
public sealed class MockTests : ShellTests
{
    [Theory]
    [InlineData("Send-Report -To boss")]
    [InlineData("Outer")]
    [InlineData("1, 2 | Send-Report")]
    [InlineData("Get-Date -Format o")]
    public void The_error_points_to_Sequential(string call)
    {
        ShellResult result = Run($$"""
            function PesterMock_script_1 { throw 'works in the session of the test alone' }
            function Outer { Send-Report }
            Set-Alias Send-Report PesterMock_script_1
            Set-Alias Get-Date PesterMock_script_1
            New-DagNode A {
                {{call}}
            } | Invoke-Dag
            """);

        Assert.Contains("Invoke-Dag -Sequential", result.ErrorText("A"), StringComparison.Ordinal);
        Assert.StartsWith(call == "Outer" ? "'Send-Report' is mocked" : $"'{call.Split(' ')[call.Contains('|') ? 3 : 0]}' is mocked",
            result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_not_called_does_no_harm() => Assert.Equal(
        ["fine"],
        Run("""
            Set-Alias Send-Report PesterMock_script_1
            New-DagNode A { if ($false) { Send-Report }; 'fine' } | Invoke-Dag
            """).NodeOutput("A"));

    [Fact]
    public void One_in_a_module_which_would_call_the_real_command_fails_the_node_before_it_begins()
    {
        using ScratchFolder folder = new();
        string module = folder.Write(
            "Sender.psm1", "function Send-It { 'real' }; function Invoke-It { Send-It }; Export-ModuleMember Invoke-It");
        ShellResult result = Run("""
            $module = Import-Module $file -PassThru
            & $module { Set-Alias Send-It PesterMock_Sender_1 -Scope Script }
            New-DagNode A { 'begun'; Invoke-It } -RetryCount 2 | Invoke-Dag
            """, ("file", module));

        Assert.StartsWith("'Send-It' is mocked", result.ErrorText("A"), StringComparison.Ordinal);
        Assert.Equal(1, result.Attempts("A"));
    }
}

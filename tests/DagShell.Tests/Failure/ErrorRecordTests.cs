using System.Management.Automation;

namespace DagShell.Tests.Failure;

/// <summary>What a node failed with is what a catch would have caught.</summary>
public sealed class ErrorRecordTests : ShellTests
{
    [Theory]
    [InlineData("throw 'boom'")]
    [InlineData("throw [System.IO.IOException]::new('disk')")]
    [InlineData("throw $null")]
    [InlineData("[int]::Parse('x')")]
    [InlineData("[System.IO.File]::ReadAllText('/no/such/file')")]
    [InlineData("1 / 0")]
    [InlineData("$null.Method()")]
    [InlineData("Get-NoSuchThing")]
    [InlineData("Get-Module -NoSuchParameter")]
    [InlineData("Write-Error 'boom' -ErrorId MyId -Category ConnectionError -TargetObject 5")]
    [InlineData("Write-Error -Exception ([System.IO.IOException]::new('disk'))")]
    [InlineData("Import-Module /no/such/module")]
    [InlineData("throw [System.Management.Automation.ErrorRecord]::new([System.IO.IOException]::new('disk'), 'MyId', 'OpenError', 3)")]
    [InlineData(
        "function f { [CmdletBinding()] param() "
        + "$PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new([System.IO.IOException]::new('d'), 'I', "
        + "'OpenError', 3)) }; f")]
    public void The_error_of_the_result_is_the_one_that_a_catch_would_get(string statement)
    {
        ShellResult result = Run($$"""
            function Get-Facts($e) {
                "$($e.Exception.GetType()) $($e.Exception.Message)"
                "$(${e}?.Exception?.InnerException?.GetType()) $(${e}?.Exception?.InnerException?.Message)"
                $e.FullyQualifiedErrorId
                "$($e.CategoryInfo.Category) $($e.TargetObject)"
                "$e"
            }
            $script = { {{statement}} }
            & { $ErrorActionPreference = 'Stop'; try { & $script } catch { $script:caught = $_ } }
            $result = New-DagNode A $script | Invoke-Dag -ErrorAction Ignore -WarningAction Ignore
            (Get-Facts $caught) -join '|'
            (Get-Facts $result.Error) -join '|'
            """);

        Assert.Equal(2, result.Text.Length);
        Assert.Equal(result.Text[0], result.Text[1]);
    }

    [Fact]
    public void RetryIf_and_LastError_see_the_same()
    {
        ShellResult result = Run("""
            New-DagNode A -RetryCount 1 -RetryIf { $_.Exception -is [System.Management.Automation.MethodInvocationException] -and $_.Exception.InnerException -is [FormatException] } {
                if ($DagNode.Attempt -eq 1) { [int]::Parse('x') }
                $DagNode.LastError.Exception.InnerException.GetType().Name
            } | Invoke-Dag
            """);

        Assert.Equal(["FormatException"], result.NodeOutput("A"));
    }

    [Fact]
    public void Each_failed_node_is_one_error_with_the_result_as_target_and_the_cause_inside()
    {
        ShellResult result =
            Run("(New-DagNode A { throw [System.IO.IOException]::new('disk') }), (New-DagNode B { throw 'b' }), (New-DagNode C { }) | "
            + "Invoke-Dag");

        Assert.Equal(2, result.Streams.Error.Length);
        ErrorRecord error = result.Streams.Error.Single(error => error.Exception.Message.Contains("'A'", StringComparison.Ordinal));
        Assert.Equal("DagNodeFailed,DagShell.Commands.InvokeDagCommand", error.FullyQualifiedErrorId);
        Assert.Equal("DagShell.DagNodeException", error.Exception.GetType().FullName);
        Assert.IsType<IOException>(error.Exception.InnerException);
        Assert.Same(result.Node("A").BaseObject, Unwrapped.Value(error.TargetObject));
        Assert.Equal(ErrorCategory.OperationStopped, error.CategoryInfo.Category);
    }

    [Theory]
    [InlineData("{ while ($true) { } } -Timeout 300ms", "DagNodeFailed.AttemptTimedOut,", ErrorCategory.OperationTimeout)]
    [InlineData("{ } -Precondition { $false }", "DagNodeFailed.PreconditionNotMet,", ErrorCategory.ResourceUnavailable)]
    [InlineData("{ exit 3 }", "DagNodeFailed,", ErrorCategory.OperationStopped)]
    [InlineData("{ param([Parameter(Mandatory)] $x) }", "DagNodeFailed,", ErrorCategory.OperationStopped)]
    public void The_id_of_the_error_says_why(string node, string id, ErrorCategory category)
    {
        ShellResult result = Run($"New-DagNode A {node} | Invoke-Dag");

        ErrorRecord error = Assert.Single(result.Streams.Error);
        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains("'A'", error.Exception.Message, StringComparison.Ordinal);
        Assert.NotNull(result.Error("A"));
    }

    [Fact]
    public void Only_what_failed_has_an_error()
    {
        ShellResult result =
            Run("(New-DagNode A { throw 'x' }), (New-DagNode B { } -DependsOn A), (New-DagNode C { }), (New-DagNode D { } -When { "
            + "$false }) | Invoke-Dag -ErrorAction Ignore");

        Assert.NotNull(result.Error("A"));
        Assert.All(result.Names.Except(["A"]), name => Assert.Null(result.Error(name)));
    }
}

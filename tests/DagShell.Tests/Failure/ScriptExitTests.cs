namespace DagShell.Tests.Failure;

/// <summary>A script file that exits with another code than 0 fails the node whose last call it is; before that it sets the code.</summary>
public sealed class ScriptExitTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    public ScriptExitTests()
    {
        _folder.Write("e3.ps1", "exit 3");
        _folder.Write("copy.ps1", "exit 2");
        _folder.Write("fine.ps1", "'fine'");
        _folder.Write("outer.ps1", "param($x) & $PSScriptRoot/e3.ps1");
        Shell.Run("Set-Location -LiteralPath $folder; function Last { & ./e3.ps1 }; function NotLast { & ./e3.ps1; 'x' }",
            ("folder", _folder.FullName));
    }

    [Theory]
    [InlineData("& ./e3.ps1")]
    [InlineData(". ./e3.ps1")]
    [InlineData("./e3.ps1")]
    [InlineData("$s = './e3.ps1'; & $s (Get-Date)")]
    [InlineData("Last")]
    [InlineData("./e3.ps1 | Out-Null")]
    [InlineData("1 | ./e3.ps1")]
    [InlineData("$x = ./e3.ps1")]
    [InlineData("if ($true) { return ./e3.ps1 }; 'more'")]
    [InlineData("if ($true) { ./e3.ps1 }")]
    [InlineData("try { ./e3.ps1 } finally { $null }")]
    [InlineData("foreach ($i in 1..2) { ./e3.ps1 }")]
    [InlineData("1 | ForEach-Object { ./e3.ps1 }")]
    [InlineData("./outer.ps1")]
    [InlineData("param($q) ./e3.ps1")]
    [InlineData("function f { ./e3.ps1 }; f")]
    [InlineData("function f { if ($true) { Last } }; & { f }")]
    [InlineData("& { 1 | ForEach-Object { ./e3.ps1 } }")]
    public void As_the_last_call_it_fails_the_node(string script) => See(script, "Failed");

    [Theory]
    [InlineData("& ./copy.ps1; if ($LASTEXITCODE -ge 8) { throw 'x' }")]
    [InlineData("& ./copy.ps1; & ./fine.ps1")]
    [InlineData("function Sync { & ./copy.ps1; & ./fine.ps1 }; Sync")]
    [InlineData("NotLast")]
    [InlineData("$x = ./e3.ps1; $x")]
    [InlineData("if (./e3.ps1) { 'x' }")]
    [InlineData("./e3.ps1; exit 0")]
    [InlineData("./fine.ps1")]
    [InlineData("$global:LASTEXITCODE = 5")]
    [InlineData("function f { ./e3.ps1; 'x' }; f")]
    [InlineData("function f { ./e3.ps1 }; f; 'x'")]
    [InlineData("& { ./e3.ps1; 'x' }")]
    [InlineData("1 | ForEach-Object { Last; 'x' }")]
    public void Before_that_it_sets_the_code_and_the_node_goes_on(string script) => See(script, "Succeeded");

    [Fact]
    public void What_an_argument_ends_with_is_not_the_last_call() =>
        Assert.Equal("Succeeded", Shell.Run("New-DagNode A { Write-Output (./e3.ps1) } | Invoke-Dag").Status("A"));

    [Fact]
    public void The_error_says_what_ended_and_where_and_can_be_retried()
    {
        string file = _folder.Write("x.dag.ps1", """
            New-DagNode A -RetryCount 1 -RetryDelay 1ms {
                if ($DagNode.Attempt -eq 1) { & ./e3.ps1 } else { "$($DagNode.LastError)" }
            }
            New-DagNode B -RetryCount 5 -RetryIf { "$_" -notlike "*exit 3*" } {
                & ./e3.ps1
            }
            """);
        ShellResult result = Shell.Run("Invoke-Dag -Path $file", ("file", file));

        Assert.Contains("'exit 3'", (string)result.NodeOutput("A").Single()!, StringComparison.Ordinal);
        Assert.Equal(1, result.Attempts("B"));
        Assert.StartsWith(
            $"Node 'B' failed at {file}:5: '& ./e3.ps1', the last call of node 'B', ended with 'exit 3'.",
            Assert.Single(result.Streams.NodeFailures).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_callers_own_code_stays_a_plain_variable()
    {
        ShellResult result = Shell.Run(
            "$null = New-DagNode A { ./copy.ps1; 'x' } | Invoke-Dag -Sequential; $LASTEXITCODE; "
            + "(Get-Variable LASTEXITCODE -Scope Global).Attributes.Count");

        Assert.Equal(["2", "0"], result.Text);
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }

    private void See(string script, string status)
    {
        Assert.Equal(status, Shell.Run($"New-DagNode A {{ {script} }} | Invoke-Dag").Status("A"));
        Assert.Equal(status, Shell.Run($"New-DagNode A {{ {script} }} | Invoke-Dag -Sequential").Status("A"));
    }
}

namespace DagShell.Tests.Failure;

/// <summary>A timeout says where the script was, and a precondition what it was about, and for how long it was asked.</summary>
public sealed class WhereItStoodTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData("Start-Sleep 60", "3 (Start-Sleep 60)")]
    [InlineData("while ($true) { Start-Sleep -Milliseconds 10 }", "3 (Start-Sleep -Milliseconds 10)")]
    [InlineData("1..3 | ForEach-Object { Start-Sleep 60 }", "3 (Start-Sleep 60)")]
    [InlineData("[System.Threading.Tasks.Task]::Delay(60000).Wait(2200); [System.Threading.Thread]::Sleep(400)", "3 (")]
    [InlineData("Wait-Here", "3 (Wait-Here), in ")]
    public void A_timeout_says_where_the_script_was(string statement, string where)
    {
        string other = _folder.Write("other.ps1", "function Wait-Here {\n Start-Sleep 60\n}");
        string file = _folder.Write("x.dag.ps1", $". '{other}'\nNew-DagNode A {{\n {statement}\n}} -Timeout 2s");
        foreach (string command in new[] { "Invoke-Dag $file", "Invoke-Dag $file -Sequential" })
        {
            string text = Run(command, ("file", file)).ErrorText("A")!;

            Assert.Contains($"longer than its timeout of 2 s; it was at {file}:{where}", text, StringComparison.Ordinal);
            Assert.Equal(
                statement == "Wait-Here", text.Contains($", in {other}:2", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void That_of_the_run_says_it_too()
    {
        string file = _folder.Write("x.dag.ps1", "New-DagNode A {\n Start-Sleep 60\n}\nNew-DagNode B { } -DependsOn A");
        ShellResult result = Run("Invoke-Dag $file -Timeout 3s", ("file", file));

        Assert.Equal(
            $"the run's timeout; it was at {file}:2 (Start-Sleep 60)", result.Node("A").Properties["CancelReason"].Value);
        Assert.Equal("the run's timeout", result.Node("B").Properties["CancelReason"].Value);
    }

    [Fact]
    public void A_secret_is_not_told_with_it()
    {
        ShellResult result = Run("""
            $secret = ConvertTo-SecureString 'hunter22' -AsPlainText -Force
            New-DagNode A { $null = $using:secret; Start-Sleep 60 -Verbose:('hunter22' -eq 'x') } -Timeout 2s | Invoke-Dag
            """);

        Assert.Contains("(Start-Sleep 60 -Verbose:('***' -eq 'x'))", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_earlier_attempt_says_nothing_of_the_last_one()
    {
        ShellResult result = Run("""
            New-DagNode A { if ($DagNode.Attempt -eq 1) { Start-Sleep 60 }; Skip-DagNode } -Timeout 2s -RetryCount 1 -RetryDelay 1ms |
                Invoke-Dag
            """);

        Assert.Equal("it skipped itself (Skip-DagNode)", result.SkipReason("A"));
    }

    [Theory]
    [InlineData("{ Test-It $using:port }", "$using:port = 8080")]
    [InlineData("{ Test-It $using:config.Port $using:port }", "$using:config.Port = 8081, $using:port = 8080")]
    [InlineData("{ param($Site) Test-It $Site }", "$Site = 'a.example'")]
    [InlineData("{ Test-It $Upstream.Up $port }", "$Upstream.Up = 7, $port = $null")]
    [InlineData("{ $x = 1; Test-It $x $using:list $using:flag }", "$using:list = 1, 2, $using:flag = $true")]
    [InlineData("{ Test-It $using:apiToken $using:port }", "$using:port = 8080")]
    public void A_precondition_shows_what_its_variables_stand_for_and_where_it_is(string precondition, string values)
    {
        string file = _folder.Write("x.dag.ps1", $$"""
            $port = 8080; $config = @{ Port = 8081 }; $list = 1, 2; $flag = $true; $apiToken = 'abc'
            function Test-It { $false }
            New-DagNode Up { 7 }
            New-DagNode A { } -DependsOn Up -Precondition {{precondition}}
            """);
        string text = Run("Invoke-Dag $file -Parameter @{ Site = 'a.example' }", ("file", file)).ErrorText("A")!;

        Assert.Equal($"Node 'A' did not run: its precondition {precondition} with {values} at {file}:4 does not hold.", text);
    }

    [Fact]
    public void With_Sequential_it_shows_the_variables_of_the_session() => Assert.EndsWith(
        "{ $port -eq 1 } with $port = 80 at line 1 does not hold.",
        Run("$port = 80; New-DagNode A { } -Precondition { $port -eq 1 } | Invoke-Dag -Sequential").ErrorText("A"),
        StringComparison.Ordinal);

    [Fact]
    public void A_secret_in_it_is_masked()
    {
        string text = Run("""
            $secret = ConvertTo-SecureString 'hunter22' -AsPlainText -Force
            $plain = 'hunter22'
            New-DagNode A { } -Precondition { $null = $using:secret; $using:plain -eq 'x' } | Invoke-Dag
            """).ErrorText("A")!;

        Assert.Contains("$using:plain = '***'", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_poll_that_the_run_ended_says_how_long_it_was_asked()
    {
        ShellResult result = Run("""
            New-DagNode A { } -Precondition { $false } -PreconditionTimeout 10m -PreconditionInterval 50ms | Invoke-Dag -Timeout 1s
            """);

        Assert.Equal("Cancelled", result.Status("A"));
        Assert.Matches(
            @"^Node 'A' did not run: its precondition \{ \$false \} at line 1 did not hold for [\d.,]+ (ms|s), until the run was "
                + @"cut short\.$",
            result.ErrorText("A"));
    }

    [Fact]
    public void One_whose_own_time_was_over_says_that_time() => Assert.Contains(
        "does not hold, and did not within 300 ms.",
        Run("New-DagNode A { } -Precondition { $false } -PreconditionTimeout 300ms -PreconditionInterval 50ms | Invoke-Dag").ErrorText("A"),
        StringComparison.Ordinal);

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

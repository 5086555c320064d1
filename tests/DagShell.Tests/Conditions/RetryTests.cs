using System.Net;
using System.Net.Sockets;

namespace DagShell.Tests.Conditions;

/// <summary>Failed attempts are repeated as the node says.</summary>
public sealed class RetryTests : ShellTests
{
    [Fact]
    public void A_node_is_tried_again_until_it_succeeds()
    {
        ShellResult result = Run(
            "New-DagNode A { if ($DagNode.Attempt -lt 3) { 'half'; throw 'not yet' } 'whole' } -RetryCount 5 -RetryDelay 1ms | Invoke-Dag");

        Assert.Equal("Succeeded", result.Status("A"));
        Assert.Equal(["whole"], result.NodeOutput("A"));
        Assert.Equal(3, result.Attempts("A"));
        Assert.Null(result.Error("A"));
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void When_no_attempt_is_left_it_fails_with_the_last_error()
    {
        ShellResult result = Run("New-DagNode A { throw \"failure $($DagNode.Attempt)\" } -RetryCount 2 | Invoke-Dag");

        Assert.Equal(3, result.Attempts("A"));
        Assert.Equal("failure 3", result.ErrorText("A"));
        Assert.Single(result.Streams.Error);
    }

    [Theory]
    [InlineData("throw 'x'")]
    [InlineData("Write-Error 'x'")]
    [InlineData("exit 3")]
    [InlineData("break")]
    [InlineData("[int] 'x'")]
    [InlineData("Get-NoSuchThing")]
    public void Every_way_to_fail_is_tried_again(string statement)
    {
        ShellResult result =
            Run($"New-DagNode A {{ if ($DagNode.Attempt -eq 1) {{ {statement} }} 'ok' }} -RetryCount 1 | Invoke-Dag -WarningAction Ignore");

        Assert.Equal(["ok"], result.NodeOutput("A"));
        Assert.Equal(2, result.Attempts("A"));
    }

    [Fact]
    public void RetryIf_decides_by_the_error()
    {
        ShellResult result = Run("""
            $parameters = @{ RetryCount = 5; RetryIf = { $_.Exception.Message -like 'transient*' } }
            $nodes = @(
                New-DagNode Transient { if ($DagNode.Attempt -lt 3) { throw 'transient' } 'ok' } @parameters
                New-DagNode Permanent { throw 'permanent' } @parameters
                New-DagNode Typed { [int]::Parse('x') } -RetryCount 5 -RetryIf { param($Unused) $_.Exception.InnerException -isnot [FormatException] }
                New-DagNode ByMessage { Write-Error 'transient too' -Category ConnectionError } -RetryCount 1 -RetryIf { $_.CategoryInfo.Category -eq 'ConnectionError' }
            )
            $nodes | Invoke-Dag -ErrorAction Ignore
            """);

        Assert.Equal(3, result.Attempts("Transient"));
        Assert.Equal(["ok"], result.NodeOutput("Transient"));
        Assert.Equal(1, result.Attempts("Permanent"));
        Assert.Equal(1, result.Attempts("Typed"));
        Assert.Equal(2, result.Attempts("ByMessage"));
    }

    [Fact]
    public void RetryIf_that_fails_is_told_and_means_no()
    {
        ShellResult result = Run("New-DagNode A { throw 'x' } -RetryCount 5 -RetryIf { throw 'broken' } | Invoke-Dag -ErrorAction Ignore");

        Assert.Equal(1, result.Attempts("A"));
        Assert.Equal("x", result.ErrorText("A"));
        string warning = Assert.Single(result.Streams.Warning);
        Assert.StartsWith("[A] -RetryIf failed", warning, StringComparison.Ordinal);
        Assert.Contains("broken", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-notlike", 1)]
    [InlineData("-like", 3)]
    public void RetryIf_decides_about_a_timeout_too(string comparison, int attempts)
    {
        ShellResult result = Run(
            "New-DagNode A { while ($true) { } } -Timeout 1s -RetryCount 2 -RetryIf { "
            + $"$_.FullyQualifiedErrorId {comparison} 'AttemptTimedOut*' }} | Invoke-Dag");

        Assert.Equal(attempts, result.Attempts("A"));
        Assert.StartsWith("DagNodeFailed.AttemptTimedOut", Assert.Single(result.Streams.Error).FullyQualifiedErrorId,
            StringComparison.Ordinal);
    }

    [Fact]
    public void RetryIf_leaves_its_error_to_no_other_script()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { throw 'x' } -RetryCount 1 -RetryIf { param($Unused) $_ -ne $null } -ContinueOnError
                New-DagNode B { param($Unused) $null -eq $_ } -DependsOn A
                New-DagNode C { $null -eq $_ } -DependsOn B
            )
            $nodes | Invoke-Dag -ThrottleLimit 1 -ErrorAction Ignore
            """);

        Assert.Equal([true], result.NodeOutput("B"));
        Assert.Equal([true], result.NodeOutput("C"));
    }

    [Fact]
    public void A_node_that_waits_for_its_next_attempt_holds_no_slot()
    {
        // One slot: were it held while A waits, B would not be done before A's second attempt.
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { if (-not ($using:done).IsOpen) { throw 'not yet' } 'a' } -RetryCount 1000 -RetryDelay 10ms -Priority 1
                New-DagNode B { ($using:done).Open() }
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """, ("done", new Gate()));

        Assert.Equal(["B", "A"], result.Names);
        Assert.True(result.Attempts("A") >= 2);
    }

    [Fact]
    public void Every_node_retries_by_itself()
    {
        ShellResult result = Run("""
            1..4 | ForEach-Object { New-DagNode "N$_" { if ($DagNode.Attempt -lt $using:_) { throw 'x' } $DagNode.Attempt } -RetryCount ($_ - 1) } | Invoke-Dag
            """);

        Assert.Equal([1, 2, 3, 4], result.Names.Order().Select(name => result.NodeOutput(name)[0]));
    }

    [Fact]
    public void A_script_gives_the_delay_by_the_error_and_the_node_holds_no_slot()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { if ($DagNode.Attempt -lt 3) { throw "wait $($DagNode.Attempt)00" } 'ok' } -RetryCount 3 -Priority 1 `
                    -RetryDelay { "$($_.Exception.Message.Split()[1])ms" }
                New-DagNode B { 'meanwhile' }
            )
            $results = $nodes | Invoke-Dag -ThrottleLimit 1 -Verbose
            $results.Name -join ','
            """);

        Assert.Equal("B,A", result.Text[^1]);
        Assert.Equal(
            ["100", "200"],
            result.Streams.Verbose.Where(line => line.Contains("next attempt in", StringComparison.Ordinal))
                .Select(line => line.Split("next attempt in ")[1].Split(' ')[0]));
    }

    [Theory]
    [InlineData("{ 0.05 }", 2, "")]
    [InlineData("{ [timespan]::FromMilliseconds(50) }", 2, "")]
    [InlineData("{ }", 2, "")]
    [InlineData("{ $null }", 2, "")]
    [InlineData("{ 'soon' }", 1, "-RetryDelay failed, so the node is not tried again: 'soon' is not a duration")]
    [InlineData("{ -1 }", 1, "-RetryDelay failed, so the node is not tried again: A duration cannot be negative: '-1'")]
    [InlineData("{ throw 'oops' }", 1, "-RetryDelay failed, so the node is not tried again: oops")]
    [InlineData("{ 1; 'two' }", 1, "-RetryDelay failed, so the node is not tried again: 2 values ('1', 'two') are not a duration")]
    [InlineData("{ 1..9 }", 1, "-RetryDelay failed, so the node is not tried again: 9 values ('1', '2', '3', …) are not a duration")]
    [InlineData("{ , @(1) }", 1, "-RetryDelay failed, so the node is not tried again: A list ('1') is not a duration")]
    [InlineData("{ $null; $null }", 1, "-RetryDelay failed, so the node is not tried again: 2 values ($null, $null) are not a duration")]
    public void What_the_script_gives_is_read_as_any_duration(string delay, int attempts, string warning)
    {
        ShellResult result = Run($"New-DagNode A {{ throw 'x' }} -RetryCount 1 -RetryDelay {delay} | Invoke-Dag -ErrorAction Ignore");

        Assert.Equal(attempts, result.Attempts("A"));
        Assert.StartsWith(warning, string.Concat(result.Streams.Warning.Select(line => line.Replace("[A] ", string.Empty))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_script_is_asked_after_a_timeout_too_and_not_after_the_last_attempt()
    {
        ShellResult result = Run("""
            $asked = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
            New-DagNode A { while ($true) { } } -Timeout 1s -RetryCount 1 -RetryDelay { ($using:asked).Enqueue("$_"); '10ms' } | Invoke-Dag -ErrorAction Ignore
            $asked.Count; "$asked"
            """);

        Assert.Equal(2, result.Attempts("A"));
        Assert.Equal("1", result.Text[^2]);
        Assert.StartsWith("Node 'A' took longer than its timeout of 1 s; it was at line 2 (", result.Text[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_After_of_a_server_that_throttles_is_kept_to()
    {
        using ThrottlingServer server = new(refusals: 2, retryAfterSeconds: 1);
        ShellResult result = await Task.Run(() => Run(
            """
            $waits = { [double] "$($_.Exception.Response.Headers.RetryAfter.Delta.TotalSeconds)" }
            New-DagNode Get { Invoke-RestMethod $using:address } -RetryCount 5 -RetryIf { $_.Exception.Response.StatusCode -eq 429 } -RetryDelay $waits | Invoke-Dag
            """,
            ("address", server.Address)));

        Assert.Equal(["served"], result.NodeOutput("Get"));
        Assert.Equal(3, result.Attempts("Get"));
        Assert.Equal(0, server.TooEarly);
    }

    /// <summary>Refuses a few requests, says when to come back, and counts those that came sooner.</summary>
    private sealed class ThrottlingServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private DateTime _allowed = DateTime.MinValue;

        public ThrottlingServer(int refusals, int retryAfterSeconds)
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
            }

            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    HttpListenerContext context = await _listener.GetContextAsync();
                    TooEarly += DateTime.UtcNow < _allowed ? 1 : 0;
                    if (refusals-- > 0)
                    {
                        _allowed = DateTime.UtcNow.AddSeconds(retryAfterSeconds);
                        context.Response.StatusCode = 429;
                        context.Response.AddHeader("Retry-After", $"{retryAfterSeconds}");
                        context.Response.Close();
                    }
                    else
                    {
                        context.Response.Close("served"u8.ToArray(), willBlock: true);
                    }
                }
            });
        }

        public string Address { get; }

        public int TooEarly { get; private set; }

        public void Dispose() => _listener.Close();
    }

    [Theory]
    [InlineData("exit 5", "")]
    [InlineData("break", "")]
    [InlineData("exit 5", "-Sequential")]
    public void RetryIf_and_RetryDelay_see_of_exit_and_break_what_the_result_says(string statement, string how)
    {
        ShellResult result = Run($$"""
            $r = New-DagNode a { {{statement}} } -RetryCount 1 -RetryIf { Write-Warning "$_ $($_.FullyQualifiedErrorId)"; $true } -RetryDelay { Write-Warning "$_"; 0 } |
                Invoke-Dag {{how}} -ErrorAction Ignore -WarningVariable said -WarningAction SilentlyContinue
            "$($r.Error) $($r.Error.FullyQualifiedErrorId)"; $r.Attempts; $said | ForEach-Object { "$_".Replace('[a] ', '') }
            """);

        Assert.Contains($"'{statement}'", result.Text[0], StringComparison.Ordinal);
        string text = result.Text[0]![..result.Text[0]!.LastIndexOf(' ')];
        Assert.Equal([result.Text[0], "2", result.Text[0], text, result.Text[0]], result.Text);
    }
}

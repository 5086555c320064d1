using System.Net;
using System.Text;

namespace DagShell.Tests.Failure;

/// <summary>An error's text is the message of its exception, its details after that, and what a program said before it failed.</summary>
public sealed class ErrorTextTests : ShellTests
{
    private static readonly string Failing = OperatingSystem.IsWindows()
        ? "cmd /c 'echo out& echo the cause 1>&2& exit 4'"
        : "sh -c 'echo out; echo the cause >&2; exit 4'";

    [Fact]
    public void A_program_that_fails_brings_what_it_said_into_the_error()
    {
        foreach (string sequential in (string[])["", "-Sequential"])
        {
            ShellResult result = Run($$"""
                New-DagNode A -RetryCount 1 -RetryDelay 1ms -RetryIf { "$_" -like '*the cause*' } {
                    if ($DagNode.LastError) { "$($DagNode.LastError)" } else { {{Failing}} }
                } | Invoke-Dag {{sequential}}
                New-DagNode B { 'said before'; {{Failing}} } | Invoke-Dag {{sequential}}
                """);

            Assert.Contains("the cause", (string)result.NodeOutput("A").Single()!, StringComparison.Ordinal);
            string error = result.Error("B")!.ToString();
            Assert.Matches("ended with non-zero exit code: 4", error);
            Assert.Contains("out", error, StringComparison.Ordinal);
            Assert.Contains("the cause", error, StringComparison.Ordinal);
            Assert.Contains("the cause", result.Streams.NodeFailures[^1].Exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("$($DagNode.Name)")]
    [InlineData("$(Get-Date -Format yyyy)")]
    [InlineData("$('a'.Length)` $(& { 7 })")]
    public void It_does_whatever_was_worked_out_for_its_arguments(string argument)
    {
        string failing = OperatingSystem.IsWindows()
            ? $"cmd /c \"echo the cause {argument} 1>&2& exit 4\""
            : $"sh -c \"echo the cause {argument} >&2; exit 4\"";
        string error = Run($"New-DagNode A {{\n {failing}\n}} | Invoke-Dag").Error("A")!.ToString();

        Assert.Contains("the cause", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_program_said_before_is_not_among_it()
    {
        string other = OperatingSystem.IsWindows() ? "cmd /c 'echo other 1>&2'" : "sh -c 'echo other >&2'";
        string error = Run($"New-DagNode A {{ {other}; {Failing} }} | Invoke-Dag").Error("A")!.ToString();

        Assert.Contains("the cause", error, StringComparison.Ordinal);
        Assert.DoesNotContain("other", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_lines_the_last_are_told()
    {
        string many = OperatingSystem.IsWindows() ? "cmd /c 'for /L %i in (1,1,500) do @echo line %i.& exit 1'"
            : "sh -c 'for i in $(seq 500); do echo line $i.; done; exit 1'";
        string error = Run($"New-DagNode A {{ {many} }} | Invoke-Dag").Error("A")!.ToString();

        Assert.Contains("line 500.", error, StringComparison.Ordinal);
        Assert.Contains("line 481.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("line 480.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invoke-RestMethod $using:uri", "*503*")]
    [InlineData("Invoke-WebRequest $using:uri", "*503*")]
    [InlineData("Invoke-RestMethod $using:uri", "*try later*")]
    [InlineData("curl -fsS $using:uri", "*503*")]
    public void A_retry_can_look_for_the_status_of_a_web_request(string request, string pattern)
    {
        using HttpListener listener = new();
        string uri = $"http://localhost:{FreePort()}/";
        listener.Prefixes.Add(uri);
        listener.Start();
        int asked = 0;
        _ = Task.Run(() =>
        {
            while (listener.IsListening)
            {
                try
                {
                    HttpListenerContext context = listener.GetContext();
                    context.Response.StatusCode = ++asked == 1 ? 503 : 404;
                    context.Response.OutputStream.Write(Encoding.UTF8.GetBytes("{\"message\": \"try later\"}"));
                    context.Response.Close();
                }
                catch (HttpListenerException)
                {
                    return;
                }
            }
        });
        ShellResult result = Shell.Run(
            $"New-DagNode A -RetryCount 5 -RetryDelay 1ms -RetryIf {{ \"$_\" -like '{pattern}' -and \"$_\" -notlike '*404*' }} "
                + $"{{ {request} }} | Invoke-Dag",
            ("uri", uri));

        Assert.Equal(2, result.Attempts("A"));
        Assert.Contains("404", result.Error("A")!.ToString(), StringComparison.Ordinal);
        Assert.Contains("404", Assert.Single(result.Streams.NodeFailures).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_details_stay_what_they_were()
    {
        ShellResult result = Run("""
            New-DagNode A {
                $record = [System.Management.Automation.ErrorRecord]::new([Exception]::new('message'), 'id', 'NotSpecified', 5)
                $record.ErrorDetails = '{"code": 7}'
                throw $record
            } -RetryCount 1 -RetryDelay 1ms -RetryIf { ($_.ErrorDetails.Message | ConvertFrom-Json).code -eq 7 } | Invoke-Dag
            """);

        Assert.Equal(2, result.Attempts("A"));
        Assert.Equal($"message{Environment.NewLine}{{\"code\": 7}}", result.Error("A")!.ToString());
        Assert.Equal("{\"code\": 7}", result.Error("A")!.ErrorDetails.Message);
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

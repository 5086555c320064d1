using System.Management.Automation;

namespace DagShell.Tests.Streams;

/// <summary>What nodes write to their streams goes to the caller's, live and tagged with the node's name.</summary>
public sealed class StreamTests : ShellTests
{
    [Fact]
    public void Every_stream_of_a_node_is_the_caller_s_tagged_with_its_name()
    {
        ShellResult result = Run("""
            $DebugPreference = 'Continue'
            New-DagNode 'My node' {
                Write-Warning 'w'
                Write-Verbose 'v'
                Write-Debug 'd'
                Write-Information 'i' -Tags T
                Write-Host 'h'
                Write-Error 'e' -ErrorAction Continue
                'output'
            } | Invoke-Dag -Verbose
            """);

        Assert.Equal(["output"], result.NodeOutput("My node"));
        Assert.Equal(["[My node] w"], result.Streams.Warning);
        Assert.Contains("[My node] v", result.Streams.Verbose);
        Assert.Equal(["[My node] d"], result.Streams.Debug);
        Assert.Equal("[My node] e", Assert.Single(result.Streams.Error).ToString());
        Assert.Equal(2, result.Streams.Information.Length);
        InformationRecord information = result.Streams.Information[0];
        Assert.Equal("i", information.MessageData);
        Assert.Equal("My node", information.Source);
        Assert.Equal(["T", "My node"], information.Tags);
        Assert.Contains("PSHOST", result.Streams.Information[1].Tags);
        Assert.Contains("[My node] h\n", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_come_while_the_node_runs_and_not_at_its_end()
    {
        using Gate heard = new();
        using RunningScript running =
            Shell.Start("New-DagNode A { Write-Warning 'now'; ($using:heard).Pass(); 'heard' } | Invoke-Dag", ("heard", heard));
        Patience.Until(() => running.Streams.Warning.Count > 0, "the warning");
        heard.Open();

        Assert.Equal(["heard"], running.Wait().NodeOutput("A"));
    }

    [Fact]
    public void Records_of_one_node_stay_in_order_and_come_before_its_result()
    {
        ShellResult result =
            Run("1..3 | ForEach-Object { New-DagNode \"N$_\" { foreach ($i in 1..20) { Write-Warning $i } } } | Invoke-Dag *>&1");

        foreach (string node in result.Names)
        {
            IEnumerable<string> seen = result.Output.TakeWhile(item => item.ToString() != $"{node}: Succeeded")
                .Select(item => item.ToString()).Where(text => text.StartsWith($"[{node}] ", StringComparison.Ordinal));
            Assert.Equal(Enumerable.Range(1, 20).Select(i => $"[{node}] {i}"), seen);
        }
    }

    [Fact]
    public void What_a_failed_attempt_said_is_heard()
    {
        ShellResult result =
            Run("New-DagNode A { Write-Warning \"attempt $($DagNode.Attempt)\"; if ($DagNode.Attempt -eq 1) { throw 'x' } } -RetryCount "
            + "1 | Invoke-Dag");

        Assert.Equal(["[A] attempt 1", "[A] attempt 2"], result.Streams.Warning);
    }

    [Fact]
    public void Conditions_are_heard_too()
    {
        ShellResult result = Run(
            "New-DagNode A { } -When { Write-Warning 'when'; $true } -Precondition { Write-Warning 'precondition'; $true } | Invoke-Dag");

        Assert.Equal(["[A] when", "[A] precondition"], result.Streams.Warning);
    }

    [Fact]
    public void Text_for_the_host_is_tagged_once_a_line()
    {
        Run("New-DagNode A { Write-Host 'one ' -NoNewline; Write-Host 'line'; Write-Host 'next' } | Invoke-Dag");

        Assert.Equal("[A] one line\n[A] next\n", Shell.Screen.Text);
    }

    [Theory]
    [InlineData("Write-Host 'B'", "[A] a\n[B] B\n")]
    [InlineData("Write-Host 'B' -NoNewline", "[A] a\n[B] B\n")]
    [InlineData("Write-Information 'B' -InformationAction Continue", "[A] a\n[B] B\n")]
    [InlineData("Write-Host 'B' -NoNewline; Write-Host 'b'; Write-Host 'c'", "[A] a\n[B] Bb\n[B] c\n")]
    public void A_line_that_a_node_began_is_not_another_nodes_to_end(string second, string expected)
    {
        Run($"(New-DagNode A {{ Write-Host 'a' -NoNewline }}), (New-DagNode B {{ {second} }} -DependsOn A) | Invoke-Dag "
            + "-InformationAction Continue");

        Assert.Equal(expected, Shell.Screen.Text);
    }

    [Fact]
    public void Information_is_shown_with_the_nodes_name_and_keeps_its_object()
    {
        ShellResult result = Run("""
            New-DagNode A { Write-Information 'text'; Write-Information @{ key = 1 }; Write-Information (Get-Date -Year 2020) } |
                Invoke-Dag -InformationVariable told -InformationAction Continue
            $told[0].MessageData; $told[1].MessageData.key; $told[2].MessageData.Year; "$($told[0])"
            """);

        Assert.Equal(["text", "1", "2020", "[A] text"], result.Text.TakeLast(4));
        Assert.StartsWith("[A] text\n[A] System.Collections.Hashtable\n[A] ", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_that_the_script_goes_on_after_keeps_what_it_is()
    {
        ShellResult result = Run("""
            New-DagNode A { Write-Error 'careless' -ErrorId MyId -Category ResourceBusy -TargetObject 5 -ErrorAction Continue; 'went on' } | Invoke-Dag
            """);

        Assert.Equal("Succeeded", result.Status("A"));
        ErrorRecord error = Assert.Single(result.Streams.Error);
        Assert.StartsWith("MyId", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
        Assert.Equal(5, Unwrapped.Value(error.TargetObject));
        Assert.Equal("careless", error.Exception.Message);
    }

    [Fact]
    public void Redirections_work_as_everywhere()
    {
        ShellResult result =
            Run("$all = New-DagNode A { Write-Warning 'w'; 'o' } | Invoke-Dag 3>&1; $all.Count; \"$($all[0])\"; New-DagNode B { "
            + "Write-Warning 'w' } | Invoke-Dag 3>$null");

        Assert.Equal(["2", "[A] w", "B: Succeeded"], result.Text);
        Assert.DoesNotContain("WARNING", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Verbose_tells_the_story_of_a_run()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode A { if ($DagNode.Attempt -eq 1) { throw 'x' } } -RetryCount 1 -RetryDelay 10ms
                New-DagNode B { } -When { $false }
                New-DagNode C { throw 'final' } -DependsOn A
            )
            $nodes | Invoke-Dag -Verbose -ThrottleLimit 1 -ErrorAction Ignore
            """);
        string story = string.Join('\n', result.Streams.Verbose);

        Assert.Contains("[A] started", story, StringComparison.Ordinal);
        Assert.Contains("[A] failed, next attempt in 10 ms: x", story, StringComparison.Ordinal);
        Assert.Contains("[A] attempt 2 started", story, StringComparison.Ordinal);
        Assert.Contains("[A] succeeded in", story, StringComparison.Ordinal);
        Assert.Contains("[B] skipped: its condition (-When) was false", story, StringComparison.Ordinal);
        Assert.Contains("[C] failed after", story, StringComparison.Ordinal);
        Assert.All(
            result.Streams.VerboseLines.Where(line => !line.StartsWith("Performing", StringComparison.Ordinal)),
            line => Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} (\[|run )", line));
        Assert.Matches(
            "^run failed in [^:]+: 1 of 3 nodes succeeded, 1 failed, 1 skipped; .* of work, .* at once on average of 1; "
                + "longest path .*: A → C$",
            result.Streams.Verbose[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Sequential")]
    [InlineData("-UseNewRunspace")]
    public void Modules_that_nodes_import_do_not_chatter_in_it(string arguments)
    {
        using ScratchFolder folder = new();
        string module = folder.Write(
            "Chat.psm1", "function Get-Chat { [CmdletBinding()] param() Write-Verbose 'inside' -Verbose; 'chat' }");
        ShellResult result = Run(
            $$"""
            New-DagNode A { Import-Module {{module}} -Force; Get-Chat; Remove-Module Chat } | Invoke-Dag -Verbose {{arguments}}
            """);

        Assert.Equal(["[A] started", "[A] inside"], result.Streams.Verbose.Where(line => line.StartsWith('[')).Take(2));
        Assert.Equal(3, result.Streams.Verbose.Count(line => line.StartsWith('[')));
    }

    [Fact]
    public void One_that_is_asked_to_say_what_it_imports_says_it()
    {
        using ScratchFolder folder = new();
        string module = folder.Write("Chat.psm1", "function Get-Chat { 'chat' }");
        foreach (string arguments in new[] { string.Empty, "-Sequential" })
        {
            Assert.Contains(
                "[A] Importing function 'Get-Chat'.",
                Run($"New-DagNode A {{ Import-Module {module} -Force -Verbose }} | Invoke-Dag {arguments}").Streams.Verbose);
        }
    }

    [Theory]
    [InlineData("Write-Verbose 'own' -Verbose", "4>&1")]
    [InlineData("Write-Debug 'own' -Debug", "5>&1")]
    [InlineData("$VerbosePreference = 'Continue'; Write-Verbose 'own'", "4>&1")]
    [InlineData("Write-Warning 'own'", "3>&1")]
    public void What_a_node_shows_by_its_own_preference_can_be_redirected(string script, string redirection)
    {
        foreach (string arguments in new[] { "-Sequential", string.Empty })
        {
            string[] text = Run($"New-DagNode A {{ {script} }} | Invoke-Dag {arguments} {redirection}").Text;
            Assert.Equal(["[A] own", "A: Succeeded"], text);
        }
    }
}

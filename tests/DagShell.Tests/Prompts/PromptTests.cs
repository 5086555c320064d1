using System.Management.Automation;

namespace DagShell.Tests.Prompts;

/// <summary>What a node asks comes to the caller's host, one question at a time, with the node's name.</summary>
public sealed class PromptTests : ShellTests
{
    [Theory]
    [InlineData("Read-Host 'Your name'", "[Ask] ||Your name", "yes")]
    [InlineData("Read-Host", "line", "yes")]
    [InlineData("$Host.UI.ReadLine()", "line", "yes")]
    [InlineData("Read-Host 'Token' -MaskInput", "[Ask] ||Token", "yes")]
    [InlineData("(Read-Host 'Token' -AsSecureString) -is [securestring]", "[Ask] ||Token", "True")]
    [InlineData("$c = Get-Credential bob; \"$($c.UserName) $($c.GetNetworkCredential().Password)\"", "[Ask] *|bob", "bob yes")]
    [InlineData("$Host.UI.PromptForChoice('Deploy', 'Really?', ('&Yes', '&No'), 1)", "[Ask] Deploy|Really?|&Yes,&No|1", "0", "0")]
    [InlineData("& { [CmdletBinding(SupportsShouldProcess)] param() $PSCmdlet.ShouldProcess('x') } -Confirm",
        "[Ask] Confirm|*x*", "True", "0")]
    [InlineData("function f { param([Parameter(Mandatory)] $Size) $Size } f", "[Ask] *Size", "yes")]
    [InlineData("1 | ForEach-Object { Read-Host 'inside' }", "[Ask] ||inside", "yes")]
    public void A_question_of_a_node_is_asked_on_the_caller_s_host(string script, string question, string output, string answer = "yes")
    {
        List<string> questions = [];
        Shell.Screen.Answer = asked =>
        {
            questions.Add(asked);
            return answer;
        };
        ShellResult result = Run($"New-DagNode Ask {{ {script} }} | Invoke-Dag");

        Assert.True(new WildcardPattern(WildcardPattern.Escape(question).Replace("`*", "*", StringComparison.Ordinal))
            .IsMatch(Assert.Single(questions)), questions.Single());
        Assert.Equal(output, Assert.Single(result.NodeOutput("Ask"))?.ToString());
        Assert.True(question != "line" || Shell.Screen.Text.Contains("[Ask] ", StringComparison.Ordinal));
    }

    [Fact]
    public void One_question_is_asked_at_a_time_and_each_node_gets_its_own_answer()
    {
        int open = 0;
        Shell.Screen.Answer = asked =>
        {
            Assert.Equal(1, Interlocked.Increment(ref open));
            Interlocked.Decrement(ref open);
            return asked.Split('|')[0];
        };
        ShellResult result = Run("1..20 | ForEach-Object { New-DagNode \"N$_\" { Read-Host 'q' } } | Invoke-Dag -ThrottleLimit 20");

        Assert.All(result.Names, name => Assert.Equal([$"[{name}] "], result.NodeOutput(name)));
        Assert.Equal(20, result.Names.Length);
    }

    [Fact]
    public void Other_nodes_go_on_meanwhile_and_their_results_come_after_the_answer()
    {
        using Gate other = new();
        Shell.Screen.Answer = _ =>
        {
            other.Pass();
            return "answer";
        };
        ShellResult result = Run(
            "(New-DagNode Ask { Read-Host 'q' }), (New-DagNode One { }), (New-DagNode Two { $global:other.Open() } -DependsOn One) "
                .Replace("$global:other", "($using:other)", StringComparison.Ordinal) + "| Invoke-Dag",
            ("other", other));

        Assert.Equal(["answer"], result.NodeOutput("Ask"));
    }

    [Fact]
    public void A_node_whose_time_is_over_fails_and_the_answer_is_dropped()
    {
        using Gate failed = new();
        Shell.Screen.Answer = _ =>
        {
            failed.Pass();
            return "late";
        };
        ShellResult result = Shell.Run(
            "(New-DagNode Ask { Read-Host 'q' } -Timeout 2s), (New-DagNode Then { ($using:failed).Open() } -DependsOn Ask -TriggerRule "
                + "AnyFailed) | Invoke-Dag -ErrorAction Ignore",
            ("failed", failed));

        Assert.Equal(["Ask Failed", "Then Succeeded"], result.Statuses);
        Assert.StartsWith("AttemptTimedOut", result.Error("Ask")?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("too late", Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Read-Host 'q'")]
    [InlineData("Get-Credential")]
    [InlineData("$Host.UI.PromptForChoice('a', 'b', ('&Yes', '&No'), 0)")]
    [InlineData("$Host.UI.RawUI.ReadKey()")]
    public void Where_nobody_can_be_asked_the_node_fails_as_a_script_does(string script)
    {
        ShellResult result = Shell.Run($"New-DagNode Ask {{ {script} }} | Invoke-Dag -ErrorAction Ignore");

        Assert.Contains("Nobody is there to ask.", result.ErrorText("Ask"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_can_catch_that_nobody_can_be_asked() =>
        Assert.Equal(["default"], Run("New-DagNode Ask { try { Read-Host 'q' } catch { 'default' } } | Invoke-Dag").NodeOutput("Ask"));

    [Fact]
    public void A_job_has_nobody_to_ask()
    {
        Shell.Screen.Answer = _ => "nobody saw this";
        ShellResult result =
            Run("$job = New-DagNode Ask { Read-Host 'q' } | Invoke-Dag -AsJob; $null = $job | Wait-Job; $job.Run.Nodes['Ask']");

        Assert.StartsWith("Nobody can be asked here.", result.ErrorText("Ask"), StringComparison.Ordinal);
    }

    [Fact]
    public void With_Sequential_the_host_is_the_caller_s_own()
    {
        Shell.Screen.Answer = asked => asked;

        Assert.Equal(["||q"], Run("New-DagNode Ask { Read-Host 'q' } | Invoke-Dag -Sequential").NodeOutput("Ask"));
    }
}

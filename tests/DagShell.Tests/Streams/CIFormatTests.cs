namespace DagShell.Tests.Streams;

/// <summary>In a CI system what a node says is a group, and a node that fails an annotation at its line.</summary>
public sealed class CIFormatTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void What_a_node_says_is_in_a_group_of_its_own_in_its_order()
    {
        string[] lines = Lines("""
            New-DagNode Build { 'compiling'; Write-Host 'linking'; Write-Warning 'old'; 'linked'; Write-Information 'hidden'; 5 } |
                Invoke-Dag -CIFormat GitHubActions
            """);

        Assert.StartsWith("::group::[Build] succeeded in ", lines[0], StringComparison.Ordinal);
        Assert.Equal(["compiling", "linking", "WARNING: [Build] old", "linked", "::endgroup::"], lines[1..]);
    }

    [Fact]
    public void Groups_of_nodes_that_run_at_once_are_not_mixed()
    {
        ShellResult result = Run(
            """
            $gates = 1..50 | ForEach-Object { [DagShell.Tests.Hosting.Gate]::new() }
            @(
                New-DagNode A { foreach ($i in 0..23) { "a$i"; $g = $using:gates; $g[2 * $i].Open(); $g[2 * $i + 1].Pass() } }
                New-DagNode B { foreach ($i in 0..23) { $g = $using:gates; $g[2 * $i].Pass(); Write-Host "b$i"; $g[2 * $i + 1].Open() } }
            ) | Invoke-Dag -CIFormat GitHubActions
            """);

        Assert.Equal(["A Succeeded", "B Succeeded"], result.Statuses);
        string[] lines = ScreenLines();
        int[] starts = [.. lines.Index().Where(line => line.Item.StartsWith("::group::", StringComparison.Ordinal)).Select(l => l.Index)];
        Assert.Equal(2, starts.Length);
        foreach (int start in starts)
        {
            string letter = lines[start].Contains("[A]", StringComparison.Ordinal) ? "a" : "b";
            Assert.Equal(
                [.. Enumerable.Range(0, 24).Select(i => $"{letter}{i}"), "::endgroup::"],
                lines[(start + 1)..(start + 26)]);
        }
    }

    [Fact]
    public void A_failed_node_is_an_annotation_at_its_line()
    {
        string file = _folder.Write("a,b.dag.ps1", "\nNew-DagNode 'Do: it, now' {\n    throw \"100% of it,\nor: none\"\n}");

        string[] lines = Lines("Invoke-Dag $file -CIFormat GitHubActions -ErrorAction SilentlyContinue", ("file", file));

        string path = file.Replace(",", "%2C", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal);
        Assert.Contains($"::error file={path},line=3,title=Node 'Do%3A it%2C now' failed::100%25 of it,%0Aor: none", lines);
    }

    [Fact]
    public void Azure_gets_its_own_commands()
    {
        string file = _folder.Write("a;b].dag.ps1", "New-DagNode 'A;]' { 'said'; throw \"50% of; it]`r`nsecond\" }");

        string[] lines = Lines("Invoke-Dag $file -CIFormat azuredevops -ErrorAction SilentlyContinue", ("file", file));

        string path = file.Replace(";", "%3B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
        Assert.StartsWith("##[group][A;]] failed after ", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\r', lines[0]);
        Assert.Equal(["said", "##[endgroup]"], lines[1..3]);
        Assert.Contains(
            $"##vso[task.logissue type=error;sourcepath={path};linenumber=1;]Node 'A;]' failed: 50%AZP25 of; it]%0D%0Asecond", lines);
    }

    [Theory]
    [InlineData("GitHubActions", "##[add-mask]")]
    [InlineData("GitHubActions", "::stop-commands::")]
    [InlineData("AzureDevOps", "##vso[task.setvariable variable=x]")]
    public void What_a_node_failed_or_was_skipped_with_is_no_command(string format, string command)
    {
        string[] lines = Lines(
            "@(New-DagNode A { throw $using:text }), (New-DagNode B { Skip-DagNode $using:text }), "
            + "(New-DagNode C { } -When { Skip-DagNode $using:text }) | "
            + $"Invoke-Dag -CIFormat {format} -ErrorAction SilentlyContinue",
            ("text", command + "evil"));

        // An annotation is a command itself, whose text ends with its line.
        Assert.All(
            lines.Where(line => !line.StartsWith("::error ", StringComparison.Ordinal)
                && !line.StartsWith("##vso[task.logissue ", StringComparison.Ordinal)),
            line => Assert.True(
                command[0] == ':' ? !line.StartsWith(command, StringComparison.Ordinal) : !line.Contains(command, StringComparison.Ordinal),
                line));
        Assert.Equal(6, lines.Length);
    }

    [Fact]
    public void All_that_ends_a_line_is_escaped()
    {
        const string Failing = "New-DagNode A::stop { throw \"50%25`r`n::stop`n##vso[stop\" } | Invoke-Dag -ErrorAction SilentlyContinue";

        Assert.Contains(
            "::error title=Node 'A%3A%3Astop' failed::50%2525%0D%0A::stop%0A##vso[stop", Lines($"{Failing} -CIFormat GitHubActions"));
        Assert.Contains(
            "##vso[task.logissue type=error;]Node 'A::stop' failed: 50%AZP2525%0D%0A::stop%0A##vso[stop",
            Lines($"{Failing} -CIFormat AzureDevOps"));
    }

    [Theory]
    [InlineData("GitHubActions", @"::group::\[A\] failed after [^:]+: 50%25, once", "::endgroup::")]
    [InlineData("AzureDevOps", @"##\[group\]\[A\] failed after [^:]+: 50%, once", "##[endgroup]")]
    public void The_title_of_a_group_and_what_is_told_of_nodes_that_did_not_run_is_one_line(string format, string title, string end)
    {
        string[] lines = Lines(
            "@(New-DagNode A { throw $using:text }), (New-DagNode B { Skip-DagNode $using:text } -DependsOn A -TriggerRule AllDone), "
            + "(New-DagNode C { } -DependsOn B -TriggerRule AllDone -When { Skip-DagNode $using:text }) | "
            + $"Invoke-Dag -CIFormat {format} -ErrorAction SilentlyContinue",
            ("text", "50%, once\r::stop-commands::x\r\n##[stop]\ntwice"));

        Assert.Matches($"^{title}$", lines[0]);
        Assert.Equal([end, "[C] skipped: 50%, once"], [lines[1], lines[^1]]);
        Assert.DoesNotContain(lines[1..], line => line.StartsWith("::stop", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_end_of_the_run_tells_is_no_command_either()
    {
        string[] lines = Lines(
            "New-DagNode A { throw $using:text } | Invoke-Dag -CIFormat AzureDevOps 2>$null",
            ("text", "lost\r::stop-commands::x\r\n##vso[task.setvariable variable=x]evil"));

        Assert.EndsWith("lost ::stop-commands::x ##vso [task.setvariable variable=x]evil", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ Start-Sleep 60 } -Timeout 1ms", 2)]
    [InlineData("{ 1 } -Precondition { $false }", 2)]
    [InlineData("{ exit 3 }", 2)]
    [InlineData("{ param([Parameter(Mandatory)] $x) }", 2)]
    [InlineData("{\n Write-Error 'x' }", 3)]
    [InlineData("{\n\n Get-Item ./nothing }", 4)]
    [InlineData("-ForEach 1, 2, 3 {\n if ($_ -gt 1) {\n throw 'x' } }", 4)]
    [InlineData("{ 'x' } -ForEach {\n throw 'no list' }", 3)]
    [InlineData("{ [int]::Parse('x') }", 2)]
    public void Whatever_a_node_fails_by_it_has_a_line(string node, int line)
    {
        string file = _folder.Write("x.dag.ps1", "\nNew-DagNode A " + node);

        string[] lines = Lines("Invoke-Dag $file -CIFormat GitHubActions -ErrorAction SilentlyContinue", ("file", file));

        Assert.Single(
            lines, text => text.StartsWith($"::error file={file.Replace(":", "%3A", StringComparison.Ordinal)},line={line},",
                StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_entered_at_a_prompt_has_no_file() => Assert.Contains(
        "::error title=Node 'A' failed::boom",
        Lines("New-DagNode A { throw 'boom' } | Invoke-Dag -CIFormat GitHubActions -ErrorAction SilentlyContinue"));

    [Fact]
    public void A_failure_that_does_no_harm_is_a_warning()
    {
        string[] lines = Lines("""
            @(
                New-DagNode Tolerated { throw 'a' } -ContinueOnError
                New-DagNode Stood { throw 'b' }
                New-DagNode StandIn { 1 } -FallbackFor Stood
            ) | Invoke-Dag -CIFormat GitHubActions -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
            """);

        Assert.Contains("::warning title=Node 'Tolerated' failed::a", lines);
        Assert.Contains("::warning title=Node 'Stood' failed::b", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("::error", StringComparison.Ordinal));
    }

    [Fact]
    public void What_did_not_run_is_a_line_and_no_group()
    {
        string[] lines = Lines("""
            @(
                New-DagNode A { } -When { $false }
                New-DagNode B { } -DependsOn A
            ) | Invoke-Dag -CIFormat GitHubActions
            """);

        Assert.Equal(["[A] skipped: its condition (-When) was false", "[B] skipped: dependency 'A' was skipped"], lines);
    }

    [Fact]
    public void A_run_s_timeout_is_an_annotation() => Assert.Contains(
        Lines("New-DagNode A { Start-Sleep 60 } | Invoke-Dag -CIFormat GitHubActions -Timeout 50ms -ErrorAction SilentlyContinue"),
        line => line.StartsWith("::error title=The run was cut short::The run took longer", StringComparison.Ordinal));

    [Fact]
    public void Secrets_are_masked_in_all_of_it()
    {
        string[] lines = Lines("""
            $secret = ConvertTo-SecureString 'Pa55word' -AsPlainText -Force
            @(
                New-DagNode A { param($secret) $plain = ConvertFrom-SecureString $secret -AsPlainText; "out $plain"
                    Write-Host "host $plain"; Write-Warning "warned $plain"; throw "thrown $plain" }
                New-DagNode B { } -When { param($secret) Skip-DagNode "skipped $(ConvertFrom-SecureString $secret -AsPlainText)" }
            ) | Invoke-Dag -CIFormat GitHubActions -Parameter @{ secret = $secret } -ErrorAction SilentlyContinue
            """);

        Assert.Contains("out ***", lines);
        Assert.Contains("host ***", lines);
        Assert.Contains("WARNING: [A] warned ***", lines);
        Assert.Contains("[B] skipped: skipped ***", lines);
        Assert.Contains(lines, line => line.StartsWith("::group::[A] failed", StringComparison.Ordinal)
            && line.EndsWith(": thrown ***", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("::thrown ***", StringComparison.Ordinal));
        Assert.DoesNotContain("Pa55word", string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_that_a_node_itself_has_for_the_CI_system_begin_their_line() => Assert.Contains(
        "::notice file=app.js::tidy", Lines("New-DagNode A { '::notice file=app.js::tidy' } | Invoke-Dag -CIFormat GitHubActions"));

    [Fact]
    public void Of_items_each_line_says_whose_it_is() => Assert.Equal(
        ["[A#0] one", "[A#1] two"],
        Lines("New-DagNode A { $_ } -ForEach one, two | Invoke-Dag -CIFormat GitHubActions -ThrottleLimit 1")[1..3]);

    [Fact]
    public void Who_says_much_is_heard_before_its_end()
    {
        using Gate heard = new();
        using RunningScript running = Shell.Start(
            "New-DagNode A { 1..1500 | ForEach-Object { Write-Host \"line $_\" }; ($using:heard).Pass() } | "
            + "Invoke-Dag -CIFormat GitHubActions",
            ("heard", heard));
        Patience.Until(() => Shell.Screen.Text.Contains("line 1000\n", StringComparison.Ordinal), "a part");
        heard.Open();
        running.Wait();

        string[] lines = ScreenLines();
        Assert.Equal("::group::[A] goes on", lines[0]);
        Assert.Equal("::endgroup::", lines[1001]);
        Assert.Equal(Enumerable.Range(1, 1500).Select(i => $"line {i}"), lines.Where(line => line.StartsWith('l')));
    }

    [Fact]
    public void A_stop_loses_nothing_that_was_said()
    {
        using Gate said = new();
        using RunningScript running = Shell.Start(
            "New-DagNode A { 'before'; Write-Host 'the stop'; ($using:said).Open(); Start-Sleep 600 } | "
            + "Invoke-Dag -CIFormat GitHubActions",
            ("said", said));
        said.Pass();
        running.Stop();

        string[] lines = ScreenLines();
        Assert.StartsWith("::group::[A] cancelled: stopped; it was at line 1", lines[0], StringComparison.Ordinal);
        Assert.Equal(["before", "the stop", "::endgroup::"], lines[1..4]);
        Assert.EndsWith(": 1 cancelled", Assert.Single(lines[4..]), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_and_redirections_get_what_they_get_without_it()
    {
        ShellResult result = Run("""
            New-DagNode A { Write-Warning 'w'; Write-Information 'i'; Write-Error 'e' -ErrorAction Continue; 'out' } |
                Invoke-Dag -CIFormat GitHubActions -WarningVariable w -InformationVariable i -ErrorVariable e -ErrorAction SilentlyContinue
            "$w|$($i.Where{ $_.Source -eq 'A' })|$e"
            """);

        Assert.Equal("[A] w|[A] i out|[A] e", result.Text[^1]);
        Assert.Equal(["out"], result.NodeOutput("A"));
    }

    [Fact]
    public void Without_a_CI_system_and_with_None_all_is_as_ever()
    {
        foreach (string format in (string[])["", "-CIFormat None", "-CIFormat Auto"])
        {
            Assert.Equal(["[A] said"], Lines($"New-DagNode A {{ Write-Host said }} | Invoke-Dag {format}")[^1..]);
        }

        Assert.DoesNotContain("::", Shell.Screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_job_it_is_refused()
    {
        ShellResult result = Shell.Run("New-DagNode A { } | Invoke-Dag -AsJob -CIFormat GitHubActions");

        Assert.StartsWith("InvalidParameters", result.ThrownRecord!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void One_after_another_in_this_session_has_groups_too() => Assert.Equal(
        ["out", "host", "::endgroup::"],
        Lines("New-DagNode A { 'out'; Write-Host host } | Invoke-Dag -Sequential -CIFormat GitHubActions")[1..]);

    private string[] Lines(string script, params (string Name, object? Value)[] variables)
    {
        Run(script, variables);
        return ScreenLines();
    }

    private string[] ScreenLines() => Shell.Screen.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        if (isDisposing)
        {
            _folder.Dispose();
        }
    }
}

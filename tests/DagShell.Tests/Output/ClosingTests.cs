using System.Management.Automation;

namespace DagShell.Tests.Output;

/// <summary>What a run that did not go well says at its end.</summary>
public sealed class ClosingTests : ShellTests
{
    private const string Nodes = """
        $nodes = @(
            New-DagNode Good { }
            New-DagNode Bad {
                throw 'no room'
            } -DependsOn Good
            New-DagNode Shaky { throw 'never mind' } -ContinueOnError
            New-DagNode Later { } -DependsOn Bad
            New-DagNode Last { } -DependsOn Later
        )

        """;

    [Fact]
    public void It_counts_and_names_each_failed_node_once_those_that_count_first()
    {
        string[] lines = Closing(Shell.Run(Nodes + "$nodes | Invoke-Dag -ErrorVariable errors 2>$null | Out-Null"));

        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^Failed in [\d.]+ m?s: 2 failed \(1 tolerated\), 2 skipped$", lines[0]);
        Assert.Equal(["  ✗ Bad at line 4: no room", "  ✗ Shaky at line 6: never mind (tolerated)"], lines[1..]);
    }

    [Fact]
    public void Of_a_program_that_failed_it_has_the_words()
    {
        string[] lines = Closing(Shell.Run(
            "(New-DagNode A { sh -c 'echo no such table >&2; exit 3' }), (New-DagNode B -ForEach 7 { sh -c 'echo no row >&2; exit 3' }) | "
            + "Invoke-Dag 2>$null | Out-Null"));

        string[] failed = [.. lines.Where(line => line.StartsWith("  ✗", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Matches("^  ✗ A at line 1: .*exit code: 3.* no such table$", failed[0]);
        Assert.Matches("^  ✗ B.*: 1 of 1 items failed: B#0 \\(7\\): .*exit code: 3.* no row$", failed[1]);
    }

    [Theory]
    [InlineData("New-DagNode A {\nthrow (ConvertFrom-SecureString $using:ss -AsPlainText) }", "A at line 3: ***")]
    [InlineData("New-DagNode A {\n'x'\nexit 3 }", "A at line 4: The script of node 'A' ended with 'exit 3'.")]
    [InlineData("New-DagNode A {\n'x'\nbreak }", "A at line 4: The script of node 'A' came upon a 'break' outside")]
    [InlineData("New-DagNode A {\nif ($true) { exit 3 }\nexit 4 }", "A at line 2: The script of node 'A' ended with 'exit 3'.")]
    [InlineData("New-DagNode A -ForEach 1, 2 {\nif ($_ -eq 2) { throw 'two' } }", "A at line 3: 1 of 2 items failed: A#1 (2): two")]
    [InlineData("New-DagNode A -ForEach 1, 2 {\nif ($_ -eq 2) {\nexit 3 } }", "A at line 4: 1 of 2 items failed: A#1 (2): The script")]
    [InlineData("New-DagNode A -Precondition { $false } { }", "A: Node 'A' did not run")]
    [InlineData("New-DagNode A -When { exit 3 } { }", "A: The script of node 'A'")]
    public void It_says_where_each_failed(string node, string line)
    {
        const string Secret = "$ss = ConvertTo-SecureString S3kr3t -AsPlainText -Force\n";
        ShellResult shown = Shell.Run($"{Secret}{node} | Invoke-Dag 2>$null | Out-Null");
        ShellResult thrown = Shell.Run($"{Secret}{node} | Invoke-Dag -ErrorAction Stop | Out-Null");

        Assert.StartsWith($"  ✗ {line}", Closing(shown)[1], StringComparison.Ordinal);
        Assert.Contains($"  {line}", thrown.Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_with_the_line_that_resumes()
    {
        using ScratchFolder folder = new();
        string[] lines = Closing(Shell.Run(
            "Set-Location $folder\n" + Nodes + "$null = $nodes | Invoke-Dag -Checkpoint n.journal 2>$null", ("folder", folder.FullName)));

        Assert.Equal("To go on with what is left: $nodes | Invoke-Dag -Checkpoint n.journal -Resume", lines[^1]);
    }

    [Theory]
    [InlineData("-Resume", " -Resume")]
    [InlineData("-Resume:$false", "")]
    [InlineData("-Resume:$go", "")]
    [InlineData("-Res:$go -ThrottleLimit 2", " -ThrottleLimit 2")]
    [InlineData("@yes", " @yes")]
    [InlineData("@no", " @no")]
    public void That_line_resumes_whatever_the_one_before_said_of_it(string written, string kept)
    {
        using ScratchFolder folder = new();
        string[] lines = Closing(Shell.Run(
            "Set-Location $folder; $go = $false; $yes = @{ Resume = $true }; $no = @{ Resume = $false }\n" + Nodes
            + $"$null = $nodes | Invoke-Dag -Checkpoint n.journal {written} 2>$null", ("folder", folder.FullName)));

        string resume = kept is " -Resume" or " @yes" ? string.Empty : " -Resume";
        Assert.Equal($"To go on with what is left: $nodes | Invoke-Dag -Checkpoint n.journal{kept}{resume}", lines[^1]);
    }

    [Fact]
    public void Of_very_many_it_names_ten()
    {
        string[] lines = Closing(Shell.Run(
            "1..500 | ForEach-Object { New-DagNode \"N$_\" { throw 'x' } } | Invoke-Dag 2>$null | Out-Null"));

        Assert.Equal(12, lines.Length);
        Assert.EndsWith("500 failed", lines[0], StringComparison.Ordinal);
        Assert.Equal("  … and 490 more", lines[^1]);
    }

    [Fact]
    public void Where_an_error_names_them_it_does_not()
    {
        ShellResult result = Shell.Run(Nodes + "$nodes | Invoke-Dag -ErrorAction Stop | Out-Null");

        Assert.Contains("no room", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Single(Closing(result));
    }

    [Theory]
    [InlineData("New-DagNode Good { } | Invoke-Dag")]
    [InlineData("New-DagNode Bad { throw 'x' } | Invoke-Dag -ErrorAction SilentlyContinue")]
    [InlineData("New-DagNode Bad { throw 'x' } | Invoke-Dag -ErrorAction Ignore")]
    [InlineData("New-DagNode Bad { throw 'x' } | Invoke-Dag -AsJob -ErrorAction Ignore | Wait-Job | Receive-Job 2>$null")]
    [InlineData("New-DagNode A { 1 }, (New-DagNode B { }) | Invoke-Dag | Select-Object -First 1")]
    public void It_is_silent_of_what_went_well_and_where_errors_are(string script) => Assert.Empty(Closing(Shell.Run(script)));

    [Fact]
    public void A_job_says_it_where_it_is_received_once()
    {
        using ScratchFolder folder = new();
        string[] lines = Closing(Shell.Run(
            "Set-Location $folder\n" + Nodes + """
                $job = $nodes | Invoke-Dag -AsJob -Checkpoint n.journal
                $null = $job | Wait-Job | Receive-Job 2>$null
                $null = $job | Receive-Job
                """,
            ("folder", folder.FullName)));

        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^Failed in [\d.]+ m?s: 2 failed \(1 tolerated\), 2 skipped$", lines[0]);
        Assert.Equal(
            [
                "  ✗ Bad at line 5: no room", "  ✗ Shaky at line 7: never mind (tolerated)",
                "To go on with what is left: $nodes | Invoke-Dag -AsJob -Checkpoint n.journal -Resume",
            ],
            lines[1..]);
    }

    private static string[] Closing(ShellResult result) =>
    [
        .. result.Streams.Information.Select(record => record.MessageData).OfType<HostInformationMessage>()
            .Select(message => message.Message),
    ];
}

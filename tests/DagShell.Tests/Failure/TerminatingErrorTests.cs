using System.Management.Automation;

namespace DagShell.Tests.Failure;

/// <summary>
/// Which error actions let a script go on after a cmdlet that ended with an error: the same for all cmdlets, as with PowerShell's own. The
/// scripts run without a <c>try</c> around them, which would be the end of them in any case.
/// </summary>
public sealed class TerminatingErrorTests : ShellTests
{
    /// <summary>By cmdlet, what ends it: its own refusals, and what PowerShell's own API throws in it.</summary>
    private static readonly Dictionary<string, string[]> Mistakes = new()
    {
        ["Add-DagEdge"] = ["1 | Add-DagEdge A B"],
        ["Export-Dag"] =
        [
            "New-DagNode A { } | Export-Dag ./x.unknown",
            "New-DagNode A { } | Export-Dag ./no-such-folder/x.svg",
            "New-DagNode A { } | Export-Dag nodrive:x.svg",
            "New-DagNode A { } | Export-Dag env:x.svg",
            "New-DagNode A { } -DependsOn B | Export-Dag ./x.svg",
            "1 | Export-Dag ./x.svg",
            "Export-Dag ./x.svg -Checkpoint ./no-such-journal",
        ],
        ["Export-DagRun"] = ["1 | Export-DagRun ./x.html", "Export-DagRun ./x.html -Checkpoint ./no-such-journal",
            "Export-DagRun ./x.unknown -Checkpoint y"],
        ["Get-DagPlan"] = ["1 | Get-DagPlan", "New-DagNode A { } -DependsOn B | Get-DagPlan"],
        ["Invoke-Dag"] =
        [
            "1 | Invoke-Dag",
            "New-DagNode A { } -DependsOn B | Invoke-Dag",
            "New-DagNode A { } | Invoke-Dag -Resume",
            "New-DagNode A { } | Invoke-Dag -Target B",
            "New-DagNode A { } | Invoke-Dag -Checkpoint nodrive:x",
            "Invoke-Dag -Path ./no-such-file.dag.ps1",
        ],
        ["Measure-DagRun"] = ["1 | Measure-DagRun", "Measure-DagRun -Checkpoint ./no-such-journal"],
        ["New-Dag"] = ["1 | New-Dag", "New-Dag { 1 }", "New-DagNode A { } | New-Dag -PoolLimit @{ sql = 0 }"],
        ["New-DagNode"] = ["New-DagNode \"`0\" { }", "New-DagNode A { $using:none }", "New-DagNode A { } -Timeout 0"],
        ["New-DagSession"] = ["New-DagSession no-such-program", "New-DagSession sh -ConnectingTimeout 0"],
        ["Show-Dag"] = ["1 | Show-Dag", "New-DagNode A { } -DependsOn B | Show-Dag", "Show-Dag -Checkpoint ./no-such-journal"],
        ["Skip-DagNode"] = ["Skip-DagNode"],
        ["Test-Dag"] = ["1 | Test-Dag"],
    };

    public static TheoryData<string> AllMistakes => [.. Mistakes.Values.SelectMany(mistakes => mistakes)];

    [Theory]
    [MemberData(nameof(AllMistakes))]
    public void Whether_the_script_goes_on_is_for_the_error_action_to_say(string mistake)
    {
        Assert.Equal((true, true), RunAsScript("", mistake));
        Assert.Equal((false, true), RunAsScript("", mistake + " -ErrorAction Stop"));
        Assert.Equal((false, true), RunAsScript("$ErrorActionPreference = 'Stop';", mistake));
    }

    [Theory]
    [MemberData(nameof(AllMistakes))]
    public void It_can_be_caught_under_the_same_id_with_and_without_Stop(string mistake)
    {
        ShellResult result =
            Run($"try {{ {mistake} }} catch {{ $_.FullyQualifiedErrorId }} try {{ {mistake} -ErrorAction Stop }} catch {{ "
            + $"$_.FullyQualifiedErrorId }}");

        Assert.Equal(2, result.Text.Length);
        Assert.Equal(result.Text[0], result.Text[1]);
    }

    [Fact]
    public void What_goes_on_with_the_next_journal_ends_the_script_where_that_is_asked_for()
    {
        Assert.Equal((true, true), RunAsScript("", "Get-DagRun ./no-such-journal"));
        Assert.Equal((false, true), RunAsScript("", "Get-DagRun ./no-such-journal -ErrorAction Stop"));
        Assert.Equal((false, true), RunAsScript("$ErrorActionPreference = 'Stop';", "Get-DagRun ./no-such-journal"));
    }

    [Fact]
    public void Every_cmdlet_is_asked_and_ends_in_the_one_way()
    {
        ShellResult result = Run("Get-Command -Module DagShell -CommandType Cmdlet");
        CmdletInfo[] cmdlets = [.. result.Output.Select(item => (CmdletInfo)item.BaseObject)];

        // One journal that cannot be read does not keep Get-DagRun from the others.
        Assert.Equal(Mistakes.Keys.Append("Get-DagRun").Order(), cmdlets.Select(cmdlet => cmdlet.Name).Order());
        Assert.All(cmdlets, cmdlet => Assert.Equal("DagCommand", cmdlet.ImplementingType.BaseType is { Name: "DagCommand" } direct
            ? direct.Name
            : cmdlet.ImplementingType.BaseType!.BaseType!.Name));
    }

    /// <summary>Runs a statement as a script file would, with one after it.</summary>
    /// <returns>Whether the script went on after it, and whether there was an error.</returns>
    private (bool WentOn, bool HadError) RunAsScript(string before, string statement)
    {
        using PowerShell shell = PowerShell.Create(Shell.Runspace);
        shell.AddScript($"& {{ {before} {statement}\n'went on' }}");
        PSDataCollection<PSObject> output = [];
        try
        {
            shell.Invoke(input: null, output, new PSInvocationSettings());
        }
        catch (RuntimeException)
        {
            return (WentOn(), true);
        }

        return (WentOn(), shell.Streams.Error.Count > 0);

        bool WentOn() => output.Any(item => item.BaseObject is "went on");
    }
}

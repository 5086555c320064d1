using System.Management.Automation;

namespace DagShell.Tests.Streams;

/// <summary>What programs write to their standard error is told, and is no error.</summary>
public sealed class NativeErrorTests : ShellTests
{
    private static readonly string Talker = OperatingSystem.IsWindows() ? "cmd /c 'echo x 1>&2'" : "sh -c 'echo x >&2'";

    /// <summary>Programs that say something on standard error, and end well.</summary>
    public static TheoryData<string> Talkers => OperatingSystem.IsWindows()
        ? new() { "cmd /c 'echo x 1>&2'", "cmd /c 'echo x 1>&2 & exit 0'" }
        : new()
        {
            Talker,
            "function f { sh -c 'echo x >&2' }; f",
            "$null = sh -c 'echo out; echo x >&2'",
            "sh -c 'echo x >&2' | Out-Null",
        };

    [Theory]
    [MemberData(nameof(Talkers))]
    public void A_line_is_shown_with_the_nodes_name_as_Write_Host_shows_it(string program) => SeeLine(program, "");

    [Theory]
    [MemberData(nameof(Talkers))]
    public void So_it_is_where_the_node_runs_in_the_callers_session(string program) => SeeLine(program, "-Sequential");

    private void SeeLine(string program, string arguments)
    {
        ShellResult result = Run(
            $$"""
            $Error.Clear()
            $r = New-DagNode A { {{program}} } | Invoke-Dag {{arguments}} -ErrorVariable errors -InformationVariable told
            $?; $Error.Count; $errors.Count; "$($r.Status)"; $told[0].Tags -join ','
            """);

        Assert.Equal(["True", "0", "0", "Succeeded", "PSHOST,A"], result.Text);
        Assert.Empty(result.Streams.Error);
        Assert.EndsWith("[A] x\n", Shell.Screen.Text.Replace(" \n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_errors_are_to_stop_it_is_no_error_either()
    {
        ShellResult result = Run($"New-DagNode A {{ {Talker} }} | Invoke-Dag -ErrorAction Stop");

        Assert.Equal("Succeeded", result.Status("A"));
        Assert.Empty(result.Streams.Warning);
        InformationRecord line = Assert.Single(result.Streams.Information);
        Assert.IsType<HostInformationMessage>(line.MessageData);
    }

    [Fact]
    public void What_the_script_redirects_is_the_scripts()
    {
        ShellResult result = Run(
            $"New-DagNode A {{ $all = {Talker} 2>&1; \"$all\".Trim(); {Talker} 2>$null }} | Invoke-Dag");

        Assert.Equal(["x"], result.NodeOutput("A"));
        Assert.Empty(result.Streams.Information);
    }
}

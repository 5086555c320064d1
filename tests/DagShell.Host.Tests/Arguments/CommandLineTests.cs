using DagShell.Host.Arguments;

namespace DagShell.Host.Tests.Arguments;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _script = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.ps1");

    public CommandLineTests() => File.WriteAllText(_script, "");

    public void Dispose() => File.Delete(_script);

    [Fact]
    public void A_file_takes_all_that_follows_as_its_arguments()
    {
        CommandLine commandLine = CommandLine.Parse([_script, "-Name", "x", "--help"]);
        Assert.Equal(_script, commandLine.File);
        Assert.Equal(["-Name", "x", "--help"], commandLine.Arguments);
        Assert.Null(commandLine.Problem);
    }

    [Theory]
    [InlineData("-Command")]
    [InlineData("-command")]
    [InlineData("-c")]
    public void A_command_is_the_rest_of_the_line(string option)
    {
        CommandLine commandLine = CommandLine.Parse([option, "1 +", "1"]);
        Assert.Equal("1 + 1", commandLine.Command);
    }

    [Fact]
    public void A_file_may_be_named_as_for_pwsh() => Assert.Equal(_script, CommandLine.Parse(["-File", _script]).File);

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    [InlineData("-?")]
    public void Help_is_asked_for(string option) => Assert.True(CommandLine.Parse([option]).ShowHelp);

    [Fact]
    public void The_version_is_asked_for() => Assert.True(CommandLine.Parse(["--version"]).ShowVersion);

    [Theory]
    [InlineData("nothing to run")]
    [InlineData("--frobnicate", "--frobnicate")]
    [InlineData("no/such.ps1", "no/such.ps1")]
    [InlineData("needs a text", "-Command")]
    [InlineData("needs the path", "-File")]
    public void What_is_wrong_is_said(string problem, params string[] args) =>
        Assert.Contains(problem, CommandLine.Parse(args).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_no_script_is_refused()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.Contains(".ps1", CommandLine.Parse([file]).Problem, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("'x'", "x")]
    [InlineData("-Name 'x y'", "-Name", "x y")]
    [InlineData("-Name:'x'", "-Name:x")]
    [InlineData("-Name: 'x'", "-Name:", "x")]
    [InlineData("-Force", "-Force")]
    [InlineData("-Force:$false", "-Force:$false")]
    [InlineData("'-5'", "-5")]
    [InlineData("'-'", "-")]
    [InlineData("'it''s $(x)'", "it's $(x)")]
    public void Arguments_are_values_and_never_code(string expected, params string[] args) =>
        Assert.Contains($".ps1' {expected};", ScriptText.For(CommandLine.Parse([_script, .. args])), StringComparison.Ordinal);
}

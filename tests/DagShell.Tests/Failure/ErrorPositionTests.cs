using System.Management.Automation;

namespace DagShell.Tests.Failure;

/// <summary>An error keeps the user's file and line, also with $using: in the script.</summary>
public sealed class ErrorPositionTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData("throw 'boom'")]
    [InlineData("Write-Error 'boom'")]
    [InlineData("1 / $zero")]
    [InlineData("Get-NoSuchThing")]
    [InlineData("[int]::Parse('x')")]
    [InlineData("$using:value; throw 'boom'")]
    [InlineData("throw \"boom $using:value\"")]
    [InlineData("& { throw $using:value }")]
    [InlineData("1 | ForEach-Object { throw 'boom' }")]
    [InlineData("1 | ForEach-Object { Write-Error 'boom' }")]
    [InlineData("$using:value; Write-Error 'boom'")]
    [InlineData("if (-not $zero) { Write-Error 'boom' -ErrorAction Stop }")]
    public void The_error_of_a_script_points_to_the_file_and_line(string statement)
    {
        string path = Write($$"""
            $value = 'v'
            New-DagNode Good { 'g' }
            New-DagNode Bad {
                $zero = 0

                {{statement}}
            }
            """);
        AssertPointsTo(path, 6);
    }

    [Theory]
    [InlineData("param($Unused)")]
    [InlineData("param($Unused) $x = $using:value")]
    [InlineData("begin { $y = $using:value } process")]
    [InlineData("[CmdletBinding()] param()")]
    [InlineData("param($Unused)", "Write-Error 'boom'")]
    public void Scripts_that_are_bound_and_fed_do_so_too(string head, string statement = "throw 'boom'")
    {
        bool isBlock = head.EndsWith("process", StringComparison.Ordinal);
        string path = Write($$"""
            $value = 'v'
            New-DagNode Bad {
                {{head}}
                {{(isBlock ? "{" : "")}}
                {{statement}}
                {{(isBlock ? "}" : "")}}
            }
            """);
        AssertPointsTo(path, 5);
    }

    [Theory]
    [InlineData("-When", "throw")]
    [InlineData("-When", "Write-Error")]
    [InlineData("-Precondition", "throw")]
    public void So_do_conditions(string parameter, string statement)
    {
        string path = Write($$"""
            New-DagNode Bad { } {{parameter}} {
                # first
                {{statement}} 'boom'
            }
            """);
        ShellResult result = Run("& $path | Invoke-Dag", ("path", path));

        if (parameter == "-When")
        {
            Assert.Equal((path, 3), Position(result.Error("Bad")!));
        }
        else
        {
            Assert.Contains("boom", result.ErrorText("Bad"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_error_in_a_function_of_the_file_points_into_the_function()
    {
        string path = Write("""
            New-DagNode Bad {
                function Get-Thing {
                    throw 'boom'
                }
                Get-Thing
            }
            """);
        AssertPointsTo(path, 3);
    }

    [Fact]
    public void An_error_in_another_script_file_points_there()
    {
        string other = _folder.Write("other.ps1", "\n\nthrow 'boom'\n");
        string path = Write("New-DagNode Bad { & $using:other }");
        ShellResult result = Run("& $path | Invoke-Dag", ("path", path), ("other", other));

        Assert.Equal((other, 3), Position(result.Error("Bad")!));
    }

    [Fact]
    public void The_message_of_the_error_that_is_shown_says_where()
    {
        string path = Write("\nNew-DagNode Bad {\n  throw 'boom'\n}");
        ShellResult result = Run("& $path | Invoke-Dag", ("path", path));

        Assert.Equal($"Node 'Bad' failed at {path}:3: boom", Assert.Single(result.Streams.Error).Exception.Message);
    }

    [Fact]
    public void At_a_prompt_it_says_the_line()
    {
        ShellResult result = Run("\nNew-DagNode Bad {\n  throw 'boom'\n} | Invoke-Dag");

        Assert.Equal("Node 'Bad' failed at line 3: boom", Assert.Single(result.Streams.Error).Exception.Message);
    }

    [Theory]
    [InlineData("New-DagNode Bad { Write-Error 'boom' } | Invoke-Dag -Sequential")]
    [InlineData("New-DagNode Bad { Write-Error 'boom' } | Invoke-Dag")]
    public void At_a_prompt_of_one_line_Write_Error_shows_that_line(string line)
    {
        ShellResult result = Run(line);

        Assert.Equal(1, Position(result.Error("Bad")!).Item2);
        Assert.Contains("Write-Error 'boom'", result.Error("Bad")!.InvocationInfo.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Error_in_a_function_points_to_where_the_function_is_called_as_it_does_in_PowerShell()
    {
        string path = Write("""
            function Stop-Here { Write-Error 'boom' }
            New-DagNode Bad {

                Stop-Here
            }
            """);
        AssertPointsTo(path, 4);
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("Write-Error")]
    public void The_text_of_the_line_is_kept(string statement)
    {
        string path = Write($"New-DagNode Bad {{\n  {statement} 'boom' # here\n}}");
        ShellResult result = Run("& $path | Invoke-Dag", ("path", path));

        Assert.Contains($"{statement} 'boom' # here", result.Error("Bad")!.InvocationInfo.PositionMessage, StringComparison.Ordinal);
        Assert.Contains(path, result.Error("Bad")!.ScriptStackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_that_the_script_goes_on_after_points_to_its_line_as_well()
    {
        string path = Write("""
            New-DagNode Careless {
                Write-Error 'careless' -ErrorAction Continue
                'went on'
            }
            """);
        ShellResult result = Run("& $path | Invoke-Dag", ("path", path));

        Assert.Equal(["went on"], result.NodeOutput("Careless"));
        Assert.Equal((path, 2), Position(Assert.Single(result.Streams.Error)));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }

    private static (string, int) Position(ErrorRecord error) => (error.InvocationInfo.ScriptName, error.InvocationInfo.ScriptLineNumber);

    private string Write(string script) => _folder.Write("nodes.dag.ps1", script);

    /// <summary>However the file is run.</summary>
    private void AssertPointsTo(string path, int line)
    {
        foreach (string command in new[] { "& $path | Invoke-Dag", "Invoke-Dag -Path $path", "& $path | Invoke-Dag -UseNewRunspace" })
        {
            ShellResult result = Run(command, ("path", path));

            Assert.Equal((path, line), Position(result.Error("Bad")!));
            Assert.Contains($"{path}:{line}", Assert.Single(result.Streams.NodeFailures).Exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_parameter_that_cannot_be_bound_is_an_error_where_the_script_has_its_parameters()
    {
        using ScratchFolder folder = new();
        string file = folder.Write("bind.ps1", """
            $nodes = (New-DagNode B { 'abc' }), (New-DagNode D {

                param([int] $B)
                $B
            } -DependsOn B)
            $nodes | Invoke-Dag -ErrorVariable errors -ErrorAction SilentlyContinue | Out-Null
            "$errors"
            """);

        Assert.StartsWith($"Node 'D' failed at {file}:3: ", Assert.Single(Run($"& '{file}'").Text), StringComparison.Ordinal);
    }
}

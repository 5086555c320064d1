using System.Management.Automation;

namespace DagShell.Tests.Failure;

/// <summary>What the console shows under an error is the user's own line, and not that of Invoke-Dag or of New-Dag.</summary>
public sealed class ShownPlaceTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData("New-DagNode A {\n throw 'x'\n}", 2, "throw 'x'")]
    [InlineData("New-DagNode A {\n Get-Item /no/such\n}", 2, "Get-Item /no/such")]
    [InlineData("New-DagNode A {\n\n Write-Error 'x' }", 3, "Write-Error 'x'")]
    [InlineData("New-DagNode A {\n exit 3 }", 2, "exit 3")]
    [InlineData("New-DagNode A {\n param([Parameter(Mandatory)] $Missing) }", 1, "New-DagNode A {")]
    [InlineData("New-DagNode A { } -Precondition {\n $false }", 1, "New-DagNode A { } -Precondition {")]
    [InlineData("New-DagNode A {\n\n Start-Sleep 60 } -Timeout 2s", 3, "Start-Sleep 60")]
    [InlineData("New-DagNode A {\n & {\n Start-Sleep 60 } } -Timeout 2s", 3, "Start-Sleep 60")]
    public void A_node_that_failed(string script, int line, string text)
    {
        string file = _folder.Write("x.dag.ps1", script);
        foreach (string command in new[] { "& $file | Invoke-Dag", "Invoke-Dag $file -Sequential" })
        {
            ErrorRecord error = Assert.Single(Run(command, ("file", file)).Streams.NodeFailures);

            Assert.Equal((file, line), (error.InvocationInfo.ScriptName, error.InvocationInfo.ScriptLineNumber));
            Assert.Contains(text, error.InvocationInfo.PositionMessage, StringComparison.Ordinal);
            Assert.StartsWith("DagNodeFailed", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal("Invoke-Dag", error.InvocationInfo.MyCommand.Name);
        }
    }

    [Fact]
    public void At_a_prompt_the_line_that_was_entered()
    {
        ErrorRecord error = Assert.Single(Run("\nNew-DagNode A {\n  throw 'x'\n} | Invoke-Dag").Streams.Error);

        Assert.Equal(3, error.InvocationInfo.ScriptLineNumber);
        Assert.Contains("throw 'x'", error.InvocationInfo.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_error_is_in_Error_once()
    {
        string text = Run(
            "$Error.Clear(); New-DagNode A { throw 'x' } | Invoke-Dag -ErrorVariable e -ErrorAction SilentlyContinue | Out-Null;"
            + "\"$($Error.Where({ \"$_\" -like '*Node*' }).Count) $($e.Count)\"").Text[^1];

        Assert.Equal("1 1", text);
        Assert.Equal("0", Run(
            "$Error.Clear(); New-DagNode A { throw 'x' } | Invoke-Dag -ErrorAction Ignore | Out-Null;"
            + "\"$($Error.Where({ \"$_\" -like '*Node*' }).Count)\"").Text[^1]);
    }

    [Theory]
    [InlineData("Write-Error 'mine'")]
    [InlineData("Get-Item /no/such")]
    [InlineData("function f { Get-Item /no/such }; f")]
    [InlineData("[int]::Parse('x')")]
    [InlineData("New-DagNode B { } -NoSuch")]
    public void An_error_in_a_dag_file_or_in_the_block_of_New_Dag(string statement)
    {
        string file = _folder.Write("x.dag.ps1", $"New-DagNode A {{ }}\n\n{statement}\n");
        string inside = _folder.Write("y.dag.ps1", $"New-Dag y {{\n New-DagNode A {{ }}\n {statement}\n}}");
        foreach (string command in new[]
            { "Invoke-Dag $file", "Get-Item $file | Get-DagPlan", "Invoke-Dag $inside", "& $inside | Invoke-Dag" })
        {
            ShellResult result = Shell.Run(command, ("file", file), ("inside", inside));
            ErrorRecord error = result.ThrownRecord ?? result.Streams.Error[0];

            Assert.Equal(3, error.InvocationInfo.ScriptLineNumber);
            Assert.Contains(statement, error.InvocationInfo.Line, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Write-Error \"mine $using:y\"")]
    [InlineData("Get-Item /no/such/$using:y")]
    [InlineData("throw \"mine $using:y\"")]
    [InlineData("New-DagNode \"B$using:y\" { } -NoSuch")]
    public void An_error_in_a_block_that_stands_for_a_dag_and_uses_variables(string statement)
    {
        string file = _folder.Write("x.dag.ps1", $"$y = 1\nNew-DagNode A -Dag {{\n New-DagNode In {{ }}; {statement}\n}}");
        foreach (string command in new[] { "& $file", $"$y = 1\nNew-DagNode A -Dag {{\n New-DagNode In {{ }}; {statement} }}" })
        {
            ShellResult result = Shell.Run(
                $"{command} -ErrorAction Continue -ErrorVariable told | Out-Null; $told.Count", ("file", file));
            ErrorRecord error = result.ThrownRecord ?? Assert.Single(result.Streams.Error);

            Assert.Equal(3, error.InvocationInfo.ScriptLineNumber);
            Assert.Contains($"New-DagNode In {{ }}; {statement}", error.InvocationInfo.Line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_value_that_a_parameter_of_a_dag_file_does_not_take()
    {
        string file = _folder.Write("x.dag.ps1", "# for every night\nparam([securestring] $Key)\nNew-DagNode A { }");
        ErrorRecord error = Shell.Run("Invoke-Dag $file -Parameter @{ Key = 'plain' }", ("file", file)).ThrownRecord!;

        Assert.Contains("'Key'", error.ToString(), StringComparison.Ordinal);
        Assert.Equal((file, 2), (error.InvocationInfo.ScriptName, error.InvocationInfo.ScriptLineNumber));
    }

    [Theory]
    [InlineData("Invoke-Dag $file")]
    [InlineData("New-Dag x { Write-Error 'mine' }")]
    [InlineData("New-DagNode A -Dag { Write-Error 'mine'; New-DagNode B { } }")]
    [InlineData("New-DagNode A -Dag { Write-Error $using:text; New-DagNode B { } }")]
    public void It_can_be_gathered_redirected_and_silenced(string command)
    {
        string file = _folder.Write("x.dag.ps1", "Write-Error 'mine'\nNew-DagNode A { }");
        ShellResult result = Run(
            $"""
            $text = 'mine'
            $out = {command} -ErrorVariable one 2>$null
            $out = {command} -ErrorVariable two -ErrorAction SilentlyContinue
            $out = {command} -ErrorAction Ignore
            "$one|$two"
            """,
            ("file", file));

        Assert.Equal("mine|mine", result.Single);
        Assert.Empty(result.Streams.Error);
    }

    [Theory]
    [InlineData("New-Dag x { Get-Item /no/such; New-DagNode A { } } -ErrorAction Stop")]
    [InlineData("$ErrorActionPreference = 'Stop'; Invoke-Dag $file")]
    [InlineData("$ErrorActionPreference = 'Stop'; New-Dag x { Get-Item /no/such; New-DagNode A { } }")]
    public void With_Stop_it_ends_what_makes_nodes(string command)
    {
        string file = _folder.Write("x.dag.ps1", "Get-Item /no/such\nNew-DagNode A { 'ran' }");
        ShellResult result = Shell.Run(command, ("file", file));

        Assert.Contains("/no/such", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void That_of_Invoke_Dag_is_about_the_run()
    {
        string file = _folder.Write("x.dag.ps1", "Write-Error 'mine' -ErrorAction Continue\nNew-DagNode A { }");
        ShellResult result = Run("Invoke-Dag $file -ErrorAction Stop", ("file", file));

        Assert.Equal(["A Succeeded"], result.Statuses);
        Assert.Equal(1, Assert.Single(result.Streams.Error).InvocationInfo.ScriptLineNumber);
    }

    [Fact]
    public void A_dag_file_sees_no_variables_of_ours()
    {
        string file = _folder.Write(
            "x.dag.ps1",
            "param($P) $seen = \"$File$Arguments$Pass$Tree|$($MyInvocation.Line)\"; New-DagNode A { $using:seen }");

        Assert.Equal(["|"], Run("Invoke-Dag $path", ("path", file)).NodeOutput("A"));
        Assert.Equal(["|"], Run("Invoke-Dag $path -Parameter @{ P = 1 }", ("path", file)).NodeOutput("A"));
    }

    [Theory]
    [InlineData("param($P) $MyInvocation.Line")]
    [InlineData("$MyInvocation.Line")]
    [InlineData("process { $MyInvocation.Line }")]
    [InlineData("(Get-PSCallStack).Position.Text | Where-Object { $_ -like '*& $Script *' -and $_ -notlike '*CallStack*' }")]
    [InlineData("$MyInvocation.PositionMessage")]
    public void A_node_sees_no_text_of_ours_as_that_of_its_caller(string script)
    {
        foreach (string sequential in new[] { string.Empty, "-Sequential" })
        {
            object?[] output = Run($"New-DagNode A {{ {script} }} | Invoke-Dag {sequential}").NodeOutput("A");
            Assert.All(output, text => Assert.Equal(string.Empty, (string?)text));
        }
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

using System.Management.Automation;
namespace DagShell.Tests.Building;

/// <summary>A dag file is an ordinary script that emits nodes or a dag.</summary>
public sealed class DagFileTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    public DagFileTests() => Run("$ExecutionContext.SessionState.Path.SetLocation($folder)", ("folder", _folder.FullName));

    [Fact]
    public void A_file_that_emits_nodes_is_run()
    {
        string path = _folder.Write("x.dag.ps1", """
            New-DagNode A { 'of a' }
            New-DagNode B { "$($Upstream.A) and b" } -DependsOn A
            """);
        ShellResult result = Run("Invoke-Dag -Path $path", ("path", path));

        Assert.Equal(["of a and b"], result.NodeOutput("B"));
    }

    [Fact]
    public void A_file_that_emits_a_dag_is_run_under_its_name()
    {
        _folder.Write("x.dag.ps1", "New-Dag nightly { New-DagNode A { } -Pool p } -PoolLimit @{ p = 1 }");
        ShellResult result = Run("(Invoke-Dag -Path x.dag.ps1).Run.Name");

        Assert.Equal("nightly", result.Single);
    }

    [Theory]
    [InlineData("a[1]", "x.dag.ps1")]
    [InlineData("a[1]", "x[1].dag.ps1")]
    [InlineData("a1", "x[1].dag.ps1")]
    [InlineData("b c", "x[1].dag.ps1")]
    [InlineData("d'e", "x.dag.ps1")]
    [InlineData("ü", "x[1].dag.ps1")]
    public void The_file_that_is_named_is_the_one_that_is_run(string folder, string name)
    {
        foreach (string decoy in new[] { "a1/x.dag.ps1", "a1/x1.dag.ps1", $"{folder}/x1.dag.ps1", $"{folder}/x.dag.ps1",
            $"{folder}/{name}" })
        {
            _folder.Write(decoy, $"param($P) New-DagNode A {{ \"{decoy} $using:P\" }}");
        }

        string full = Path.Combine(_folder.FullName, folder);
        Shell["folder"] = full;
        foreach (string path in new[] { name, "./" + name, $"../{folder}/{name}", Path.Combine(full, name) })
        {
            Shell["path"] = path;
            ShellResult result =
                Run("$ExecutionContext.SessionState.Path.SetLocation([WildcardPattern]::Escape($folder)); Invoke-Dag -Path $path "
                + "-Parameter @{ P = 1 }");
            Assert.Equal([$"{folder}/{name} 1"], result.NodeOutput("A"));
        }

        Assert.Equal([$"{folder}/x1.dag.ps1 "], Run("Invoke-Dag -Path ./x1*.ps1").NodeOutput("A"));
    }

    [Theory]
    [InlineData("x.dag.ps1")]
    [InlineData("./x.dag.ps1")]
    [InlineData("../{0}/x.dag.ps1")]
    [InlineData("*.dag.ps1")]
    [InlineData("X.DAG.PS1", true)]
    public void A_path_is_relative_to_the_location_of_the_caller(string path, bool onWindowsAlone = false)
    {
        if (onWindowsAlone && !OperatingSystem.IsWindows())
        {
            return;
        }

        _folder.Write("x.dag.ps1", "New-DagNode A { 'ran' }");
        ShellResult result = Run("Invoke-Dag -Path $path", ("path", string.Format(null, path, Path.GetFileName(_folder.FullName))));

        Assert.Equal(["ran"], result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("Invoke-Dag ./nightly.dag.ps1", "nightly")]
    [InlineData("Invoke-Dag 'nightly.dag.ps1' -Parameter @{ X = 1 }", "nightly")]
    [InlineData("Invoke-Dag ./plain.ps1", "plain")]
    [InlineData("Invoke-Dag './x[1].dag.ps1'", "x[1]")]
    [InlineData("Invoke-Dag -Path night*", "nightly")]
    [InlineData("Get-Item ./nightly.dag.ps1 | Invoke-Dag", "nightly")]
    [InlineData("Get-Item -LiteralPath './x[1].dag.ps1' | Invoke-Dag", "x[1]")]
    [InlineData("Invoke-Dag (Get-Item ./nightly.dag.ps1)", "nightly")]
    [InlineData("Invoke-Dag ./named.dag.ps1", "Of its own")]
    [InlineData("Get-ChildItem n*.dag.ps1 | Invoke-Dag", "Of its own")]
    [InlineData("Invoke-Dag ./nightly.dag.ps1, ./plain.ps1", null)]
    [InlineData("@(New-DagNode Z { }) + (Get-Item ./nightly.dag.ps1) | Invoke-Dag", null)]
    [InlineData("./nightly.dag.ps1 | Invoke-Dag", null)]
    public void A_dag_without_a_name_is_named_after_its_file(string command, string? expected)
    {
        _folder.Write("nightly.dag.ps1", "param($X) New-DagNode A { 'ran' }");
        _folder.Write("plain.ps1", "New-DagNode B { 'ran' }");
        _folder.Write("x[1].dag.ps1", "New-DagNode A { 'ran' }");
        _folder.Write("x1.dag.ps1", "New-DagNode A { 'the wrong one' }");
        _folder.Write("named.dag.ps1", "New-Dag 'Of its own' { New-DagNode C { 'ran' } }");
        ShellResult result = Run(command + " -RunVariable run; \"$($run.Name)\"");

        Assert.Equal(expected ?? string.Empty, result.Text[^1]);
        Assert.All(result.Names, name => Assert.Equal(name == "Z" ? [] : ["ran"], result.NodeOutput(name)));
    }

    [Theory]
    [InlineData("Get-Item x.dag.ps1 | Test-Dag", "True")]
    [InlineData("Test-Dag (Get-Item x.dag.ps1)", "True")]
    [InlineData("Get-Item x.dag.ps1 | Get-DagPlan | ForEach-Object Name", "A")]
    public void Others_take_file_objects_too(string command, string expected)
    {
        _folder.Write("x.dag.ps1", "New-DagNode A { }");

        Assert.Equal([expected], Run(command).Text);
    }

    [Theory]
    [InlineData("Get-Item notes.txt | Invoke-Dag", "NotADagFile")]
    [InlineData("Get-Item . | Invoke-Dag", "InvalidDag")]
    [InlineData("'./x.dag.ps1' | Invoke-Dag", "InvalidDag")]
    [InlineData("$file = Get-Item x.dag.ps1; Remove-Item x.dag.ps1; $file | Invoke-Dag", "DagFileNotFound")]
    public void What_is_no_dag_file_is_refused_with_what_to_do(string command, string id)
    {
        _folder.Write("notes.txt", "New-DagNode A { }");
        _folder.Write("x.dag.ps1", "New-DagNode A { }");
        ShellResult result = Shell.Run(command);

        Assert.StartsWith(id + ",", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("dag file", result.Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_resumed_whether_its_dag_was_named_then_or_not()
    {
        _folder.Write("x.dag.ps1", "New-DagNode A { 'a' }; New-DagNode B { if (-not $global:Mended) { throw 'no' } } -DependsOn A");
        Run("./x.dag.ps1 | Invoke-Dag -Checkpoint c.journal -ErrorAction Ignore");
        ShellResult result = Run("Invoke-Dag x.dag.ps1 -Checkpoint c.journal -Resume -ErrorAction Ignore");

        Assert.Equal(true, result.Node("A").Properties["FromCheckpoint"].Value);
    }

    [Fact]
    public void Several_files_make_one_dag()
    {
        _folder.Write("one.dag.ps1", "New-DagNode A { 1 }");
        _folder.Write("two.dag.ps1", "New-DagNode B { $Upstream.A + 1 } -DependsOn A");
        ShellResult result = Run("Invoke-Dag -Path one.dag.ps1, two.dag.ps1");

        Assert.Equal([2], result.NodeOutput("B"));
    }

    [Fact]
    public void A_name_with_brackets_is_a_name()
    {
        _folder.Write("x[1].dag.ps1", "New-DagNode A { 'ran' }");
        ShellResult result = Run("Invoke-Dag -Path 'x[1].dag.ps1'");

        Assert.Equal(["ran"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_call_of_the_file_can_be_piped_to_the_run()
    {
        _folder.Write("x.dag.ps1", """
            param($Greeting)
            New-DagNode A { "$using:Greeting, world" }
            """);
        ShellResult result = Run("./x.dag.ps1 -Greeting Hello | Invoke-Dag");

        Assert.Equal(["Hello, world"], result.NodeOutput("A"));
    }

    [Fact]
    public void Its_param_is_bound_by_name_from_Parameter()
    {
        _folder.Write("x.dag.ps1", """
            param([int] $Count, $Name = 'default', $Other)
            1..$Count | ForEach-Object { New-DagNode "$Name $_" { param($Other, $Unknown = 'u') "$Other $Unknown" } }
            """);
        ShellResult result = Run("Invoke-Dag -Path x.dag.ps1 -Parameter @{ count = '2'; Other = 'o'; Superfluous = 1 }");

        Assert.Equal(["default 1 Succeeded", "default 2 Succeeded"], result.Statuses);
        Assert.Equal(["o u"], result.NodeOutput("default 2"));
    }

    [Fact]
    public void It_runs_in_the_session_of_the_caller_and_leaves_nothing_there()
    {
        _folder.Write("x.dag.ps1", """
            $ofFile = 'x'
            function Get-OfFile { 'f' }
            $value = "$ofCaller $(Get-OfCaller) $ofFile"
            New-DagNode A { $using:value }
            """);
        ShellResult result = Run("""
            $ofCaller = 'c'
            function Get-OfCaller { 'g' }
            $result = Invoke-Dag -Path x.dag.ps1
            $result.Output
            $null -eq $ofFile
            [bool] (Get-Command Get-OfFile -ErrorAction Ignore)
            """);

        Assert.Equal(["c g x", "True", "False"], result.Text);
    }

    [Fact]
    public void It_knows_where_it_lies()
    {
        string path =
            _folder.Write("sub/x.dag.ps1", "$here = $PSScriptRoot; $me = $PSCommandPath; New-DagNode A { $using:here; $using:me }");
        ShellResult result = Run("Invoke-Dag -Path sub/x.dag.ps1");

        Assert.Equal([Path.GetDirectoryName(path), path], result.NodeOutput("A"));
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_that_names_it()
    {
        ShellResult result = Shell.Run("Invoke-Dag -Path ./missing.dag.ps1");

        Assert.StartsWith("DagFileNotFound,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("./missing.dag.ps1", result.Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_matches_nothing_is_an_error_that_names_it()
    {
        ShellResult result = Shell.Run("Invoke-Dag -Path *.dag.ps1");

        Assert.StartsWith("DagFileNotFound,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("*.dag.ps1", result.Thrown!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("folder")]
    public void What_is_no_script_is_an_error_that_names_it(string path)
    {
        _folder.Write("notes.txt", "New-DagNode A { }");
        _folder.Write("folder/x.txt", "");
        ShellResult result = Shell.Run("Invoke-Dag -Path $path", ("path", path));

        Assert.StartsWith("NotADagFile,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(path, result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Contains(".ps1", result.Thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invoke-Dag -Path x.dag.ps1")]
    [InlineData("./x.dag.ps1 | Invoke-Dag")]
    public void A_parse_error_is_told_with_file_and_line_and_nothing_runs(string command)
    {
        string path = _folder.Write("x.dag.ps1", """
            New-DagNode A { $global:ran.Open() }

            New-DagNode B { if ( }
            """);
        using Gate ran = new();
        ShellResult result = Shell.Run(command, ("ran", ran));

        Assert.Contains($"{path}:3", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.False(ran.IsOpen);
        Assert.Equal([1], Run("1").Output.Select(Unwrapped.Value));
    }

    [Fact]
    public void What_it_throws_ends_the_command_with_its_file_and_line()
    {
        string path = _folder.Write("x.dag.ps1", """
            New-DagNode A { }
            throw 'not today'
            """);
        ShellResult result = Shell.Run("Invoke-Dag -Path x.dag.ps1");

        Assert.Empty(result.Output);
        Assert.Equal("not today", result.ThrownRecord?.Exception.Message);
        Assert.Equal(path, result.ThrownRecord?.InvocationInfo.ScriptName);
        Assert.Equal(2, result.ThrownRecord?.InvocationInfo.ScriptLineNumber);
    }

    [Theory]
    [InlineData("Write-Error 'careful'", "careful", "")]
    [InlineData("Write-Error 'careful'", "careful", "-ErrorAction Stop")]
    [InlineData("Get-Variable nothing", "*'nothing'*", "")]
    public void An_error_that_it_goes_on_after_is_shown_with_its_line_and_the_run_goes_on(string statement, string message,
        string arguments)
    {
        string path = _folder.Write("x.dag.ps1", $$"""
            New-DagNode A { 'ran' }
            {{statement}}
            """);
        ShellResult result = Run($"$Error.Clear(); Invoke-Dag -Path x.dag.ps1 {arguments}; $remembered = $Error.Count");

        var error = Assert.Single(result.Streams.Error);
        Assert.True(new WildcardPattern(message).IsMatch(error.Exception.Message), error.Exception.Message);
        Assert.Equal(1, Shell["remembered"]);
        Assert.Equal((path, 2), (error.InvocationInfo.ScriptName, error.InvocationInfo.ScriptLineNumber));
        Assert.Equal(["ran"], result.NodeOutput("A"));
    }

    [Fact]
    public void Other_streams_of_the_file_are_the_streams_of_the_command()
    {
        _folder.Write("x.dag.ps1", "Write-Warning 'w'; Write-Verbose 'v' -Verbose; New-DagNode A { }");
        ShellResult result = Run("Invoke-Dag -Path x.dag.ps1");

        Assert.Equal(["w"], result.Streams.Warning);
        Assert.Equal(["v"], result.Streams.Verbose);
    }

    [Theory]
    [InlineData("'junk'", "'junk'")]
    [InlineData("Get-Date", "System.DateTime")]
    [InlineData("$null", "$null")]
    public void What_is_no_node_is_an_error_that_says_what_and_where(string junk, string described)
    {
        _folder.Write("x.dag.ps1", $"New-DagNode A {{ }}\n{junk}\n");
        ShellResult result = Shell.Run("Invoke-Dag -Path x.dag.ps1");

        Assert.StartsWith("InvalidDag,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("x.dag.ps1", result.Thrown!.Message, StringComparison.Ordinal);
        Assert.Contains(described, result.Thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_emits_nothing_has_no_nodes()
    {
        _folder.Write("x.dag.ps1", "# later");
        ShellResult result = Shell.Run("Invoke-Dag -Path x.dag.ps1");

        Assert.StartsWith("InvalidDag,", result.ThrownRecord?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("no nodes", result.Thrown!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mandatory_parameter_that_is_not_given_and_cannot_be_asked_for_is_an_error()
    {
        _folder.Write("x.dag.ps1", "param([Parameter(Mandatory)] $Name) New-DagNode $Name { }");
        ShellResult result = Shell.Run("Invoke-Dag -Path x.dag.ps1");

        Assert.Contains("Nobody is there to ask", result.Thrown?.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_file_that_exits_early_gives_what_it_emitted()
    {
        _folder.Write("x.dag.ps1", "New-DagNode A { 'ran' }; exit; New-DagNode B { }");
        ShellResult result = Run("Invoke-Dag -Path x.dag.ps1");

        Assert.Equal(["A"], result.Names);
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

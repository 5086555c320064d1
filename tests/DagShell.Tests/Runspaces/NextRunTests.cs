using System.Management.Automation;

namespace DagShell.Tests.Runspaces;

/// <summary>The next run of a session has the runspaces of the one before, if they are as new ones.</summary>
public sealed class NextRunTests : ShellTests
{
    private readonly Witness _witness = new();
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void It_has_those_of_the_one_before()
    {
        Run("1..5 | ForEach-Object { $null = 1..4 | ForEach-Object { New-DagNode \"N$_\" { ($using:witness).SignIn() } } | "
            + "Invoke-Dag -ThrottleLimit 2 }", ("witness", _witness));

        Assert.InRange(_witness.Count, 1, 2);
        _witness.SeeAllGone();
    }

    [Theory]
    [InlineData("Remove-Module DagShell")]
    [InlineData("Import-Module $manifest -Force")]
    public void They_close_with_the_module(string script)
    {
        RunOne();
        Run(script, ("manifest", Checkout.Manifest));

        _witness.SeeAllClosed();
    }

    [Fact]
    public void They_close_with_the_session()
    {
        RunOne();
        Shell.Dispose();

        _witness.SeeAllClosed();
    }

    [Fact]
    public void A_job_leaves_its_own_too()
    {
        Run("$null = New-DagNode A { ($using:witness).SignIn() } | Invoke-Dag -AsJob | Receive-Job -Wait -AutoRemoveJob",
            ("witness", _witness));
        RunOne();

        Assert.Equal(1, _witness.Count);
    }

    // Each changes what a new runspace would be.
    [Theory]
    [InlineData("$VerbosePreference = 'Continue'")]
    [InlineData("$OFS = '-'")]
    [InlineData("$PSDefaultParameterValues['Get-Item:Force'] = $true")]
    [InlineData("Set-StrictMode -Version 2")]
    [InlineData("$null = New-PSDrive Mine FileSystem $HOME")]
    [InlineData("Update-TypeData -TypeName Mine -MemberName Own -MemberType NoteProperty -Value 1")]
    [InlineData("Import-Module $module")]
    public void After_a_change_of_the_session_it_gets_new_ones(string change)
    {
        RunOne();
        string file = _folder.Write("Mine.psm1", "function Get-Mine { 1 }");
        Run($"{change}; $two | Invoke-Dag", ("module", file), ("two", Two()));

        Assert.Equal(2, _witness.Count);
    }

    [Fact]
    public void A_session_that_was_constrained_since_gets_constrained_ones()
    {
        RunOne();
        ShellResult result = Run("""
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            New-DagNode A { "$($ExecutionContext.SessionState.LanguageMode)" } | Invoke-Dag
            """);

        Assert.Equal(["ConstrainedLanguage"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_command_of_PowerShell_itself_that_the_session_has_loaded_since_makes_no_difference()
    {
        RunOne();
        Run("Get-Date; Get-Item $HOME; $two | Invoke-Dag", ("two", Two()));

        Assert.Equal(1, _witness.Count);
    }

    [Theory]
    [InlineData("-Verbose")]
    [InlineData("-UseNewRunspace")]
    [InlineData("-InitialSessionState ([initialsessionstate]::CreateDefault2())")]
    public void A_run_of_another_kind_gets_new_ones(string arguments)
    {
        RunOne();
        Run($"$two | Invoke-Dag {arguments}", ("two", Two()));

        Assert.Equal(2, _witness.Count);
    }

    // What each leaves goes beyond what is cleaned up between two nodes, or may.
    [Theory]
    [InlineData("Update-TypeData -TypeName Leak -MemberName Own -MemberType NoteProperty -Value 1")]
    [InlineData("Push-Location /")]
    [InlineData("Get-Theirs")]
    [InlineData("& ([scriptblock]::Create('1'))")]
    [InlineData("[runspace]::DefaultRunspace")]
    public void One_in_which_a_script_ran_that_may_leave_something_closes(string script)
    {
        Run($$"""
            Import-Module $module
            $null = New-DagNode A { ($using:witness).SignIn(); $null = {{script}} } | Invoke-Dag
            """, ("witness", _witness), ("module", _folder.Write("Theirs.psm1", "function Get-Theirs { $script:connection = 1 }")));

        _witness.SeeAllClosed();
    }

    // What can be left is known by name.
    [Theory]
    [InlineData("$global:leak = 1")]
    [InlineData("Set-Variable leak 1 -Scope Global")]
    [InlineData("New-Variable leak 1")]
    public void One_in_which_only_variables_were_set_that_a_script_names_is_kept_without_them(string script)
    {
        ShellResult result = Run($$"""
            $null = New-DagNode A { ($using:witness).SignIn(); {{script}} } | Invoke-Dag
            New-DagNode B { ($using:witness).SignIn(); $null -eq $leak } | Invoke-Dag
            """, ("witness", _witness));

        Assert.Equal([true], result.NodeOutput("B"));
        Assert.Equal(1, _witness.Count);
    }

    [Fact]
    public void Nor_is_an_exit_code_there()
    {
        ShellResult result = Run("""
            New-DagNode A { dotnet --version; ($using:witness).SignIn(); $LASTEXITCODE } | Invoke-Dag
            New-DagNode B { ($using:witness).SignIn(); $null -eq $LASTEXITCODE } | Invoke-Dag
            """, ("witness", _witness));

        Assert.Equal(0, result.NodeOutput("A")[^1]);
        Assert.Equal([true], result.NodeOutput("B"));
        Assert.Equal(1, _witness.Count);
    }

    [Fact]
    public void One_in_which_a_script_was_stopped_closes()
    {
        Run("New-DagNode A { ($using:witness).SignIn(); while ($true) { } } -Timeout 1s | Invoke-Dag -ErrorAction Ignore",
            ("witness", _witness));

        _witness.SeeAllClosed();
    }

    [Fact]
    public void What_a_module_keeps_does_not_meet_the_next_run()
    {
        ShellResult result = Run("""
            Import-Module $module
            New-DagNode A { Connect-It; Get-It } | Invoke-Dag
            New-DagNode B { Get-It } | Invoke-Dag
            """, ("module", _folder.Write("Own.psm1", "function Connect-It { $script:it = 1 }; function Get-It { \"it: $script:it\" }")));

        Assert.Equal(["it: 1"], result.NodeOutput("A"));
        Assert.Equal(["it: "], result.NodeOutput("B"));
    }

    [Theory]
    [InlineData("Get-Date", "Get-Item .")]
    [InlineData("Get-Item .", "Get-Date; Get-Item .")]
    public void Modules_of_PowerShell_itself_stay_and_what_else_is_loaded_goes(string first, string second)
    {
        ShellResult result = Run($$"""
            New-DagNode A { ($using:witness).SignIn(); {{first}} } | Invoke-Dag
            New-DagNode B { ($using:witness).SignIn(); {{second}} } | Invoke-Dag
            New-DagNode C { ($using:witness).SignIn(); $null = {{first}}; (Get-Module -All).Name -notlike 'Microsoft.PowerShell.*' } | Invoke-Dag
            """, ("witness", _witness));

        Assert.Single(result.NodeOutput("A"));
        Assert.Equal([], result.NodeOutput("C"));
        Assert.Equal(1, _witness.Count);
    }

    [Fact]
    public void A_function_that_was_brought_is_not_there_for_the_next_run()
    {
        ShellResult result = Run("""
            function Get-Mine { 'mine' }
            Set-Alias mine Get-Mine
            New-DagNode A { mine; ($using:witness).SignIn() } | Invoke-Dag
            function Get-Mine { 'other' }
            New-DagNode B { Get-Mine; ($using:witness).SignIn() } | Invoke-Dag
            Remove-Item function:Get-Mine, alias:mine
            New-DagNode C { ($using:witness).SignIn(); "$(Test-Path 'function:Get-Mine') $(Test-Path 'alias:mine')" } | Invoke-Dag
            """, ("witness", _witness));

        Assert.Equal(["mine"], result.NodeOutput("A"));
        Assert.Equal(["other"], result.NodeOutput("B"));
        Assert.Equal(["False False"], result.NodeOutput("C"));
        Assert.Equal(1, _witness.Count);
    }

    [Fact]
    public void It_is_where_its_caller_is()
    {
        ShellResult result = Run("""
            $ExecutionContext.SessionState.Path.SetLocation($one)
            New-DagNode A { "$PWD"; ($using:witness).SignIn() } | Invoke-Dag
            $ExecutionContext.SessionState.Path.SetLocation([wildcardpattern]::Escape($two))
            (New-DagNode B { "$PWD"; ($using:witness).SignIn(); Set-Location / }), (New-DagNode C { "$PWD" } -DependsOn B) |
                Invoke-Dag -ThrottleLimit 1
            """, ("witness", _witness), ("one", Folder("one")), ("two", Folder("[two]")));

        Assert.Equal([Folder("one")], result.NodeOutput("A"));
        Assert.Equal([Folder("[two]")], result.NodeOutput("B"));
        Assert.Equal([Folder("[two]")], result.NodeOutput("C"));
        Assert.Equal(1, _witness.Count);
    }

    [Fact]
    public void Neither_its_id_nor_its_parameters_are_those_of_the_run_before()
    {
        ShellResult result = Run("""
            $node = New-DagNode A { param($x) $x; $DagNode.RunId; "$($Upstream.Keys)" }
            $node | Invoke-Dag -Parameter @{ x = 1 } -RunVariable one
            $node | Invoke-Dag -RunVariable two
            $one.Nodes[0].Output[1] -eq $two.Nodes[0].Output[1]
            $two.Id -eq $two.Nodes[0].Output[1]
            "$($one.Nodes[0].Output[0]) $($two.Nodes[0].Output[0])"
            """);

        Assert.Equal(["False", "True", "1 "], result.Text[^3..]);
    }

    [Fact]
    public async Task Two_hundred_runs_leave_no_more_than_twenty()
    {
        string[] lines = await RealShell.LinesOfAsync(
            _folder.Write("many.ps1", """
                param($Manifest)
                Import-Module $Manifest
                $nodes = 1..4 | ForEach-Object { New-DagNode "N$_" { Get-Date } }
                $process = [Diagnostics.Process]::GetCurrentProcess()
                foreach ($i in 1..220) {
                    $null = $nodes | Invoke-Dag -ThrottleLimit 3
                    if ($i -in 20, 220) {
                        $process.Refresh()
                        "$((Get-Runspace).Count) $($process.Threads.Count) $($process.HandleCount)"
                    }
                }
                Remove-Module DagShell
                (Get-Runspace).Count
                """),
            Checkout.Manifest);

        int[][] counts = [.. lines.Select(line => line.Split(' ').Select(int.Parse).ToArray())];
        Assert.InRange(counts[0][0], 2, 4);
        Assert.InRange(counts[1][0], 2, 4);

        // The thread pool has some more or fewer from one moment to the next.
        Assert.InRange(counts[1][1] - counts[0][1], -20, 10);
        Assert.InRange(counts[1][2] - counts[0][2], -50, 20);
        Assert.Equal([1], counts[2]);
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder.FullName, name)).FullName;

    private void RunOne() => Run("$null = New-DagNode A { ($using:witness).SignIn() } | Invoke-Dag", ("witness", _witness));

    /// <summary>A node to be run after the session was changed.</summary>
    private PSObject Two() =>
        Run("New-DagNode A { ($using:witness).SignIn() }", ("witness", _witness)).Output.Single();
}

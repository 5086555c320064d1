namespace DagShell.Tests.Capture;

/// <summary>What a node's script uses of its author's session is there in the node, without a parameter.</summary>
public sealed class CapturedFunctionTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void A_function_of_the_prompt_is_there()
    {
        ShellResult result = Run("""
            function Get-Greeting($Name) { "hello $Name" }
            New-DagNode A { Get-Greeting 'you' } | Invoke-Dag
            """);
        Assert.Equal(["hello you"], result.NodeOutput("A"));
    }

    [Fact]
    public void Functions_that_functions_call_come_with_them()
    {
        ShellResult result = Run("""
            function One { Two }
            function Two { Three 3 }
            function Three { param([int] $X = 1) if ($X -gt 1) { Three ($X - 1) } else { 'end' } }
            New-DagNode A { One } | Invoke-Dag
            """);
        Assert.Equal(["end"], result.NodeOutput("A"));
    }

    [Fact]
    public void Filters_aliases_and_functions_set_as_variables_are_there()
    {
        ShellResult result = Run("""
            filter Double { $_ * 2 }
            function Get-It { 'it' }
            $null = $ExecutionContext.InvokeProvider.Item.Set('alias:it', 'Get-It')
            ${function:Get-Other} = { 'other' }
            New-DagNode A { 1, 2 | Double; it; Get-Other } | Invoke-Dag
            """);
        Assert.Equal([2, 4, "it", "other"], result.NodeOutput("A"));
    }

    [Fact]
    public void Conditions_preconditions_and_retry_conditions_find_them_too()
    {
        ShellResult result = Run("""
            function Test-Yes { $true }
            New-DagNode A { if ($DagNode.Attempt -eq 1) { throw 'x' }; 'ran' } -When { Test-Yes } -Precondition { Test-Yes } -RetryIf { Test-Yes } -RetryCount 1 |
                Invoke-Dag
            """);
        Assert.Equal(["ran"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_function_of_a_script_and_of_a_dot_sourced_file_are_there_and_know_their_file()
    {
        string lib = _folder.Write("lib/lib.ps1", "function Get-Lib { \"lib in $PSScriptRoot\" }");
        string dag = _folder.Write("nightly.dag.ps1", """
            . "$PSScriptRoot/lib/lib.ps1"
            function Get-Own { throw 'own' }
            New-DagNode Lib { Get-Lib }
            New-DagNode Own { Get-Own }
            """);
        ShellResult result = Run("& $dag | Invoke-Dag", ("dag", dag));
        Assert.Equal([$"lib in {Path.GetDirectoryName(lib)}"], result.NodeOutput("Lib"));
        Assert.Equal(dag, result.Error("Own")!.InvocationInfo.ScriptName);
        Assert.Equal(2, result.Error("Own")!.InvocationInfo.ScriptLineNumber);
    }

    [Fact]
    public void Functions_that_are_named_and_not_called_are_there()
    {
        ShellResult result = Run("""
            function Get-It { 'it' }
            function Get-That { 'that' }
            New-DagNode A { & ${function:Get-It}; & (Get-Command Get-That); ${function:Get-Own} = { 'own' }; Get-Own } | Invoke-Dag
            """);
        Assert.Equal(["it", "that", "own"], result.NodeOutput("A"));
        Assert.Empty(result.Streams.Warning);
    }

    [Fact]
    public void Functions_that_classes_of_the_file_call_are_there()
    {
        string dag = _folder.Write("classes.dag.ps1", """
            class Lift { [string] Up() { return $this.Call() } [string] Call() { return Get-Floor 3 } }
            function Get-Floor([int] $Number) { "floor $Number" }
            function New-Lift([int] $Unused) { [Lift]::new() }
            New-DagNode Own { [Lift]::new().Up() }
            New-DagNode OfFunction { (New-Lift 1).Up() }
            """);
        ShellResult result = Run("Invoke-Dag -Path $dag", ("dag", dag));
        Assert.Equal(["floor 3"], result.NodeOutput("Own"));
        Assert.Equal(["floor 3"], result.NodeOutput("OfFunction"));
    }

    [Fact]
    public void A_module_that_the_caller_imported_with_a_prefix_has_it_in_the_node_too()
    {
        string module = _folder.Write("Greeter.psm1",
            "function Get-Word { 'word' }; function Get-Greeting { \"hello, $(Get-Word)\" }; Export-ModuleMember Get-Greeting");
        ShellResult result = Run("""
            Import-Module $module -Prefix My
            try { New-DagNode A { Get-MyGreeting } | Invoke-Dag }
            finally { Remove-Module Greeter }
            """, ("module", module));
        Assert.Equal(["hello, word"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_function_that_its_module_copied_to_a_longer_name_is_no_sign_of_a_prefix()
    {
        string module = _folder.Write("Copies.psm1",
            "function Get-It { 'it' }; ${function:Get-OldIt} = ${function:Get-It}; Export-ModuleMember Get-It, Get-OldIt");
        ShellResult result = Run("""
            Import-Module $module
            try { New-DagNode A { Get-OldIt } | Invoke-Dag }
            finally { Remove-Module Copies }
            """, ("module", module));
        Assert.Equal(["it"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_script_module_that_the_caller_imported_without_the_manifest_beside_it_is_imported_so()
    {
        string module = _folder.Write("Half/Half.psm1", "function Get-Told { 1 }; function Get-Untold { 2 }");
        _folder.Write("Half/Half.psd1", "@{ RootModule = 'Half.psm1'; ModuleVersion = '1.0'; FunctionsToExport = 'Get-Told' }");
        ShellResult result = Run("""
            Import-Module $module
            try { New-DagNode A { Get-Untold } | Invoke-Dag }
            finally { Remove-Module Half }
            """, ("module", module));
        Assert.Equal([2], result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("Import-Module ./nowhere.psm1; Get-Later")]
    [InlineData(". ./nowhere.ps1; Get-Later")]
    [InlineData(". $DagNode.Name; if ($true) { Get-Later }; Get-Later")]
    [InlineData("Invoke-Expression 'function Get-Later { }'; Get-Later")]
    public void What_a_node_may_bring_along_itself_is_not_said_to_be_nowhere(string script)
    {
        ShellResult result = Run($"New-DagNode A {{ {script} }} | Invoke-Dag -ErrorAction SilentlyContinue");
        Assert.DoesNotContain(result.Streams.Warning, warning => warning.Contains("'Get-Later'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_module_is_imported_by_the_path_and_version_that_the_caller_has_with_what_is_private_to_it()
    {
        string module = WriteModule();
        ShellResult result = Run("""
            Import-Module $module
            New-DagNode A { Get-Public; (Get-Module Sample).Version.ToString() } | Invoke-Dag
            New-DagNode B { @(Get-Module Sample).Count } | Invoke-Dag
            """, ("module", module));
        Assert.Equal(["private 7", "1.2"], result.NodeOutput("A"));
        Assert.Equal([0], result.NodeOutput("B"));
    }

    [Fact]
    public void A_module_is_loaded_once_a_runspace()
    {
        string module = WriteModule();
        ShellResult result = Run("""
            Import-Module $module
            $global:loads = [System.Collections.Concurrent.ConcurrentBag[string]]::new()
            [AppDomain]::CurrentDomain.SetData('loads', $loads)
            1..20 | ForEach-Object { New-DagNode "n$_" { Get-Public } } | Invoke-Dag -ThrottleLimit 1
            """, ("module", module));
        Assert.Equal(20, result.Statuses.Count(status => status.EndsWith("Succeeded", StringComparison.Ordinal)));
        Assert.Equal(1, Shell.Run("$loads.Count").Single);
    }

    [Fact]
    public void A_script_block_of_a_module_finds_what_is_private_to_that_module()
    {
        string path = _folder.Write("Maker.psm1", """
            function Get-Hidden { 'hidden' }
            function New-MyNode { New-DagNode A { Get-Hidden } }
            Export-ModuleMember -Function New-MyNode
            """);
        ShellResult result = Run("Import-Module $path; New-MyNode | Invoke-Dag", ("path", path));
        Assert.Equal(["hidden"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_command_that_is_nowhere_is_told_before_the_run_with_node_file_and_line()
    {
        string dag = _folder.Write("x.dag.ps1", "\n\nNew-DagNode A { 'first'\nGet-Nowhere }\n");
        ShellResult result = Run("& $dag | Invoke-Dag -WarningVariable told -ErrorAction SilentlyContinue; $told", ("dag", dag));
        string warning = Assert.Single(result.Streams.Warning);
        Assert.Contains("'A'", warning, StringComparison.Ordinal);
        Assert.Contains("Get-Nowhere", warning, StringComparison.Ordinal);
        Assert.Contains($"{dag}:4", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("if ($false) { Get-Nowhere }")]
    [InlineData("foreach ($x in @()) { Get-Nowhere }")]
    [InlineData("try { Get-Nowhere } catch { }")]
    [InlineData("function Get-Nowhere { 1 }; Get-Nowhere")]
    [InlineData("$true ? 1 : (Get-Nowhere)")]
    [InlineData("$null -and (Get-Nowhere)")]
    [InlineData("Write-Output 1 || Get-Nowhere")]
    public void Nothing_is_told_of_a_command_that_may_never_be_called_or_comes_with_the_script(string script)
    {
        ShellResult result = Run($"New-DagNode A {{ {script} }} | Invoke-Dag");
        Assert.Empty(result.Streams.Warning);
    }

    [Fact]
    public void An_initial_session_state_overrides_it_all()
    {
        ShellResult result = Run("""
            function Get-Greeting { 'hello' }
            $state = [initialsessionstate]::CreateDefault2()
            $state.Variables.Add([System.Management.Automation.Runspaces.SessionStateVariableEntry]::new('given', 'yes', ''))
            (New-DagNode A { $given }), (New-DagNode B { Get-Greeting }) | Invoke-Dag -InitialSessionState $state -ErrorAction SilentlyContinue
            """);
        Assert.Equal(["yes"], result.NodeOutput("A"));
        Assert.Equal("Failed", result.Status("B"));
    }

    [Fact]
    public void Five_hundred_nodes_on_eight_runspaces_all_find_them()
    {
        ShellResult result = Run("""
            function Get-Square([int] $X) { Get-Product $X $X }
            function Get-Product([int] $A, [int] $B) { $A * $B }
            1..500 | ForEach-Object { $i = $_; New-DagNode "n$i" { Get-Square $using:i } } | Invoke-Dag -ThrottleLimit 8
            """);
        Assert.Equal(500, result.Names.Length);
        Assert.All(Enumerable.Range(1, 500), i => Assert.Equal([i * i], result.NodeOutput($"n{i}")));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }

    private string WriteModule()
    {
        _folder.Write("Sample/Sample.psm1", """
            $script:state = 7
            $loads = [AppDomain]::CurrentDomain.GetData('loads')
            if ($loads) { $loads.Add('loaded') }
            function Get-Private { "private $script:state" }
            function Get-Public { Get-Private }
            """);
        return _folder.Write(
            "Sample/Sample.psd1", "@{ ModuleVersion = '1.2'; RootModule = 'Sample.psm1'; FunctionsToExport = 'Get-Public' }");
    }
}

namespace DagShell.Tests.Capture;

/// <summary>A name of a module means in a node what it means to the caller, however the caller has the module.</summary>
public sealed class ModuleTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void Of_two_modules_that_export_one_name_the_node_has_the_callers_whatever_ran_in_the_runspace_before()
    {
        string one = _folder.Write("One.psm1", "function Get-It { 'one' }; function Get-One { 1 }");
        string two = _folder.Write("Two.psm1", "function Get-It { 'two' }; function Get-Two { 2 }");
        ShellResult result = Run("""
            Import-Module $one, $two
            $nodes = @(
                New-DagNode A { Get-It }
                New-DagNode B { Get-One; Get-It }
                New-DagNode C { Get-Two; Get-It }
                New-DagNode D { Get-It; Get-Two; Get-One }
                New-DagNode E { One\Get-It; Two\Get-It; Get-It }
            )
            $nodes | Add-DagEdge -Chain A, B, C, D, E | Invoke-Dag -ThrottleLimit 1
            """, ("one", one), ("two", two));
        Assert.Equal(["two"], result.NodeOutput("A"));
        Assert.Equal([1, "two"], result.NodeOutput("B"));
        Assert.Equal([2, "two"], result.NodeOutput("C"));
        Assert.Equal(["two", 2, 1], result.NodeOutput("D"));
        Assert.Equal(["one", "two", "two"], result.NodeOutput("E"));
    }

    [Theory]
    [InlineData("-Function Get-Used")]
    [InlineData("-Function Get-Used -Global")]
    [InlineData("-NoClobber")]
    public void What_the_caller_did_not_import_of_a_module_hides_nothing_in_nodes(string how)
    {
        string module = _folder.Write("Shadow.psm1", "function Get-Date { 'shadow' }; function Get-Used { \"used $(Get-Date)\" }");
        ShellResult result = Run($$"""
            $null = Get-Date
            Import-Module $module {{how}}
            $nodes = @(
                New-DagNode A { Get-Used; (Get-Date).GetType().Name }
                New-DagNode B { (Get-Date).GetType().Name } -DependsOn A
                New-DagNode C { $name = 'Get-Date'; (& $name).GetType().Name } -DependsOn B
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """, ("module", module));
        Assert.Equal(["used shadow", "DateTime"], result.NodeOutput("A"));
        Assert.Equal(["DateTime"], result.NodeOutput("B"));
        Assert.Equal(["DateTime"], result.NodeOutput("C"));
    }

    [Fact]
    public void A_command_that_the_caller_has_from_a_module_in_place_of_a_cmdlet_is_that_modules()
    {
        string module = _folder.Write("Shadow.psm1", "function Get-Date { 'shadow' }");
        ShellResult result = Run("""
            Import-Module $module
            (New-DagNode A { Get-Date }), (New-DagNode B { (Microsoft.PowerShell.Utility\Get-Date).GetType().Name } -DependsOn A) |
                Invoke-Dag -ThrottleLimit 1
            """, ("module", module));
        Assert.Equal(["shadow"], result.NodeOutput("A"));
        Assert.Equal(["DateTime"], result.NodeOutput("B"));
    }

    [Fact]
    public void A_function_that_is_private_to_a_module_has_the_modules_variables()
    {
        string module = _folder.Write("Maker.psm1", """
            using namespace System.Text
            $script:conf = 'set'
            function Get-Hidden { "conf=$script:conf" }
            function New-Mine($Name) {
                New-DagNode $Name { param($Given = 'default') "$Given $using:Name $(Get-Hidden) $conf $($DagNode.Name) $([StringBuilder]::new('x'))" }
            }
            function New-Other($Table) { New-DagNode Other { "$($using:Table.Names[1]) $(Get-Hidden)"; Get-Public } }
            function New-Bad { New-DagNode Bad {
                $null = $using:PID; throw 'bad' } }
            function Get-Public { 'public' }
            Export-ModuleMember -Function New-*
            """);
        ShellResult result = Run("""
            Import-Module $module
            @(New-Mine A; New-Mine B; New-Other @{ Names = 'a', 'b' }; New-Bad) | Invoke-Dag -ThrottleLimit 1 -ErrorAction SilentlyContinue
            """, ("module", module));
        Assert.Equal(["default A conf=set set A x"], result.NodeOutput("A"));
        Assert.Equal(["default B conf=set set B x"], result.NodeOutput("B"));
        Assert.Equal(["b conf=set", "public"], result.NodeOutput("Other"));
        Assert.Equal(module, result.Error("Bad")!.InvocationInfo.ScriptName);
        Assert.Equal(9, result.Error("Bad")!.InvocationInfo.ScriptLineNumber);
        Assert.Equal(25, result.Error("Bad")!.InvocationInfo.OffsetInLine);
    }

    [Fact]
    public void A_dynamic_module_comes_with_its_variables_and_private_functions()
    {
        ShellResult result = Run("""
            New-Module -Name Dyn {
                param($Given)
                $conf = 'dyn'
                $script:count = 0
                function Get-Hidden { "hidden $conf $Given" }
                function Get-Dyn { $script:count++; "$(Get-Hidden) $count" }
                ${function:Get-Set} = { "set $conf" }
                Export-ModuleMember -Function Get-Dyn, Get-Set
            } -ArgumentList 7 | Import-Module
            (New-DagNode A { Get-Dyn; Get-Dyn; Get-Set }), (New-DagNode B { Get-Dyn } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            """);
        Assert.Equal(["hidden dyn 7 1", "hidden dyn 7 2", "set dyn"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_closure_that_is_made_at_the_prompt_brings_no_preferences_of_the_prompts()
    {
        ShellResult result = Run("""
            $x = 1
            New-DagNode A ({ "$ErrorActionPreference $PSNativeCommandUseErrorActionPreference $x" }.GetNewClosure()) | Invoke-Dag
            New-DagNode B ({ Get-Item /none; "after $x" }.GetNewClosure()) | Invoke-Dag -ErrorAction SilentlyContinue
            $WarningPreference = 'SilentlyContinue'
            $own = & { $WarningPreference = 'Continue'; { $WarningPreference }.GetNewClosure() }
            New-DagNode C $own | Invoke-Dag
            """);
        Assert.Equal(["Stop True 1"], result.NodeOutput("A"));
        Assert.Equal("Failed", result.Status("B"));
        Assert.Equal(["Continue"], result.NodeOutput("C").Select(value => $"{value}"));
    }

    [Fact]
    public void A_closure_keeps_its_variables()
    {
        ShellResult result = Run("""
            $nodes = foreach ($i in 1..3) { New-DagNode "N$i" { "i=$i $($DagNode.Name)" }.GetNewClosure() }
            $i = 'changed'
            $nodes | Invoke-Dag -ThrottleLimit 1
            """);
        Assert.Equal(["i=1 N1"], result.NodeOutput("N1"));
        Assert.Equal(["i=2 N2"], result.NodeOutput("N2"));
        Assert.Equal(["i=3 N3"], result.NodeOutput("N3"));
    }

    [Theory]
    [InlineData("param($Stage) function Get-Conf { \"conf=$Stage\" }", "prod", "conf=prod")]
    [InlineData("param([string] $Stage = 'dev', [int] $Count = 1) $script:c = \"$Stage $Count\"; function Get-Conf { $c }", "prod, 3",
        "prod 3")]
    [InlineData("$script:c = $args; function Get-Conf { \"$c\" }", "'a', 'b'", "a b")]
    [InlineData("param($Block) function Get-Conf { & $Block }", "{ 'block' }", "block")]
    public void A_module_that_was_imported_with_arguments_gets_them(string text, string arguments, string expected)
    {
        string module = _folder.Write("Conf.psm1", text);
        ShellResult result = Run($$"""
            Import-Module $module -ArgumentList {{arguments}}
            New-DagNode A { Get-Conf } | Invoke-Dag
            """, ("module", module));
        Assert.Equal([expected], result.NodeOutput("A"));
    }

    [Fact]
    public void What_the_scripts_of_a_manifest_define_is_there()
    {
        _folder.Write("Scripted/init.ps1", "$setting = 'from init'; function Get-Init { \"init $setting\" }");
        _folder.Write("Scripted/Scripted.psm1", "function Get-Scripted { \"$setting; $(Get-Init)\" }");
        string module = _folder.Write(
            "Scripted/Scripted.psd1",
            "@{ ModuleVersion = '1.0'; RootModule = 'Scripted.psm1'; ScriptsToProcess = 'init.ps1'; FunctionsToExport = '*' }");
        ShellResult result = Run("""
            . { Import-Module $module -Global }
            (New-DagNode A { Get-Scripted }), (New-DagNode B { Get-Command Get-Scripted, Get-Init -ErrorAction Ignore | ForEach-Object Name } -DependsOn A) |
                Invoke-Dag -ThrottleLimit 1
            """, ("module", module));
        Assert.Equal(["from init; init from init"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_module_of_an_assembly_is_there()
    {
        ShellResult result = Run("""
            $types = Add-Type -PassThru @'
            using System.Management.Automation;
            [Cmdlet("Get", "ZedOfTest")] public class GetZedOfTest : Cmdlet { protected override void EndProcessing() { WriteObject("zed"); } }
            '@
            Import-Module -Assembly $types[0].Assembly
            New-DagNode A { Get-ZedOfTest } | Invoke-Dag
            """);
        Assert.Equal(["zed"], result.NodeOutput("A"));
    }

    [Fact]
    public void Of_two_cmdlets_of_one_name_the_node_has_the_callers()
    {
        ShellResult result = Run("""
            $types = Add-Type -PassThru @'
            using System.Management.Automation;
            [Cmdlet("Get", "Random")] public class GetRandomOfTest : Cmdlet { protected override void EndProcessing() { WriteObject("mine"); } }
            [Cmdlet("Get", "OtherOfTest")] public class GetOtherOfTest : Cmdlet { protected override void EndProcessing() { WriteObject("other"); } }
            '@
            $null = Get-Random
            $module = Import-Module -Assembly $types[0].Assembly -Cmdlet Get-OtherOfTest -PassThru
            (New-DagNode A { Get-OtherOfTest; Get-Random 1 }), (New-DagNode B { Get-Random 1 } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            Import-Module $module
            @(
                New-DagNode C { Get-Random }
                New-DagNode D { Microsoft.PowerShell.Utility\Get-Random 1; Get-Random } -DependsOn C
                New-DagNode E { (Get-Date).GetType().Name; Get-Random } -DependsOn D
            ) | Invoke-Dag -ThrottleLimit 1
            """);
        Assert.Equal(["other", 0], result.NodeOutput("A"));
        Assert.Equal([0], result.NodeOutput("B"));
        Assert.Equal(["mine"], result.NodeOutput("C"));
        Assert.Equal([0, "mine"], result.NodeOutput("D"));
        Assert.Equal(["DateTime", "mine"], result.NodeOutput("E"));
    }

    [Theory]
    [InlineData("Write-Error 'while loading'")]
    [InlineData("Get-Item ./nowhere")]
    [InlineData("sh -c 'exit 3'")]
    [InlineData("Write-Warning 'w'; Write-Host 'h'")]
    public void A_module_that_writes_an_error_while_it_loads_is_taken_as_the_session_takes_it(string loading)
    {
        string module = _folder.Write("Noisy.psm1", $"{loading}\nfunction Get-Noisy {{ \"noisy $ErrorActionPreference\" }}");
        ShellResult result = Run("""
            Import-Module $module 2>$null 3>$null 6>$null
            New-DagNode A { Get-Noisy } | Invoke-Dag
            """, ("module", module));
        Assert.Equal(["noisy Stop"], result.NodeOutput("A"));
        Assert.Empty(result.Streams.Error);
    }

    [Fact]
    public void A_module_that_cannot_be_loaded_is_named_with_the_cause()
    {
        string module = _folder.Write("Broken.psm1", "if ($global:isCaller) { function Get-Broken { 1 } } else { throw 'no licence' }");
        ShellResult result = Run("""
            $global:isCaller = $true
            Import-Module $module
            New-DagNode A { Get-Broken } | Invoke-Dag -ErrorAction SilentlyContinue
            """, ("module", module));
        Assert.Equal("Failed", result.Status("A"));
        Assert.Contains("'Broken'", result.Error("A")!.ToString(), StringComparison.Ordinal);
        Assert.Contains("no licence", result.Error("A")!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_module_is_imported_at_a_time()
    {
        string module = _folder.Write("Single.psm1", """
            $running = [AppDomain]::CurrentDomain.GetData('single')
            if ($running) {
                if (-not $running.Wait(0)) { throw 'two at once' }
                [System.Threading.Thread]::Sleep(50)
                $null = $running.Release()
            }
            function Get-Single { 'single' }
            """);
        ShellResult result = Run("""
            Import-Module $module
            [AppDomain]::CurrentDomain.SetData('single', [System.Threading.SemaphoreSlim]::new(1))
            1..4 | ForEach-Object { New-DagNode "N$_" { Get-Single; ($using:meet).SignalAndWait(30000) } } | Invoke-Dag -ThrottleLimit 4
            """, ("module", module), ("meet", new Barrier(4)));
        Assert.All(Enumerable.Range(1, 4), i => Assert.Equal(["single", true], result.NodeOutput($"N{i}")));
    }

    [Fact]
    public void An_import_that_hangs_keeps_others_waiting_only_until_it_is_stopped()
    {
        using Gate never = new();
        string module = _folder.Write("Hanging.psm1",
            "$gate = [AppDomain]::CurrentDomain.GetData('hanging'); if ($gate) { $gate.Pass() }; function Get-Hanging { 1 }");
        string other = _folder.Write("Other.psm1", "function Get-Other { 'other' }");
        ShellResult result = Run("""
            Import-Module $module, $other
            [AppDomain]::CurrentDomain.SetData('hanging', $never)
            $hanging = New-DagNode A { Get-Hanging } -Timeout 500ms
            $hanging, (New-DagNode B { Get-Other } -DependsOn A -TriggerRule AllDone) | Invoke-Dag -ErrorAction SilentlyContinue
            """, ("module", module), ("other", other), ("never", never));
        never.Open();
        Assert.Equal("Failed", result.Status("A"));
        Assert.Equal(["other"], result.NodeOutput("B"));
    }

    [Theory]
    [InlineData("Import-Module $using:module")]
    [InlineData("Import-Module $using:module -Global")]
    [InlineData("New-Module -Name Dyn { function Get-Date { 'shadow' } } | Import-Module -Global")]
    [InlineData("$null = New-Module -Name Dyn { function Get-Date { 'shadow' } }")]
    [InlineData("& ([scriptblock]::Create(\"Import-Module '$using:module'\"))")]
    public void A_module_that_a_node_imports_hides_nothing_in_the_next(string import)
    {
        string module =
            _folder.Write("Shadow.psm1",
            "function Get-Date { 'shadow' }; function Get-Mine { 'shadow' }; Set-Alias mine Get-Date; Export-ModuleMember -Function * "
            + "-Alias *");
        ShellResult result = Run($$"""
            function Get-Mine { 'mine' }
            $nodes = @(
                New-DagNode A { Get-Mine; {{import}}; Get-Date }
                New-DagNode B { (Get-Date).GetType().Name; Get-Mine; @(Get-Command mine -ErrorAction Ignore).Count; @(Get-Module Shadow).Count } -DependsOn A
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """, ("module", module));
        Assert.Equal(["mine", "shadow"], result.NodeOutput("A"));
        Assert.Equal(["DateTime", "mine", 0, 0], result.NodeOutput("B"));
    }

    [Fact]
    public void A_module_that_a_module_requires_and_one_inside_another_are_there()
    {
        _folder.Write("Base/Base.psm1", "$script:b = 'base'; function Get-Base { $b }; function Get-Date { 'base date' }");
        _folder.Write("Base/Base.psd1", "@{ ModuleVersion = '1.0'; RootModule = 'Base.psm1'; FunctionsToExport = '*' }");
        _folder.Write("Top/Inner.psm1",
            "$script:i = 'inner'; function Get-Private { $i }; function New-Inner { New-DagNode Inner { \"$(Get-Private) $i\" } }");
        _folder.Write("Top/Top.psm1", "function Get-Top { $name = 'Get-Base'; & $name }");
        string module = _folder.Write("Top/Top.psd1", $$"""
            @{ ModuleVersion = '1.0'; RootModule = 'Top.psm1'; NestedModules = 'Inner.psm1'; FunctionsToExport = 'Get-Top', 'New-Inner'
               RequiredModules = '{{_folder.FullName}}/Base/Base.psd1' }
            """);
        ShellResult result = Run("""
            Import-Module $module -Global
            $inner = New-Inner
            @(
                New-DagNode A { Get-Top }
                New-DagNode B { (Microsoft.PowerShell.Utility\Get-Date).GetType().Name; @(Get-Command Get-Top -ErrorAction Ignore).Count } -DependsOn A
                $inner
            ) | Invoke-Dag -ThrottleLimit 1
            """, ("module", module));
        Assert.Equal(["base"], result.NodeOutput("A"));
        Assert.Equal(["inner inner"], result.NodeOutput("Inner"));
    }

    [Fact]
    public void A_function_of_the_callers_that_a_modules_function_calls_is_there()
    {
        string module = _folder.Write("Calling.psm1", "function Get-Called { Get-Callback }");
        ShellResult result = Run("""
            function global:Get-Callback { 'called back' }
            Import-Module $module -Global
            New-DagNode A { Get-Called } | Invoke-Dag
            """, ("module", module));
        Assert.Equal(["called back"], result.NodeOutput("A"));
    }

    [Fact]
    public void Functions_of_one_name_from_different_files_are_each_nodes_own()
    {
        string dag = _folder.Write("both.dag.ps1", """
            foreach ($name in 'one', 'two') {
                . "$PSScriptRoot/$name.ps1"
                New-DagNode $name { Get-It }
            }
            """);
        _folder.Write("one.ps1", "function Get-It { 'one' }");
        _folder.Write("two.ps1", "function Get-It { 'two' }");
        ShellResult parallel = Run("Invoke-Dag -Path $dag -ThrottleLimit 1", ("dag", dag));
        Assert.Equal(["one"], parallel.NodeOutput("one"));
        Assert.Equal(["two"], parallel.NodeOutput("two"));
        ShellResult sequential = Run("Invoke-Dag -Path $dag -Sequential", ("dag", dag));
        Assert.Equal(["one"], sequential.NodeOutput("one"));
        Assert.Equal(["two"], sequential.NodeOutput("two"));
    }

    [Fact]
    public void A_script_file_that_a_node_calls_finds_the_callers_functions()
    {
        string script = _folder.Write("sub.ps1", "Get-Mine");
        ShellResult result = Run("function Get-Mine { 'mine' }; Set-Location $folder; New-DagNode A { & ./sub.ps1 } | Invoke-Dag",
            ("folder", _folder.FullName), ("script", script));
        Assert.Equal(["mine"], result.NodeOutput("A"));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

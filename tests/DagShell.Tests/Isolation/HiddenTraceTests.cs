namespace DagShell.Tests.Isolation;

/// <summary>What one node sets in a roundabout way, the next one on the same runspace does not see either.</summary>
public sealed class HiddenTraceTests : ShellTests
{
    [Theory]
    [InlineData("param($x) $script:leak = 1", "$null -eq $script:leak")]
    [InlineData("process { $global:leak = 1 }", "$null -eq $global:leak")]
    [InlineData("end { } clean { $global:leak = 1 }", "$null -eq $global:leak")]
    [InlineData("Set-Variable leak 1 -Scope Global", "$null -eq $leak")]
    [InlineData("sv leak 1 -Scope Global", "$null -eq $leak")]
    [InlineData("New-Variable -Name leak -Value 1 -Scope Global", "$null -eq $leak")]
    [InlineData("New-Variable -Name leak -Value 1 -Scope Global -Option Constant", "$null -eq $leak")]
    [InlineData("Set-Variable other 1; $name = 'leak'; Set-Variable $name 1 -Scope Global", "$null -eq $leak")]
    [InlineData("Set-Variable other 1; Set-Variable global:leak 1", "$null -eq $leak")]
    [InlineData("Set-Variable other 1; 1 | Set-Variable leak -Scope 2; $global:leak++", "$null -eq $leak")]
    [InlineData("$set = @{ Name = 'leak'; Value = 1; Scope = 'Global' }; Set-Variable @set", "$null -eq $leak")]
    [InlineData("Microsoft.PowerShell.Utility\\Set-Variable leak 1 -Scope Global", "$null -eq $leak")]
    [InlineData("$global:leak += 1; $global:leak++", "$null -eq $leak")]
    [InlineData("foreach ($global:leak in 1..3) { }", "$null -eq $leak")]
    [InlineData("$global:leak, $other = 1, 2", "$null -eq $leak")]
    [InlineData("$global:leak = 1; (Get-Variable leak).Options = 'ReadOnly'", "$null -eq $leak")]
    [InlineData("$global:OFS = '-'; Remove-Variable OFS -Scope Global", "\"$(1, 2)\" -eq '1 2'")]
    [InlineData("[int] $global:FormatEnumerationLimit = 9", "$FormatEnumerationLimit -eq 4")]
    [InlineData("$global:FormatEnumerationLimit = 9", "$FormatEnumerationLimit -eq 4")]
    [InlineData("$global:PWD = 1", "\"$PWD\" -ne '1'")]
    [InlineData("${variable:global:leak} = 1", "$null -eq $leak")]
    [InlineData("$null = Write-Output 1 -OutVariable global:leak", "$null -eq $leak")]
    [InlineData("$null = Write-Output 1 -OutVariable +global:leak", "$null -eq $leak")]
    [InlineData("1 | ForEach-Object ([scriptblock]::Create('$global:leak = 1'))", "$null -eq $leak")]
    [InlineData("$block = [scriptblock]::Create('$global:leak = 1'); 1 | ForEach-Object $block", "$null -eq $leak")]
    [InlineData("$block = [scriptblock]::Create('$global:leak = 1'); $block.Invoke()", "$null -eq $leak")]
    [InlineData("function f { $global:leak = 1 }; f", "$null -eq $leak")]
    [InlineData("& { $global:leak = 1 }", "$null -eq $leak")]
    [InlineData("[int] $global:leak = 1", "$null -eq $leak")]
    [InlineData("$ExecutionContext.SessionState.PSVariable.Set([psvariable]::new('global:leak', 1, 'ReadOnly'))", "$null -eq $leak")]
    [InlineData("$ExecutionContext.SessionState.PSVariable.Set([psvariable]::new('global:leak', 1, 'Constant'))", "$null -eq $leak")]
    [InlineData("$ExecutionContext.SessionState.PSVariable.Set([psvariable]::new('script:DagNode', 1, 'Constant'))",
        "$DagNode.Name -eq 'Next'")]
    [InlineData("$ExecutionContext.SessionState.PSVariable.Set([psvariable]::new('script:DagNode', 1, 'Private'))",
        "$DagNode.Name -eq 'Next'")]
    [InlineData("$script:DagNode = 1; $script:Upstream = 2", "$DagNode.Name -eq 'Next' -and 'Node' -eq $Upstream.Keys")]
    [InlineData("$ExecutionContext.SessionState.PSVariable.Remove('DagNode'); $ExecutionContext.SessionState.PSVariable.Remove('Upstream')",
        "$DagNode.Name -eq 'Next' -and 'Node' -eq $Upstream.Keys")]
    [InlineData("function Get-Leak { 1 }", "$null -eq ${function:Get-Leak}")]
    [InlineData("function script:Get-Leak { 1 }", "$null -eq ${function:Get-Leak}")]
    [InlineData("${function:global:Get-Leak} = { 1 }", "$null -eq ${function:Get-Leak}")]
    [InlineData("New-Item function:global:Get-Leak -Value { 1 }", "$null -eq ${function:Get-Leak}")]
    [InlineData("function global:TabExpansion2 { 'leak' }", "${function:TabExpansion2}.ToString().Trim() -ne \"'leak'\"")]
    [InlineData("Remove-Item function:TabExpansion2", "$null -ne ${function:TabExpansion2}")]
    [InlineData("${alias:leak} = 'Get-Module'", "$null -eq ${alias:leak}")]
    [InlineData("New-Item alias:leak -Value Get-Module", "$null -eq ${alias:leak}")]
    [InlineData("$ExecutionContext.InvokeProvider.Item.Remove('alias:gmo', $false, $true, $true)", "${alias:gmo} -eq 'Get-Module'")]
    [InlineData("${alias:gmo} = 'Get-Help'", "${alias:gmo} -eq 'Get-Module'")]
    [InlineData("$global:PSNativeCommandUseErrorActionPreference = $false", "$PSNativeCommandUseErrorActionPreference")]
    [InlineData("$global:WarningPreference = 'Ignore'; $VerbosePreference = 'Continue'",
        "$WarningPreference -eq 'Continue' -and $VerbosePreference -eq 'SilentlyContinue'")]
    [InlineData("$PSDefaultParameterValues['Get-Date:Format'] = 'yyyy'", "$PSDefaultParameterValues.Count -eq 0")]
    [InlineData("$global:PSDefaultParameterValues = @{ 'Get-Date:Format' = 'yyyy' }", "$PSDefaultParameterValues.Count -eq 0")]
    [InlineData("$OFS = '-'; $global:OFS = '-'", "\"$(1, 2)\" -eq '1 2'")]
    [InlineData("[cultureinfo]::CurrentCulture = 'de-DE'", "(1.5).ToString() -eq '1.5'")]
    [InlineData("[System.Threading.Thread]::CurrentThread.CurrentUICulture = 'de-DE'", "[cultureinfo]::CurrentUICulture.Name -ne 'de-DE'")]
    [InlineData("$null = 'text' -match 't'", "$null -eq $Matches")]
    [InlineData(
        "$null = $ExecutionContext.Events.GenerateEvent('leak', $null, @(), $null); while "
        + "($ExecutionContext.Events.ReceivedEvents.Count -eq 0) { }", "$ExecutionContext.Events.ReceivedEvents.Count -eq 0")]
    [InlineData("$DagNode = 1; $Upstream = 2; $global:DagNode = 1", "$DagNode.Name -eq 'Next'")]
    [InlineData("param($x) $script:Upstream = 2", "'Node' -eq $Upstream.Keys")]
    public void Neither_variables_nor_functions_nor_settings(string script, string holdsInNext)
    {
        foreach (string condition in new[] { $"{{ {holdsInNext} }}", $"{{ param($Unused) {holdsInNext} }}" })
        {
            ShellResult result = Run($$"""
                [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture
                [cultureinfo]::CurrentUICulture = [cultureinfo]::InvariantCulture
                (New-DagNode Node { {{script}} }), (New-DagNode Next {{condition}} -DependsOn Node) | Invoke-Dag -ThrottleLimit 1
                $next = (New-DagNode Node { 1 }), (New-DagNode Next {{condition}} -DependsOn Node) | Invoke-Dag -ThrottleLimit 1
                $inNextRun = $next[1].Output[0]
                """);

            Assert.Null(result.ErrorText("Node"));
            Assert.Null(result.ErrorText("Next"));
            Assert.Equal([true], result.NodeOutput("Next"));
            Assert.Equal(true, Unwrapped.Value(Shell["inNextRun"]));
        }
    }

    [Theory]
    [InlineData("$global:leak = 1")]
    [InlineData("$script:own = 1; Set-Variable leak 1 -Scope Global")]
    [InlineData("Write-It")]
    [InlineData("& (Get-Command Write-It)")]
    [InlineData("$script:own = 1; $name = 'leak'; New-Variable $name 1 -Scope Global")]
    public void Nor_what_a_function_of_a_module_leaves(string body)
    {
        using ScratchFolder folder = new();
        ShellResult result = Run($$"""
            Import-Module $module
            $nodes = @(
                New-DagNode Node { Set-It }
                New-DagNode Next { $null -eq $leak } -DependsOn Node
                New-DagNode Again { Set-It; $null -ne $leak } -DependsOn Next
                New-DagNode Last { $null -eq $leak } -DependsOn Again
            )
            $nodes | Invoke-Dag -ThrottleLimit 1
            """,
            ("module", folder.Write("It.psm1",
                $"function Write-It {{ $global:leak = 1 }}; function Set-It {{ {body} }}; Export-ModuleMember -Function *")));

        Assert.Equal([true], result.NodeOutput("Next"));
        Assert.Equal([true], result.NodeOutput("Again"));
        Assert.Equal([true], result.NodeOutput("Last"));
    }

    [Theory]
    [InlineData("$global:leak = 1; throw 'x'")]
    [InlineData("$global:leak = 1; exit 3")]
    [InlineData("$global:leak = 1; break")]
    [InlineData("param($x) $global:leak = 1; throw 'x'")]
    public void Nor_what_a_node_leaves_behind_that_fails(string script)
    {
        ShellResult result = Run($$"""
            (New-DagNode Node { {{script}} } -ContinueOnError), (New-DagNode Next { $null -eq $global:leak } -DependsOn Node) | Invoke-Dag -ThrottleLimit 1 -ErrorAction Ignore
            """);

        Assert.Equal([true], result.NodeOutput("Next"));
    }

    [Fact]
    public void Nor_does_a_further_attempt_of_the_same_node()
    {
        ShellResult result =
            Run("New-DagNode A { $seen = $global:leak; $global:leak = 1; if ($DagNode.Attempt -eq 1) { throw 'x' } $null -eq $seen } "
            + "-RetryCount 1 | Invoke-Dag -ThrottleLimit 1");

        Assert.Equal([true], result.NodeOutput("A"));
    }

    [Fact]
    public void Nor_does_the_session_of_the_caller()
    {
        ShellResult result = Run("""
            $OFS = ' '
            $null = New-DagNode A { $global:leak = 1; function global:Get-Leak { }; $PSDefaultParameterValues['a:b'] = 1; $global:OFS = '-' } | Invoke-Dag
            $null -eq $leak
            $null -ne ${function:Get-Leak}
            $PSDefaultParameterValues.Count
            $OFS
            """);

        Assert.Equal(["True", "False", "0", " "], result.Text);
    }

    [Fact]
    public void A_table_of_defaults_is_not_shared_between_runspaces()
    {
        using Gate changed = new();
        ShellResult result = Run("""
            $PSDefaultParameterValues = @{ 'a:b' = 1 }
            $nodes = @(
                New-DagNode Change { $PSDefaultParameterValues['c:d'] = 2; ($using:changed).Open() }
                New-DagNode Look { ($using:changed).Pass(); $PSDefaultParameterValues.Count }
            )
            $nodes | Invoke-Dag -ThrottleLimit 2
            $PSDefaultParameterValues.Count
            """, ("changed", changed));

        Assert.Equal([1], result.NodeOutput("Look"));
        Assert.Equal(1, result.Output[^1].BaseObject);
    }
}

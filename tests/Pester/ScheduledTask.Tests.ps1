BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'A scheduled task' {
    BeforeAll {
        $good = New-TestFile 'good.dag.ps1' "New-DagNode A { 'done' }"
        $bad = New-TestFile 'bad.dag.ps1' "New-DagNode A { throw 'deliberate' }; New-DagNode CleanUp { Write-Host cleaned } -DependsOn A -TriggerRule AllDone"
    }

    It 'pwsh -Command exits 0 when all is well' {
        $child = Invoke-ChildShell '-Command', "Import-Module '$manifest'; Invoke-Dag -Path '$good' -ErrorAction Stop"
        $child.ExitCode | Should -Be 0
        $child.Text | Should -Match 'A +Succeeded'
    }

    It 'pwsh -Command exits 1 when a node failed, after the clean-up, and says which' {
        $child = Invoke-ChildShell '-Command', "Import-Module '$manifest'; Invoke-Dag -Path '$bad' -ErrorAction Stop"
        $child.ExitCode | Should -Be 1
        $child.Text | Should -Match 'cleaned'
        $child.Text | Should -Match '1 node failed\.\s+A at .*bad\.dag\.ps1:1: deliberate'
    }

    It 'pwsh -File exits 1 where the script stops on errors' {
        $script = New-TestFile 'nightly.ps1' "`$ErrorActionPreference = 'Stop'`nImport-Module '$manifest'`nInvoke-Dag -Path `$PSScriptRoot/bad.dag.ps1`n'not reached'"
        $child = Invoke-ChildShell '-File', $script
        $child.ExitCode | Should -Be 1
        $child.Text | Should -Not -Match 'not reached'
        $child.Text | Should -Match 'cleaned'
    }

    It '-ErrorAction Stop ends the script too: <Name>' -ForEach @(
        @{ Name = 'a failed node'; Text = "New-DagNode A { throw 'deliberate' }"; Expected = '(?s)1 node failed\..*A at.*deliberate' }
        @{ Name = 'a dag that is not right'; Text = "New-DagNode A {} -DependsOn Nothing"; Expected = 'Nothing' }
        @{ Name = 'an error in the dag file'; Text = "throw 'in the file'"; Expected = 'in the file' }
        @{ Name = 'a parameter that the dag file lacks'; Text = 'param([Parameter(Mandatory)] $Who) New-DagNode A {}'; Expected = 'Who' }
        @{ Name = 'a dag file that cannot be parsed'; Text = 'New-DagNode A {'; Expected = 'Missing closing' }
    ) {
        $null = New-TestFile 'wrong.dag.ps1' $Text
        $script = New-TestFile 'stopping.ps1' "Import-Module '$manifest'`nInvoke-Dag -Path `$PSScriptRoot/wrong.dag.ps1 -ErrorAction Stop`n'not reached'"
        $child = Invoke-ChildShell '-File', $script
        $child.ExitCode | Should -Be 1
        $child.Text | Should -Not -Match 'not reached'
        $child.Text | Should -Match $Expected
    }

    It 'pwsh -File exits 0 where the script goes on after errors, and -Command 1' {
        $script = New-TestFile 'going-on.ps1' "Import-Module '$manifest'`nInvoke-Dag -Path `$PSScriptRoot/bad.dag.ps1`n'reached'"
        $child = Invoke-ChildShell '-File', $script
        $child.ExitCode | Should -Be 0
        $child.Text | Should -Match '(?m)^reached'
        (Invoke-ChildShell '-Command', "Import-Module '$manifest'; Invoke-Dag -Path '$bad'").ExitCode | Should -Be 1
    }

    It 'pwsh -File exits 0 when all is well' {
        $script = New-TestFile 'fine.ps1' "`$ErrorActionPreference = 'Stop'`nImport-Module '$manifest'`nInvoke-Dag -Path `$PSScriptRoot/good.dag.ps1"
        (Invoke-ChildShell '-File', $script).ExitCode | Should -Be 0
    }

    It 'pwsh -File exits with the code that the script makes of the run' {
        $script = New-TestFile 'counted.ps1' @"
Import-Module '$manifest'
Invoke-Dag -Path `$PSScriptRoot/bad.dag.ps1 -RunVariable run -ErrorAction SilentlyContinue
exit (`$run.Status -eq 'Succeeded' ? 0 : 42)
"@
        (Invoke-ChildShell '-File', $script).ExitCode | Should -Be 42
    }

    It 'no prompt hangs: <Name>' -ForEach @(
        @{ Name = 'Read-Host'; Script = "Read-Host 'name'" }
        @{ Name = 'Get-Credential'; Script = 'Get-Credential' }
        @{ Name = 'a mandatory parameter'; Script = 'Get-Item' }
        @{ Name = '-Confirm'; Script = 'Remove-Item ./nothing-of-the-kind* -Confirm; [void]$Host.UI.PromptForChoice("a", "b", [System.Management.Automation.Host.ChoiceDescription[]]@("y", "n"), 0)' }
    ) {
        $file = New-TestFile 'asking.dag.ps1' "New-DagNode Asks { $Script } -Timeout 20s"
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $child = Invoke-ChildShell '-Command', "Import-Module '$manifest'; Invoke-Dag -Path '$file' -ErrorAction Stop"
        $child.ExitCode | Should -Be 1
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 15
    }

    It 'a log has plain lines with -Verbose' {
        $child = Invoke-ChildShell '-Command', "Import-Module '$manifest'; Invoke-Dag -Path '$good' -Verbose"
        $child.Text | Should -Match 'VERBOSE: [\d:.]+ \[A\] started'
        $child.Text | Should -Match 'VERBOSE: [\d:.]+ \[A\] succeeded in'
    }

    It 'what cannot be stopped does not keep the process: <Name>' -ForEach @(
        @{ Name = 'a node that was given up'; Command = '-Timeout 500ms | Invoke-Dag' }
        @{ Name = 'a job that is left running'; Command = '| Invoke-Dag -AsJob; Start-Sleep -Milliseconds 500' }
    ) {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $child = Invoke-ChildShell '-Command',
            "Import-Module '$manifest'; New-DagNode A { [System.Threading.Thread]::Sleep(60000) } $Command; exit 3"
        $child.ExitCode | Should -Be 3
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 40
    }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    # The lines that a run shows as information, with environment variables of a CI system.
    function Get-ShownLine([hashtable] $Environment, [scriptblock] $Script) {
        try {
            foreach ($name in $Environment.Keys) { Set-Item env:$name $Environment[$name] }
            @(& $Script 6>&1 2>$null).Where{ $_ -is [System.Management.Automation.InformationRecord] }.ForEach{ "$_" }
        }
        finally { $env:GITHUB_ACTIONS = $env:TF_BUILD = $null }
    }
}

Describe 'A CI system' {
    It 'is found by its environment variables: <Begin>' -ForEach @(
        @{ Environment = @{ GITHUB_ACTIONS = 'true' }; Begin = '::group::'; Failure = '::error ' }
        @{ Environment = @{ TF_BUILD = 'True' }; Begin = '##[group]'; Failure = '##vso[task.logissue type=error;' }
    ) {
        $lines = Get-ShownLine $Environment { New-DagNode A { 'said'; throw 'deliberate' } | Invoke-Dag }
        $lines[0].StartsWith($Begin) | Should -BeTrue
        $lines[1] | Should -Be 'said'
        @($lines).Where{ $_.StartsWith($Failure) -and $_.Contains('CI.Tests.ps1') -and $_.Contains('deliberate') }.Count | Should -Be 1
    }

    It 'is not there: <Name>' -ForEach @(
        @{ Name = 'no variables'; Environment = @{} }
        @{ Name = 'a variable that says no'; Environment = @{ GITHUB_ACTIONS = 'false'; TF_BUILD = '' } }
    ) {
        $lines = Get-ShownLine $Environment { New-DagNode A { Write-Host 'said' } | Invoke-Dag }
        $lines | Should -Be '[A] said'
    }

    It 'can be turned off, and within a node it is' {
        Get-ShownLine @{ GITHUB_ACTIONS = 'true' } { New-DagNode A { Write-Host 'said' } | Invoke-Dag -CIFormat None } | Should -Be '[A] said'
        $lines = Get-ShownLine @{ GITHUB_ACTIONS = 'true' } {
            New-DagNode Outer { Import-Module $using:manifest; New-DagNode Inner { Write-Host 'said' } | Invoke-Dag | Out-Null } | Invoke-Dag
        }
        $lines[1..2] | Should -Be '[Inner] said', '::endgroup::'
        @($lines).Where{ $_.StartsWith('::group::') }.Count | Should -Be 1
    }
}

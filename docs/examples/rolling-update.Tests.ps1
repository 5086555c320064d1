# The dag of rolling-update.dag.ps1, without a fleet: -Sequential runs the nodes in this very session, so what is mocked here is
# mocked in them.

BeforeAll {
    if (-not (Get-Command Invoke-Dag -ErrorAction Ignore)) { Import-Module $PSScriptRoot/../../output/DagShell/DagShell.psd1 }
    Import-Module $PSScriptRoot/Fleet.psm1

    function Invoke-RollingUpdate([hashtable] $With = @{}) {
        Invoke-Dag -Path $PSScriptRoot/rolling-update.dag.ps1 -Sequential -ErrorAction SilentlyContinue -Parameter (@{
                Fleet = 'production'; HostName = 'a', 'b', 'c', 'd'; WaveSize = 2; Release = 'new'; OldRelease = 'old'
            } + $With)
    }
}

AfterAll { Remove-Module Fleet }

Describe 'A rolling update' {
    BeforeEach {
        $script:log = [System.Collections.Generic.List[string]]::new()
        $script:runs = @{ a = 'old'; b = 'old'; c = 'old'; d = 'old' }
        $script:outOfService = @()
        $script:sick = @()
        Mock Get-FleetHost { [pscustomobject]@{ Release = $runs[$HostName]; InService = $HostName -notin $outOfService } }
        Mock Disable-FleetHost {}
        Mock Enable-FleetHost {}
        Mock Install-FleetRelease { $runs[$HostName] = $Release; $log.Add("$HostName $Release") }
        Mock Test-FleetHost {
            if ($HostName -in $sick -and $runs[$HostName] -eq 'new') { throw '503' }
            $log.Add("$HostName well")
        }
    }

    It 'goes wave after wave' {
        $null = Invoke-RollingUpdate
        $log[0..3] | Sort-Object | Should -Be 'a new', 'a well', 'b new', 'b well'
        $log[4..7] | Sort-Object | Should -Be 'c new', 'c well', 'd new', 'd well'
        Should -Invoke Enable-FleetHost -Times 4 -Exactly
    }

    It 'rolls back every host that has the new release when one does not get well' {
        $script:sick = 'b'
        $results = Invoke-RollingUpdate
        $runs.Values | Sort-Object -Unique | Should -Be old
        Should -Invoke Install-FleetRelease -ParameterFilter { $HostName -in 'c', 'd' } -Times 0
        ($results | Where-Object Name -EQ 'Check b').Attempts | Should -Be 5
        ($results | Where-Object Name -EQ 'Wave 2').Status | Should -Be Skipped
        ($results | Where-Object Name -EQ 'Roll back c').SkipReason | Should -Be 'its condition (-When) was false'
    }

    It 'leaves a host alone that somebody took out of service' {
        $script:outOfService = 'a'
        $results = Invoke-RollingUpdate
        ($results | Where-Object Name -EQ 'Update a').Error.FullyQualifiedErrorId | Should -Be PreconditionNotMet
        Should -Invoke Install-FleetRelease -ParameterFilter { $HostName -eq 'a' } -Times 0
    }

    It 'reports at the end, whatever happened' {
        $script:sick = 'a'
        (Invoke-RollingUpdate)[-1].Name | Should -Be Report
    }
}

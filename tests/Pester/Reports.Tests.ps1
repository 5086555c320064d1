BeforeAll {
    . $PSScriptRoot/Setup.ps1
    $dag = New-Dag Nightly {
        New-DagNode Extract { 1 }
        New-DagNode Load { throw 'no room' } -DependsOn Extract
        New-DagNode Report {} -DependsOn Load
    }
    $null = $dag | Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue
}

Describe 'Pictures and reports' {
    It 'Show-Dag draws a dag and a run' {
        $dag | Show-Dag -Width 60 | Out-String | Should -Match '(?s)Extract.*Load.*Report'
        $run | Show-Dag -Width 60 | Out-String | Should -Match '1 failed'
    }

    It 'Export-Dag writes <_>' -ForEach 'mmd', 'dot', 'svg', 'html', 'json' {
        $file = $dag | Export-Dag -Path (Join-Path $TestDrive "dag.$_") -PassThru
        Get-Content $file -Raw | Should -BeLike '*Extract*'
        { $dag | Export-Dag -Path $file.FullName } | Should -Throw '*-Force*'
        $dag | Export-Dag -Path $file.FullName -Force
    }

    It 'Export-DagRun writes <_>' -ForEach 'html', 'json', 'csv', 'trace.json' {
        $run | Export-DagRun -Path (Join-Path $TestDrive "run.$_") -PassThru | Get-Content -Raw | Should -BeLike '*Load*'
    }

    It 'Measure-DagRun gives figures, shown as a list' {
        $figures = $run | Measure-DagRun
        $figures.Failed | Should -Be 1
        $figures.Skipped | Should -Be 1
        $figures | Out-String | Should -Match 'Makespan +:'
    }
}

Describe 'Checkpoint and resume' {
    It 'does not run again what is done' {
        $journal = Join-Path $TestDrive nightly.journal
        $trace = Join-Path $TestDrive trace
        $broken = New-TestFile broken ''
        $nodes = @(
            New-DagNode Export { Add-Content $using:trace 'Export'; 'exported' }
            New-DagNode Import { param($Export) if (Test-Path $using:broken) { throw 'no' } $Export } -DependsOn Export
        )
        $null = $nodes | Invoke-Dag -Checkpoint $journal -ErrorAction SilentlyContinue
        Show-Dag -Checkpoint $journal -Width 60 | Out-String | Should -Match '1 failed +✓ 1 succeeded'
        (Measure-DagRun -Checkpoint $journal).Status | Should -Be Failed
        Remove-Item $broken

        { $nodes | Invoke-Dag -Checkpoint $journal } | Should -Throw '*-Resume*-Force*'
        $results = $nodes | Invoke-Dag -Checkpoint $journal -Resume
        ($results | Get-Result Export).FromCheckpoint | Should -BeTrue
        ($results | Get-Result Import).Output | Should -Be exported
        Get-Content $trace | Should -Be Export
    }
}

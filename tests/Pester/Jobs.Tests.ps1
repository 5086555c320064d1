BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe '-AsJob' {
    AfterEach { Get-Job | Remove-Job -Force }

    It 'gives a job with a child job a node' {
        $job = (New-DagNode A { 'a' }), (New-DagNode B { 'b' } -DependsOn A) | New-Dag Nightly | Invoke-Dag -AsJob
        $job | Should -BeOfType System.Management.Automation.Job
        $job.Name | Should -Be Nightly
        $job.ChildJobs.Name | Should -Be A, B
        (Get-Job -Id $job.Id).InstanceId | Should -Be $job.InstanceId
        $null = $job | Wait-Job -Timeout 20
        $job.State | Should -Be Completed
        $job.ChildJobs.State | Should -Be Completed, Completed
    }

    It 'Receive-Job gives the results, once' {
        $job = (New-DagNode A { 'a' }), (New-DagNode B { 'b' } -DependsOn A) | Invoke-Dag -AsJob
        $null = $job | Wait-Job -Timeout 20
        ($job | Receive-Job -Keep).Name | Should -Be A, B
        $results = $job | Receive-Job
        $results.Name | Should -Be A, B
        $results[1].Output | Should -Be b
        $job | Receive-Job | Should -BeNullOrEmpty
        $job.HasMoreData | Should -BeFalse
    }

    It 'Receive-Job -Wait -AutoRemoveJob' {
        $job = New-DagNode A { Start-Sleep -Milliseconds 200; 'a' } | Invoke-Dag -AsJob
        ($job | Receive-Job -Wait -AutoRemoveJob).Output | Should -Be a
        Get-Job -Id $job.Id -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'Receive-Job gives the streams and the errors' {
        $job = New-DagNode Bad { Write-Warning 'careful'; Write-Information 'fact'; throw 'deliberate' } | Invoke-Dag -AsJob
        $null = $job | Wait-Job -Timeout 20
        $job.State | Should -Be Failed
        $result = $job | Receive-Job -ErrorAction SilentlyContinue -ErrorVariable errors -WarningVariable warnings -WarningAction SilentlyContinue -InformationVariable facts
        $result.Status | Should -Be Failed
        "$warnings" | Should -BeLike '*Bad*careful*'
        "$facts" | Should -BeLike '*fact*'
        "$errors" | Should -BeLike "*Node 'Bad' failed*deliberate*"
    }

    It 'tells a node''s state while it runs' {
        $job = (New-DagNode Slow { Start-Sleep 5 }), (New-DagNode After {} -DependsOn Slow) | Invoke-Dag -AsJob
        $deadline = [datetime]::Now.AddSeconds(10)
        while ($job.ChildJobs[0].State -ne 'Running' -and [datetime]::Now -lt $deadline) { Start-Sleep -Milliseconds 20 }
        $job.State | Should -Be Running
        $job.ChildJobs.State | Should -Be Running, NotStarted
        $job.Run.Status | Should -Be Running
    }

    It 'Stop-Job stops the run' {
        $job = (New-DagNode Slow { Start-Sleep 30 }), (New-DagNode After {} -DependsOn Slow) | Invoke-Dag -AsJob
        Start-Sleep -Milliseconds 300
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $job | Stop-Job
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 4
        $job.State | Should -Be Stopped
        ($job | Receive-Job -ErrorVariable errors).Status | Should -Be Cancelled, Cancelled
        $errors | Should -BeNullOrEmpty
    }

    It 'Remove-Job -Force stops and removes it' {
        $job = New-DagNode Slow { Start-Sleep 30 } | Invoke-Dag -AsJob
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $job | Remove-Job -Force
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 4
        Get-Job -Id $job.Id -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'nodes see the session that started it' {
        function Get-Word { 'word' }
        $what = 'using'
        (New-DagNode A { "$(Get-Word) $using:what" } | Invoke-Dag -AsJob | Receive-Job -Wait -AutoRemoveJob).Output |
            Should -Be 'word using'
    }

    It 'leaves -RunVariable at once' {
        $job = New-DagNode A { Start-Sleep -Milliseconds 300 } | Invoke-Dag -AsJob -RunVariable run
        $run.Status | Should -Be Running
        $null = $job | Wait-Job -Timeout 20
        $run.Status | Should -Be Succeeded
    }
}

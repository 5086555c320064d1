BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Streams' {
    It 'records of nodes come to the caller''s streams, tagged with the node''s name' {
        $all = New-DagNode Talk {
            Write-Warning 'a warning'
            Write-Information 'a fact' -InformationAction Continue
            Write-Host 'a word'
            Write-Error 'an error' -ErrorAction Continue
            'output'
        } | Invoke-Dag *>&1
        ($all | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }).Message | Should -Be '[Talk] a warning'
        ($all | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }) | Should -BeLike '*Talk*an error'
        $facts = $all | Where-Object { $_ -is [System.Management.Automation.InformationRecord] }
        $facts.Source | Should -Be Talk, Talk
        "$($facts[1])" | Should -Be '[Talk] a word'
        ($all | Where-Object { $_ -is [DagShell.DagNodeResult] }).Output | Should -Be output
    }

    It 'obeys -WarningAction and -WarningVariable' {
        $null = New-DagNode A { Write-Warning 'careful' } | Invoke-Dag -WarningAction SilentlyContinue -WarningVariable warnings
        # A node that is not to warn does not: as with any command that is called with SilentlyContinue.
        $null = New-DagNode A { Write-Warning 'careful' } | Invoke-Dag -WarningVariable +warnings 3>$null
        "$warnings" | Should -BeLike '*careful*'
    }

    It 'obeys -Verbose and tells what happens' {
        $lines = @(
            New-DagNode Flaky -RetryCount 1 -RetryDelay 10ms { Write-Verbose 'inside'; if ($DagNode.Attempt -eq 1) { throw 'not yet' } }
            New-DagNode Never {} -When { $false }
        ) | Invoke-Dag -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object { $_.Message -replace '^\d\d:\d\d:\d\d\.\d+ ' }
        $lines | Should -Contain '[Flaky] started'
        $lines | Should -Contain '[Flaky] inside'
        $lines | Should -Contain '[Flaky] failed, next attempt in 10 ms: not yet'
        $lines | Should -Contain '[Flaky] attempt 2 started'
        ($lines -like '`[Flaky`] succeeded in *').Count | Should -Be 1
        $lines | Should -Contain '[Never] skipped: its condition (-When) was false'
    }

    It 'obeys -Debug' {
        # PowerShell itself takes -Debug for a wish to be asked, unless -Confirm:$false says otherwise.
        $debug = New-DagNode A { Write-Debug 'detail' } | Invoke-Dag -Debug -Confirm:$false 5>&1 4>$null |
            Where-Object { $_ -is [System.Management.Automation.DebugRecord] }
        $debug.Message | Should -Contain '[A] detail'
    }

    It 'obeys -InformationVariable, -OutVariable, -ErrorVariable and -PipelineVariable' {
        $names = New-DagNode A { Write-Information 'fact'; throw 'no' } |
            Invoke-Dag -InformationVariable facts -OutVariable out -ErrorVariable errors -ErrorAction SilentlyContinue -PipelineVariable p |
            ForEach-Object { $p.Name }
        $names | Should -Be A
        "$facts" | Should -BeLike '*fact*'
        $out.Name | Should -Be A
        $errors[-1].TargetObject.Name | Should -Be A
    }

    It 'each failed node is one error: id, target, cause, position' {
        $null = New-DagNode A { [int]::Parse('x') } | Invoke-Dag -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors[-1].FullyQualifiedErrorId | Should -BeLike 'DagNodeFailed,*'
        $errors[-1].TargetObject | Should -BeOfType DagShell.DagNodeResult
        $errors[-1].Exception.InnerException | Should -Not -BeNullOrEmpty
        $errors[-1].Exception.Message | Should -BeLike "Node 'A' failed at *Streams.Tests.ps1:*"
    }

    It '-ErrorAction Ignore leaves no trace in $Error' {
        $Error.Clear()
        $null = New-DagNode A { throw 'no' } | Invoke-Dag -ErrorAction Ignore
        $Error.Count | Should -Be 0
    }

    It 'results come as nodes finish' {
        $times = @(
            New-DagNode Slow { Start-Sleep -Milliseconds 800 }
            New-DagNode Fast {}
        ) | Invoke-Dag | ForEach-Object { [pscustomobject]@{ Name = $_.Name; Seen = [datetime]::Now } }
        $times.Name | Should -Be Fast, Slow
        ($times[1].Seen - $times[0].Seen).TotalMilliseconds | Should -BeGreaterThan 400
    }

    It 'Select-Object -First 1 stops the run' {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $first = @(
            New-DagNode Fast {}
            New-DagNode Slow { Start-Sleep 30 }
            New-DagNode Blocked { [System.Threading.Thread]::Sleep(6000) }
        ) | Invoke-Dag | Select-Object -First 1
        $first.Name | Should -Be Fast
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
    }
}

Describe 'Views' {
    It 'results are a table' {
        $text = @(
            New-DagNode Extract { 1; 2 }
            New-DagNode Load { throw 'no room' } -DependsOn Extract
            New-DagNode Report {} -DependsOn Load
        ) | Invoke-Dag -ErrorAction SilentlyContinue | Out-String -Width 100
        $text | Should -Match 'Name +Status +Attempts +Duration +Output'
        $text | Should -Match 'Extract +Succeeded +1 +[\d.]+ m?s 1 2'
        $text | Should -Match 'Load +Failed +1 +[\d.]+ m?s no room'
        $text | Should -Match "Report +Skipped +0 +dependency 'Load' failed"
    }

    It 'a long name is not cut to the width of the first' {
        $text = (New-DagNode A {}), (New-DagNode 'Archive the folder' {}) | Invoke-Dag -ThrottleLimit 1 | Out-String -Width 80
        $text | Should -Match 'Archive the folder'
    }

    It 'a plan is a table' {
        $text = (New-DagNode A {}), (New-DagNode B {} -DependsOn A -Pool p) | New-Dag -PoolLimit @{ p = 1 } | Get-DagPlan |
            Out-String -Width 100
        $text | Should -Match 'Order +Level +Name +Critical +Pool +Upstream'
        $text | Should -Match '2 +1 +B +\* +p +A'
    }

    It 'nodes, dags and runs have a table each' {
        New-DagNode A { 1 } | Out-String -Width 100 | Should -Match 'Name +DependsOn +TriggerRule +Pool +Script'
        New-Dag Nightly { New-DagNode A {} } | Out-String -Width 100 | Should -Match 'Name +Nodes +Edges +Description'
        $null = New-DagNode A {} | Invoke-Dag -RunVariable run
        $run | Out-String -Width 100 | Should -Match 'Name +Status +Done +StartTime +Duration'
    }
}

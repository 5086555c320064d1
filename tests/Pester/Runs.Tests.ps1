BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe '-WhatIf and -Confirm' {
    It '-WhatIf gives the plan out and runs nothing' {
        $trace = [System.Collections.Concurrent.ConcurrentBag[string]]::new()
        $plan = @(
            New-DagNode A { ($using:trace).Add('A') }
            New-DagNode B { ($using:trace).Add('B') } -DependsOn A -Pool sql
        ) | New-Dag Nightly -PoolLimit @{ sql = 1 } | Invoke-Dag -WhatIf 6>$null
        $trace.Count | Should -Be 0
        $plan.Name | Should -Be A, B
        $plan.Level | Should -Be 0, 1
        $plan[1].Pool | Should -Be sql
    }

    It '$WhatIfPreference does as -WhatIf, also that of a script around it' {
        $script = New-TestFile 'maybe.ps1' '[CmdletBinding(SupportsShouldProcess)] param() New-DagNode A { throw "ran" } | Invoke-Dag'
        $child = Invoke-ChildShell '-Command',
            "Import-Module '$manifest'; (& '$script' -WhatIf).Name; `$WhatIfPreference = `$true; (New-DagNode B { throw 'ran' } | Invoke-Dag).Name"
        $child.ExitCode | Should -Be 0
        $child.Text | Should -Match '(?s)What if: .*\bA\s+What if: .*\bB\s'
    }

    It '-Confirm:$false asks nobody' {
        (New-DagNode A { 1 } | Invoke-Dag -Confirm:$false).Output | Should -Be 1
    }

    It 'a caller who wants to be asked is asked about the run, not in nodes' {
        $file = Join-Path $TestDrive 'new.txt'
        & {
            $ConfirmPreference = 'Low'
            New-DagNode A { New-Item $using:file -Value x | ForEach-Object Name } | Invoke-Dag -Confirm:$false
        } | ForEach-Object Output | Should -Be new.txt
    }

    It 'asks nobody where there is nobody: -Confirm is an error, and nothing runs' {
        $child = Invoke-ChildShell '-Command',
            "Import-Module '$manifest'; New-DagNode A { throw 'ran' } | Invoke-Dag -Confirm -ErrorAction Stop"
        $child.ExitCode | Should -Be 1
        $child.Text | Should -Not -Match 'ran'
    }
}

Describe '-Target' {
    BeforeAll {
        $nodes = @(
            New-DagNode Build {}
            New-DagNode TestUnit {} -DependsOn Build
            New-DagNode TestWeb {} -DependsOn Build
            New-DagNode Deploy {} -DependsOn TestUnit, TestWeb
        )
    }

    It 'runs these nodes and what they depend on' {
        ($nodes | Invoke-Dag -Target TestUnit).Name | Should -Be Build, TestUnit
    }

    It 'takes wildcards' {
        ($nodes | Invoke-Dag -Target Test*).Name | Sort-Object | Should -Be Build, TestUnit, TestWeb
    }

    It 'is an error where nothing matches' {
        { $nodes | Invoke-Dag -Target Deplyo } | Should -Throw "*'Deplyo'*Did you mean 'Deploy'*"
    }
}

Describe '-RunVariable' {
    It 'leaves the run' {
        $null = @(
            New-DagNode A { 1 }
            New-DagNode B { throw 'no' } -DependsOn A
        ) | New-Dag Nightly | Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue
        $run.Id | Should -BeOfType guid
        $run.Name | Should -Be Nightly
        $run.Status | Should -Be Failed
        $run.EndTime | Should -BeGreaterOrEqual $run.StartTime
        $run.Duration | Should -BeGreaterThan ([timespan]::Zero)
        $run.Nodes['b'].Error.Exception.Message | Should -Be no
        $run.Nodes.Keys | Should -Be A, B
    }

    It 'can be read by another thread while it runs' {
        $shell = [powershell]::Create()
        try {
            $null = New-DagNode A {} | Invoke-Dag -RunVariable run
            $seen = $shell.AddScript('param($Run) "$($Run.Status) $($Run.Nodes.Count)"').AddArgument($run).Invoke()
            $seen | Should -Be 'Succeeded 1'
        }
        finally { $shell.Dispose() }
    }

    It 'is there from the start of the run' {
        $states = (New-DagNode A {}), (New-DagNode B {} -DependsOn A) | Invoke-Dag -RunVariable run |
            ForEach-Object { "$($_.Name) $($run.Nodes.Count)" }
        $states | Should -Be 'A 1', 'B 2'
    }
}

Describe 'Parallelism' {
    It 'nodes run side by side, under the throttle limit' {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $null = 1..8 | ForEach-Object { New-DagNode "n$_" { Start-Sleep -Milliseconds 500 } } | Invoke-Dag -ThrottleLimit 8
        $watch.Elapsed.TotalMilliseconds | Should -BeLessThan 3000
    }

    It 'a node starts the moment its last dependency is done, not when the level is' {
        $results = @(
            New-DagNode Slow { Start-Sleep -Milliseconds 1500 }
            New-DagNode Fast {}
            New-DagNode AfterFast {} -DependsOn Fast
        ) | Invoke-Dag
        $results.Name | Should -Be Fast, AfterFast, Slow
    }

    It '-UseNewRunspace gives every node a fresh one' {
        $results = 1..3 | ForEach-Object { New-DagNode "n$_" { [runspace]::DefaultRunspace.InstanceId } } |
            Invoke-Dag -ThrottleLimit 1 -UseNewRunspace
        @($results.Output | Sort-Object -Unique).Count | Should -Be 3
    }

    It '-InitialSessionState says what runspaces start with' {
        $state = [initialsessionstate]::CreateDefault2()
        $state.Variables.Add([System.Management.Automation.Runspaces.SessionStateVariableEntry]::new('given', 42, ''))
        (New-DagNode A { $given } | Invoke-Dag -InitialSessionState $state).Output | Should -Be 42
    }

    It 'a constrained caller has constrained nodes' {
        $child = Invoke-ChildShell '-Command', @"
Import-Module '$manifest'
`$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
New-DagNode A { `$ExecutionContext.SessionState.LanguageMode } | Invoke-Dag | ForEach-Object Output
New-DagNode B { [System.IO.File]::Exists('x') } | Invoke-Dag -ErrorAction SilentlyContinue | ForEach-Object Status
"@
        $child.Text | Should -Match 'ConstrainedLanguage\s+Failed'
    }

    It 'a constrained session that came first leaves nothing constrained for others of the process' {
        $module = New-TestFile 'private.psm1' 'function Get-Private { "private" }; function Get-It { New-DagNode A { Get-Private } | Invoke-Dag }'
        $child = Invoke-ChildShell '-Command', @"
`$constrained = [powershell]::Create().AddScript({
    Import-Module '$manifest'
    `$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
    New-DagNode A { 'first' } | Invoke-Dag | ForEach-Object Output
})
`$constrained.Invoke()
Import-Module '$manifest', '$module'
(Get-It).Output
"@
        $child.Text | Should -Match 'first\s+private'
    }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    function Send-Report { param($To) throw 'the outside world' }
}

Describe '-Sequential' {
    It 'runs nodes one at a time in this session and thread, in plan order' {
        $here = [runspace]::DefaultRunspace.InstanceId
        $thread = [System.Threading.Thread]::CurrentThread.ManagedThreadId
        $nodes = @(
            New-DagNode Short {}
            New-DagNode Long1 { [runspace]::DefaultRunspace.InstanceId; [System.Threading.Thread]::CurrentThread.ManagedThreadId }
            New-DagNode Long2 {} -DependsOn Long1
        )
        $results = $nodes | Invoke-Dag -Sequential
        $results.Name | Should -Be ($nodes | Get-DagPlan).Name
        ($results | Get-Result Long1).Output | Should -Be $here, $thread
    }

    It 'Mock works on what nodes call' {
        Mock Send-Report { "mocked for $To" }
        $result = New-DagNode Send { Send-Report -To boss } | Invoke-Dag -Sequential
        $result.Output | Should -Be 'mocked for boss'
        Should -Invoke Send-Report -Times 1 -Exactly -ParameterFilter { $To -eq 'boss' }
    }

    It 'without it, what is mocked says that it needs -Sequential' {
        Mock Send-Report { 'mocked' }
        Mock Get-Date { 'some day' }
        $results = (New-DagNode Send { Send-Report -To boss }), (New-DagNode Ask { Get-Date }) | Invoke-Dag -ErrorAction SilentlyContinue
        $results.Status | Should -Be Failed, Failed
        $results.Error | Should -BeLike "*mocked here with Pester's Mock*-Sequential*"
        Should -Invoke Send-Report -Times 0 -Exactly
    }

    It 'Mock works on commands of PowerShell itself' {
        Mock Get-Date { 'some day' }
        (New-DagNode A { Get-Date } | Invoke-Dag -Sequential).Output | Should -Be 'some day'
    }

    It 'data, conditions and retries are as in parallel' {
        $what = 'using'
        $results = @(
            New-DagNode A { 1; 2 }
            New-DagNode B { param($A, $P) "$($A.Count) $P $using:what $($Upstream.A[1]) $(@($input).Count)" } -DependsOn A
            New-DagNode C {} -When { $false } -DependsOn A
            New-DagNode D { if ($DagNode.Attempt -lt 2) { throw 'no' }; "$($DagNode.LastError)" } -RetryCount 1 -RetryDelay 10ms
            New-DagNode E { process { $_ * 10 } } -DependsOn A
            New-DagNode F {} -Precondition { $Upstream.A[0] -eq 2 } -DependsOn A
            New-DagNode G { 'clean' } -DependsOn C, D, E, F -TriggerRule AllDone
        ) | Invoke-Dag -Sequential -Parameter @{ P = 'parameter' } -ErrorAction SilentlyContinue
        ($results | Get-Result B).Output | Should -Be '2 parameter using 2 2'
        ($results | Get-Result C).Status | Should -Be Skipped
        ($results | Get-Result D).Output | Should -Be no
        ($results | Get-Result E).Output | Should -Be 10, 20
        ($results | Get-Result F).Error.FullyQualifiedErrorId | Should -Be PreconditionNotMet
        ($results | Get-Result G).Output | Should -Be clean
    }

    It 'errors inside nodes end them as in parallel: <Name>' -ForEach @(
        @{ Name = 'Write-Error'; Script = { Write-Error 'no'; 'not here' } }
        @{ Name = 'a command that fails'; Script = { Get-Item /no/such/file; 'not here' } }
        @{ Name = 'a native command that fails'; Script = { Invoke-ThisShell -NoProfile -Command 'exit 7'; 'not here' } }
        @{ Name = 'exit 3'; Script = { exit 3 } }
        @{ Name = 'a stray break'; Script = { break } }
        @{ Name = 'a stray continue'; Script = { continue } }
    ) {
        $results = @(
            New-DagNode Bad $Script
            New-DagNode CleanUp { 'clean' } -DependsOn Bad -TriggerRule AllDone
        ) | Invoke-Dag -Sequential -ErrorAction SilentlyContinue
        $results.Status | Should -Be Failed, Succeeded
    }

    It 'leaves the preferences of the session as they were' {
        $before = $ErrorActionPreference, $PSNativeCommandUseErrorActionPreference
        $null = New-DagNode A { throw 'no' } | Invoke-Dag -Sequential -ErrorAction SilentlyContinue
        $ErrorActionPreference, $PSNativeCommandUseErrorActionPreference | Should -Be $before
    }

    It '$Error fills up' {
        $Error.Clear()
        $null = New-DagNode A { throw 'into $Error' } | Invoke-Dag -Sequential -ErrorAction SilentlyContinue
        "$Error" | Should -BeLike '*into $Error*'
    }

    It 'records are tagged' {
        $records = New-DagNode Talk { Write-Warning 'careful'; Write-Host 'word' } | Invoke-Dag -Sequential 3>&1 6>&1
        "$records" | Should -BeLike '*`[Talk`] careful*`[Talk`] word*'
    }

    It 'a breakpoint stops inside a node' {
        $file = New-TestFile 'debugged.dag.ps1' @'
New-DagNode A {
    $x = 1
    $x + 1
}
'@
        $script:hits = 0
        $breakpoint = Set-PSBreakpoint -Script $file -Line 3 -Action { $script:hits++ }
        try { (Invoke-Dag -Path $file -Sequential).Output | Should -Be 2 }
        finally { Remove-PSBreakpoint $breakpoint }
        $breakpoint.HitCount | Should -Be 1
    }

    It 'ends an infinite loop with -Timeout' {
        $result = New-DagNode A { while ($true) {} } -Timeout 300ms | Invoke-Dag -Sequential -ErrorAction SilentlyContinue
        $result.Error.FullyQualifiedErrorId | Should -Be AttemptTimedOut
    }

    It 'a failed node ends the command with -ErrorAction Stop' {
        { New-DagNode A { throw 'no' } | Invoke-Dag -Sequential -ErrorAction Stop } | Should -Throw '*1 node failed*A at *: no'
    }

    It 'does not go with -AsJob' {
        { New-DagNode A {} | Invoke-Dag -Sequential -AsJob } | Should -Throw '*-Sequential*'
    }
}

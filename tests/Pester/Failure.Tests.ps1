BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Every way a script can misbehave ends that node alone' {
    BeforeAll {
        # The node under test, one that goes on beside it, one that depends on it, and a clean-up.
        function Invoke-Misbehaving {
            [CmdletBinding()] param([scriptblock] $Script, [hashtable] $With = @{})
            @(
                New-DagNode Bad $Script @With
                New-DagNode Beside { 'fine' }
                New-DagNode After { 'after' } -DependsOn Bad
                New-DagNode CleanUp { 'clean' } -DependsOn After -TriggerRule AllDone
            ) | Invoke-Dag -ThrottleLimit 2 -ErrorAction SilentlyContinue -ErrorVariable script:errors
        }
    }

    It '<Name>' -ForEach @(
        @{ Name = 'throw'; Script = { throw 'no' }; Message = 'no' }
        @{ Name = 'throw $null'; Script = { throw $null }; Message = '*' }
        @{ Name = 'Write-Error'; Script = { Write-Error 'no'; 'not here' }; Message = 'no' }
        @{ Name = 'a command that fails'; Script = { Get-Item /no/such/file }; Message = '*no/such/file*' }
        @{ Name = 'a native command that fails'; Script = { Invoke-ThisShell -NoProfile -Command 'exit 7' }; Message = '*exit code*7*' }
        @{ Name = 'a command that does not exist'; Script = { Invoke-NothingOfTheKind }; Message = '*Invoke-NothingOfTheKind*' }
        @{ Name = 'exit 3'; Script = { exit 3 }; Message = "*'exit 3'*" }
        @{ Name = 'a stray break'; Script = { break }; Message = "*'break' outside of a loop*" }
        @{ Name = 'a stray continue'; Script = { continue }; Message = "*'continue' outside of a loop*" }
        @{ Name = 'closing its own runspace'; Script = { [runspace]::DefaultRunspace.Close() }; Message = '*must not close its own runspace*' }
    ) {
        $results = Invoke-Misbehaving $Script -WarningAction SilentlyContinue
        ($results | Get-Result Bad).Status | Should -Be Failed
        ($results | Get-Result Bad).Error.Exception.Message | Should -BeLike $Message
        ($results | Get-Result Beside).Output | Should -Be fine
        ($results | Get-Result After).SkipReason | Should -Be "dependency 'Bad' failed"
        ($results | Get-Result CleanUp).Output | Should -Be clean
        $errors.Count | Should -BeGreaterOrEqual 1
        $errors[-1].FullyQualifiedErrorId | Should -BeLike 'DagNodeFailed*'
    }

    It 'exit 0 ends the node well and keeps its output' {
        (New-DagNode A { 'before'; exit 0; 'after' } | Invoke-Dag).Output | Should -Be before
    }

    It '$ErrorActionPreference = ''SilentlyContinue'' is the script''s own choice' {
        $result = New-DagNode A { $ErrorActionPreference = 'SilentlyContinue'; Get-Item /no/such/file; 'went on' } | Invoke-Dag
        $result.Output | Should -Be 'went on'
    }

    It 'an infinite loop ends with -Timeout' {
        $results = Invoke-Misbehaving { while ($true) {} } -With @{ Timeout = '300ms' }
        ($results | Get-Result Bad).Error.FullyQualifiedErrorId | Should -Be AttemptTimedOut
        ($results | Get-Result CleanUp).Status | Should -Be Succeeded
    }

    It 'a blocking .NET call is given up after -Timeout and 2 s' {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $results = Invoke-Misbehaving { [System.Threading.Thread]::Sleep(30000) } -With @{ Timeout = '200ms' }
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 10
        ($results | Get-Result Bad).Error.Exception.Message | Should -BeLike '*given up*'
        ($results | Get-Result CleanUp).Status | Should -Be Succeeded
    }

    It 'a hundred thousand output objects arrive' {
        (New-DagNode A { 1..100000 } | Invoke-Dag).Output.Length | Should -Be 100000
    }

    It 'an error points to the file and the line, also with $using: in the script' {
        $file = New-TestFile 'lines.dag.ps1' @'
$what = 'deliberate'
New-DagNode A {
    $x = 1
    throw $using:what
}
'@
        $result = Invoke-Dag -Path $file -ErrorAction SilentlyContinue -ErrorVariable failure
        $result.Error.InvocationInfo.ScriptName | Should -Be $file
        $result.Error.InvocationInfo.ScriptLineNumber | Should -Be 4
        $failure[-1].Exception.Message | Should -BeLike "*lines.dag.ps1:4: deliberate"
    }

    It 'the session goes on as if nothing had been' {
        $before = Get-Location
        $null = New-DagNode A { Set-Location /; $global:leak = 1; throw 'no' } | Invoke-QuietDag
        (Get-Location).Path | Should -Be $before.Path
        Get-Variable leak -Scope Global -ErrorAction Ignore | Should -BeNullOrEmpty
        (New-DagNode B { 'still there' } | Invoke-Dag).Output | Should -Be 'still there'
    }
}

Describe 'Retries' {
    It 'repeats a failed attempt -RetryCount times' {
        $result = New-DagNode A { if ($DagNode.Attempt -lt 3) { throw 'not yet' } 'now' } -RetryCount 3 -RetryDelay 10ms | Invoke-Dag
        $result.Attempts | Should -Be 3
        $result.Output | Should -Be now
    }

    It 'gives up after the last one' {
        $result = New-DagNode A { throw "attempt $($DagNode.Attempt)" } -RetryCount 2 | Invoke-QuietDag
        $result.Attempts | Should -Be 3
        $result.Error.Exception.Message | Should -Be 'attempt 3'
    }

    It '-RetryIf decides, with the error as $_' {
        $result = New-DagNode A { throw 'access denied' } -RetryCount 5 -RetryIf { $_.Exception.Message -notlike '*denied*' } | Invoke-QuietDag
        $result.Attempts | Should -Be 1
    }

    It 'a node that waits for its next attempt holds no slot' {
        $results = @(
            New-DagNode Flaky -RetryCount 1 -RetryDelay 1s -Priority 1 { if ($DagNode.Attempt -eq 1) { throw 'no' } }
            1..3 | ForEach-Object { New-DagNode "other $_" {} }
        ) | Invoke-Dag -ThrottleLimit 1
        $results[-1].Name | Should -Be Flaky
    }
}

Describe 'Trigger rules' {
    It 'AllDone runs whatever became of the others; AnyFailed only after a failure' {
        $results = @(
            New-DagNode Deploy { throw 'no' }
            New-DagNode RollBack { 'rolled back' } -DependsOn Deploy -TriggerRule AnyFailed
            New-DagNode CleanUp { 'clean' } -DependsOn Deploy -TriggerRule AllDone
        ) | Invoke-QuietDag
        ($results | Get-Result RollBack).Output | Should -Be 'rolled back'
        ($results | Get-Result CleanUp).Output | Should -Be clean

        $results = @(
            New-DagNode Deploy { 'done' }
            New-DagNode RollBack { 'rolled back' } -DependsOn Deploy -TriggerRule AnyFailed
        ) | Invoke-Dag
        ($results | Get-Result RollBack).SkipReason | Should -Be 'no dependency failed'
    }

    It '-FailFast cancels what has not started, but for clean-up' {
        $results = @(
            New-DagNode Bad { throw 'no' } -Priority 1
            New-DagNode Other {}
            New-DagNode CleanUp { 'clean' } -DependsOn Bad, Other -TriggerRule AllDone
        ) | Invoke-QuietDag -With @{ FailFast = $true; ThrottleLimit = 1 }
        ($results | Get-Result Other).Status | Should -Be Cancelled
        ($results | Get-Result CleanUp).Output | Should -Be clean
    }

    It '-ContinueOnError lets the dependents and the run go on' {
        $results = @(
            New-DagNode Optional { throw 'no' } -ContinueOnError
            New-DagNode After { 'after' } -DependsOn Optional
        ) | Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue
        ($results | Get-Result Optional).Status | Should -Be Failed
        ($results | Get-Result After).Output | Should -Be after
        $run.Status | Should -Be Succeeded
    }

    It 'the timeout of the run stops what is running' {
        $results = New-DagNode A { Start-Sleep 30 } | Invoke-Dag -Timeout 300ms -ErrorAction SilentlyContinue -ErrorVariable errors
        $results.Status | Should -Be Cancelled
        $errors[-1].FullyQualifiedErrorId | Should -BeLike 'DagRunTimedOut*'
    }
}

Describe '-ErrorAction Stop' {
    It 'ends the command after the run, naming every failed node' {
        $trace = [System.Collections.Concurrent.ConcurrentBag[string]]::new()
        $nodes = @(
            New-DagNode A { throw 'a' }
            New-DagNode B { throw 'b' }
            New-DagNode CleanUp { ($using:trace).Add('clean') } -DependsOn A, B -TriggerRule AllDone
        )
        $failure = $null
        try { $nodes | Invoke-Dag -ErrorAction Stop } catch { $failure = $_ }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DagRunFailed*'
        $failure.Exception.Message | Should -Match '(?s)2 nodes failed\..*  A at .*Failure\.Tests\.ps1:\d+: a\r?\n  B at .*Failure\.Tests\.ps1:\d+: b$'
        $failure.Exception.Run.Nodes['CleanUp'].Status | Should -Be Succeeded
        $trace | Should -Be clean
    }

    It 'does the same for $ErrorActionPreference' {
        $ErrorActionPreference = 'Stop'
        { New-DagNode A { throw 'a' } | Invoke-Dag } | Should -Throw -ErrorId 'DagRunFailed*'
    }
}

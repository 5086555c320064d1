# What only a real terminal shows: progress on the screen, and Ctrl+C, which goes to the shell and to the programs of nodes alike.

BeforeDiscovery {
    $noTerminal = -not (Get-Command tmux -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Terminal.ps1
    . $PSScriptRoot/Recipes.ps1
}

Describe 'A terminal' -Skip:(-not $noTerminal) {
    It 'can be tested' {
        Set-ItResult -Skipped -Because 'tmux is not installed (apt-get install tmux, brew install tmux; there is none for Windows)'
    }
}

Describe 'At a terminal' -Skip:$noTerminal {
    BeforeAll {
        $folder = (New-Item "$TestDrive/terminal" -ItemType Directory).FullName
        $terminal = Start-Terminal $folder
    }

    AfterAll { Stop-Terminal $terminal }

    BeforeEach {
        Repair-Terminal $terminal
        Remove-Item $folder/begun*, $folder/gate* -ErrorAction Ignore
    }

    It 'the recipe for approval at a prompt asks, and does what is answered' {
        Set-Content $folder/recipe.ps1 (Get-Recipe 'APPROVAL AT A PROMPT')
        foreach ($answer in @{ Key = 'y'; Shows = 'Deploy +Succeeded.*deployed release 7' }, @{ Key = 'n'; Shows = '(?s)Approve +Skipped.*not approved.*Deploy +Skipped' }) {
            Send-Line $terminal './recipe'
            $null = Wait-Screen $terminal 'to production\? \(y/n\)'
            Invoke-Tmux $terminal send-keys -t t $answer.Key Enter
            Wait-Prompt $terminal
            Get-Screen $terminal | Should -Match $answer.Shows
        }
    }

    It 'progress is drawn while nodes run, and cleared at the end' {
        Start-InTerminal $terminal @'
New-DagNode Slow { while (-not (Test-Path gate)) { Start-Sleep -Milliseconds 20 } } | New-Dag Nightly | Invoke-Dag -RunVariable run
'@
        $null = Wait-Screen $terminal 'Nightly.*0 of 1 done'
        New-Item $folder/gate
        Wait-Prompt $terminal
        Get-Screen $terminal | Should -Not -Match 'of 1 done'
        Get-Screen $terminal | Should -Match 'Slow +Succeeded'
        (Get-TerminalRun $terminal).Status | Should -Be Succeeded
    }

    It 'the rows of the table come while nodes still run' {
        Start-InTerminal $terminal @'
(New-DagNode First { }), (New-DagNode Second { } -DependsOn First),
(New-DagNode Slow { while (-not (Test-Path gate)) { Start-Sleep -Milliseconds 20 } }) | Invoke-Dag -RunVariable run
'@
        $screen = Wait-Screen $terminal '(?s)First +Succeeded.*Second +Succeeded'
        $screen | Should -Match 'Name +Status'
        $screen | Should -Not -Match 'Slow +Succeeded'
        New-Item $folder/gate
        Wait-Prompt $terminal
        Get-Screen $terminal | Should -Match '(?s)First.*Second.*Slow +Succeeded'
    }

    # Begun: how many files the nodes write when they are where they are to be interrupted. Program: for nodes that cannot say so.
    # Seen: what the screen says then.
    It 'Ctrl+C: <Name>' -ForEach @(
        @{ Name = 'a node that sleeps'; Begun = 1; Dag = 'New-DagNode A { 1 > begun; Start-Sleep 600 } | Invoke-Dag' }
        @{ Name = 'a node blocked in .NET'; Begun = 1; Dag = 'New-DagNode A { 1 > begun; [Threading.Thread]::Sleep(600000) } | Invoke-Dag' }
        @{ Name = 'a native'; Program = 'sleep'; Dag = 'New-DagNode A { sleep 600 } | Invoke-Dag' }
        @{ Name = 'a native that waits for a native'; Program = 'sleep'; Dag = "New-DagNode A { sh -c 'sleep 600; echo done' } | Invoke-Dag" }
        @{ Name = 'a native that exits 1'; Begun = 1; Dag = @'
New-DagNode A { sh -c 'trap "exit 1" INT; echo > begun; sleep 600' } | Invoke-Dag
'@ }
        @{ Name = 'a native that takes its time to end'; Begun = 1; Dag = @'
New-DagNode A { sh -c 'trap "sleep 0.3; exit 1" INT; echo > begun; sleep 600' } | Invoke-Dag
'@ }
        @{ Name = 'a native in the middle of a pipeline'; Begun = 1; Dag = @'
New-DagNode A { 1..3 | sh -c 'trap "exit 1" INT; echo > begun; sleep 600' | ForEach-Object { $_ } } | Invoke-Dag
'@ }
        @{ Name = 'natives in a pipeline'; Begun = 1; Dag = @'
New-DagNode A { sh -c 'trap "exit 1" INT; echo > begun; sleep 600' | cat } | Invoke-Dag
'@ }
        @{ Name = 'a native whose exit code the script looks at'; Begun = 1; Dag = @'
New-DagNode A {
    $PSNativeCommandUseErrorActionPreference = $false
    sh -c 'trap "exit 1" INT; echo > begun; sleep 600'
    if ($LASTEXITCODE) { throw 'It failed.' }
} | Invoke-Dag
'@ }
        @{ Name = 'a native whose exit code the script does not look at'; Begun = 1; Dag = @'
New-DagNode A { $PSNativeCommandUseErrorActionPreference = $false; sh -c 'echo > begun; sleep 600' } | Invoke-Dag
'@ }
        @{ Name = 'a native whose failure the script catches'; Begun = 1; Dag = @'
New-DagNode A { try { sh -c 'echo > begun; sleep 600' } catch { throw 'It failed.' } } | Invoke-Dag
'@ }
        @{ Name = 'several natives'; Begun = 5; Dag = @'
1..5 | ForEach-Object { New-DagNode "N$_" { sh -c "echo > begun-$($DagNode.Name); sleep 600" } } | Invoke-Dag
'@ }
        @{ Name = 'a native with retries, dependents and a clean-up node'; Ends = 'A=Cancelled B=Cancelled C=Succeeded'; Begun = 1; Dag = @'
(New-DagNode A { 1 >> attempts; sh -c 'trap "exit 1" INT; echo > begun; sleep 600' } -RetryCount 9 -RetryDelay 0),
(New-DagNode B { } -DependsOn A), (New-DagNode C { } -DependsOn A -TriggerRule AnyFailed) | Invoke-Dag -FailFast
'@ }
        @{ Name = 'a native with a timeout'; Begun = 1; Dag = @'
New-DagNode A { sh -c 'echo > begun; sleep 600' } -Timeout 10m -RetryCount 9 -RetryDelay 0 | Invoke-Dag
'@ }
        @{ Name = 'a native in a precondition'; Begun = 1; Dag = @'
New-DagNode A { } -Precondition { sh -c 'echo > begun; sleep 600'; $true } | Invoke-Dag
'@ }
        @{ Name = 'a native in a condition'; Begun = 1; Dag = @'
New-DagNode A { } -When { sh -c 'echo > begun; sleep 600'; $true } | Invoke-Dag
'@ }
        @{ Name = 'all kinds at once'; Begun = 3; Dag = @'
(New-DagNode A { 1 > begun-A; Start-Sleep 600 }), (New-DagNode B { 1 > begun-B; [Threading.Thread]::Sleep(600000) }),
(New-DagNode C { sh -c 'echo > begun-C; sleep 600' }), (New-DagNode D { } -DependsOn A), (New-DagNode E { } -DependsOn C) | Invoke-Dag
'@ }
        @{ Name = 'a node that waits for its retry'; Seen = '1 waiting'; Dag = @'
New-DagNode A { throw 'not yet' } -RetryCount 3 -RetryDelay 1h | Invoke-Dag
'@ }
        @{ Name = 'a node that waits for a key'; Seen = 'waits for a key'; Dag = @'
New-DagNode A { $Host.UI.RawUI.ReadKey('NoEcho,IncludeKeyDown') } | Invoke-Dag
'@ }
        @{ Name = 'a node whose precondition is polled'; Seen = '1 waiting'; Dag = @'
New-DagNode A { } -Precondition { $false } -PreconditionTimeout 1h | Invoke-Dag
'@ }
        @{ Name = 'a dag file'; Begun = 1; Dag = @'
Set-Content night.dag.ps1 "New-DagNode A { sh -c 'echo > begun; sleep 600' }; New-DagNode B { } -DependsOn A"
Invoke-Dag -Path night.dag.ps1
'@ }
        @{ Name = 'a node that sleeps, -Sequential'; Ends = 'A=Cancelled B=Cancelled C=Succeeded'; Begun = 1; Dag = @'
(New-DagNode A { 1 > begun; Start-Sleep 600 }), (New-DagNode B { } -DependsOn A), (New-DagNode C { } -DependsOn A -TriggerRule AllDone) |
    Invoke-Dag -Sequential
'@ }
        @{ Name = 'a native, -Sequential'; Ends = 'A=Cancelled B=Cancelled C=Succeeded'; Begun = 1; Dag = @'
(New-DagNode A { sh -c 'trap "exit 1" INT; echo > begun; sleep 600' } -RetryCount 9 -RetryDelay 0), (New-DagNode B { } -DependsOn A),
(New-DagNode C { } -DependsOn A -TriggerRule AllDone) | Invoke-Dag -Sequential
'@ }
    ) {
        Start-InTerminal $terminal "$Dag -RunVariable run"
        if ($Begun) { Wait-Until $terminal 'sign of the nodes' { @(Get-ChildItem $folder/begun*).Count -eq $Begun } }
        if ($Program) { Wait-Program $terminal $Program }
        if ($Seen) { $null = Wait-Screen $terminal $Seen }
        Send-CtrlC $terminal
        Wait-Prompt $terminal
        $screen = Get-Screen $terminal
        $run = Get-TerminalRun $terminal

        $run.Status | Should -Be Cancelled
        $run.Nodes | Should -Match "^($($Ends ?? '\w+=Cancelled( \w+=Cancelled)*'))$"
        $screen | Should -Not -Match 'Exception|failed|of \d+ done'
        $screen | Should -Match 'Cancelled in [\d.]+ m?s: \d cancelled'
        $run.Milliseconds | Should -BeLessThan 3000
        if (Test-Path $folder/attempts) {
            Get-Content $folder/attempts | Should -HaveCount 1
            Remove-Item $folder/attempts
        }

        $screen = Invoke-InTerminal $terminal "New-DagNode Next { sh -c 'echo fine' } | Invoke-Dag -RunVariable run"
        $screen | Should -Match 'Next +Succeeded'
        (Get-TerminalRun $terminal).Status | Should -Be Succeeded
    }

    It 'nodes ask one after the other, with their names, while others go on' {
        Start-InTerminal $terminal @'
(New-DagNode Alpha { "alpha got $(Read-Host 'a word')" }),
(New-DagNode Beta { "beta got $($Host.UI.PromptForChoice('Deploy', 'Now?', ('&Yes', '&No'), 1))" } -DependsOn Alpha),
(New-DagNode Other { 1 > begun }) | Invoke-Dag -RunVariable run
'@
        $null = Wait-Screen $terminal '(?s)\[Alpha\].*a word:'
        Wait-Until $terminal 'sign of the other node' { Test-Path $folder/begun }
        Invoke-Tmux $terminal send-keys -t t hello Enter
        $null = Wait-Screen $terminal '(?s)\[Beta\] Deploy.*Now\?.*\[Y\] Yes'
        Invoke-Tmux $terminal send-keys -t t y Enter
        Wait-Prompt $terminal
        $screen = Get-Screen $terminal
        $screen | Should -Match 'Alpha +Succeeded.*alpha got hello'
        $screen | Should -Match 'Beta +Succeeded.*beta got 0'
        $screen | Should -Match 'Other +Succeeded'
        (Get-TerminalRun $terminal).Status | Should -Be Succeeded
    }

    It 'a question stays after its node timed out, and the answer is dropped' {
        Start-InTerminal $terminal @'
(New-DagNode Ask { Read-Host 'a word' } -Timeout 1s), (New-DagNode Then { 1 > begun } -DependsOn Ask -TriggerRule AnyFailed) |
    Invoke-Dag -RunVariable run -ErrorAction SilentlyContinue
'@
        Wait-Until $terminal 'sign of the node after it' { Test-Path $folder/begun }
        Get-Screen $terminal | Should -Match 'a word:\s*$'
        Invoke-Tmux $terminal send-keys -t t late Enter
        Wait-Prompt $terminal
        Get-Screen $terminal | Should -Match '\[Ask\] Its question is answered too late'
        (Get-TerminalRun $terminal).Nodes | Should -Be 'Ask=Failed Then=Succeeded'
    }

    It 'Ctrl+C at a question stops the run' {
        Start-InTerminal $terminal @'
(New-DagNode Ask { Read-Host 'a word' }), (New-DagNode Clean { } -CleanUpOf Ask) | Invoke-Dag -RunVariable run
'@
        $null = Wait-Screen $terminal 'a word:'
        Send-CtrlC $terminal
        Wait-Prompt $terminal
        $run = Get-TerminalRun $terminal
        $run.Status | Should -Be Cancelled
        $run.Nodes | Should -Be 'Ask=Cancelled Clean=Succeeded'
        $run.Milliseconds | Should -BeLessThan 3000
    }

    It 'Ctrl+C ends the wait for a job, and the job goes on' {
        Start-InTerminal $terminal @'
$job = New-DagNode A { 1 > begun; Start-Sleep 600 } | Invoke-Dag -AsJob -RunVariable run
$job | Receive-Job -Wait
'@
        Wait-Until $terminal 'sign of the node' { Test-Path $folder/begun }
        Send-CtrlC $terminal
        Wait-Prompt $terminal
        $run = Get-TerminalRun $terminal
        $run.Status | Should -Be Running
        $run.Milliseconds | Should -BeLessThan 3000

        $screen = Invoke-InTerminal $terminal '$job | Stop-Job; "job: $($job.State)"; $job | Remove-Job'
        $screen | Should -Match 'job: Stopped'
        $run = Get-TerminalRun $terminal
        $run.Status | Should -Be Cancelled
        $run.Nodes | Should -Be 'A=Cancelled'
    }

    It 'a native that exits 130 by itself has failed' {
        $screen = Invoke-InTerminal $terminal "New-DagNode A { sh -c 'exit 130' } | Invoke-Dag -RunVariable run"
        $screen | Should -Match 'A +Failed'
        (Get-TerminalRun $terminal).Status | Should -Be Failed
    }

    It 'exit ends the process, though nodes were given up' {
        Send-Line $terminal exit
        Wait-Until $terminal 'end of the shell' { -not (Get-Process -Id $terminal.ShellId -ErrorAction Ignore) }
    }
}

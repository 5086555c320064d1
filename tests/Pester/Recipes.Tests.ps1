# The recipes of the help, each run as it stands there: what Get-Help shows under a heading is the script.

BeforeDiscovery {
    $noCurl = -not (Get-Command curl -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Recipes.ps1

    # Puts a program of that name in the place of the real one.
    function Set-Program([string] $Name, [int] $ExitCode) {
        $null = New-Item $TestDrive/bin -ItemType Directory -Force
        if ($IsWindows) { Set-Content "$TestDrive/bin/$Name.cmd" "@exit /b $ExitCode" }
        else {
            Set-Content "$TestDrive/bin/$Name" "#!/bin/sh`nexit $ExitCode"
            chmod +x "$TestDrive/bin/$Name"
        }
    }

    $path = $env:PATH
}

AfterAll { $env:PATH = $path }

Describe 'The recipe' {
    BeforeEach {
        Push-Location (New-Item "$TestDrive/$([guid]::NewGuid())" -ItemType Directory)
        $log = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
        $ErrorActionPreference = 'SilentlyContinue'
    }

    AfterEach { Pop-Location }

    It 'for exit codes that are no failures: <Code> is <Status>' -ForEach @(
        @{ Code = 0; Status = 'Succeeded' }, @{ Code = 3; Status = 'Succeeded' }, @{ Code = 7; Status = 'Succeeded' }
        @{ Code = 8; Status = 'Failed' }, @{ Code = 16; Status = 'Failed' }
    ) {
        Set-Program robocopy $Code
        $env:PATH = "$TestDrive/bin" + [IO.Path]::PathSeparator + $path
        $result = . (Get-Recipe 'EXIT CODES THAT ARE NO FAILURES')
        $result.Status | Should -Be $Status
        if ($Status -eq 'Failed') { "$($result.Error)" | Should -Be "robocopy ended with $Code" }
    }

    It 'for a server that is busy' -Skip:$noCurl {
        $server = [System.Net.HttpListener]::new()
        do {
            $uri = "http://localhost:$(Get-Random -Minimum 20000 -Maximum 60000)/"
            $server.Prefixes.Clear()
            $server.Prefixes.Add($uri)
            try { $server.Start() } catch [System.Net.HttpListenerException] { $server = [System.Net.HttpListener]::new() }
        } until ($server.IsListening)
        $answering = Start-ThreadJob {
            $asked = @{}
            while (($using:server).IsListening) {
                # One that is closed at that very moment gives no answer.
                $asking = ($using:server).GetContextAsync()
                while (-not $asking.Wait(100)) { if (-not ($using:server).IsListening) { return } }
                $context = $asking.Result
                $asked[$context.Request.UserAgent]++
                $context.Response.StatusCode = $asked[$context.Request.UserAgent] -le 1 ? 503 : 200
                $context.Response.Headers['Retry-After'] = '1'
                $context.Response.Close([Text.Encoding]::UTF8.GetBytes("answer $($asked[$context.Request.UserAgent])"), $false)
            }
        }
        try { $results = . (Get-Recipe 'A SERVER THAT IS BUSY') }
        finally { $server.Close(); $answering | Remove-Job -Force }
        $results.ForEach{ "$($_.Name) $($_.Status) $($_.Attempts) $($_.Output)" } | Sort-Object |
            Should -Be 'Ask Succeeded 2 answer 2', 'Load Succeeded 2 answer 2'
        ($results | Where-Object Name -EQ Ask).Waits.Kind | Should -Contain 'Retry'
    }

    It 'for approval by a file' {
        $file = "$PWD/approved.txt"
        $boss = Start-ThreadJob { Start-Sleep -Milliseconds 500; Set-Content $using:file Ada }
        $results = . (Get-Recipe 'APPROVAL BY A FILE')
        $results[-1].Output | Should -Be 'deployed release 7, approved by Ada'
        ($results | Where-Object Name -EQ Approve).Polls | Should -BeGreaterThan 0
        $boss | Remove-Job -Force
    }

    It 'for telling what broke' {
        $webhook = 'https://example.org/hook'
        $sent = "$PWD/sent.json"
        function Invoke-RestMethod($Uri, $Method, $Body, $ContentType) { Set-Content sent.json "$Method $Uri $Body" }
        $results = . (Get-Recipe 'TELL WHAT BROKE')
        ($results | Where-Object Name -EQ Notify).Status | Should -Be Succeeded
        Get-Content $sent -Raw | Should -BeLike 'Post https://example.org/hook*"Load: The database does not answer."*'
    }

    It 'for blue and green: <Name>' -ForEach @(
        @{ Name = 'all is well'; Sick = @(); Steps = 'install green', 'test green', 'switch green', 'test green', 'remove blue'; Status = 'Succeeded' }
        @{ Name = 'sick under traffic'; Sick = 'test2'; Steps = 'install green', 'test green', 'switch green', 'test green', 'switch blue'; Status = 'Failed' }
        @{ Name = 'a switch that fails'; Sick = 'switch'; Steps = 'install green', 'test green', 'switch green', 'switch blue'; Status = 'Failed' }
        @{ Name = 'an install that fails'; Sick = 'install'; Steps = , 'install green'; Status = 'Failed' }
    ) {
        function Write-Step($Step, $Release, $Sick, $Log) {
            $Log.Enqueue("$Step $Release")
            $count = @($Log.ToArray()).Where{ $_ -like "$Step $Release" }.Count
            if ($Release -eq 'green' -and ($Sick -eq $Step -or $Sick -eq "$Step$count")) { throw "$Step failed" }
        }
        $module = New-Module -ArgumentList $Sick, $log, ${function:Write-Step} {
            param($Sick, $Log, $Step)
            Set-Item function:Write-Step $Step
            function Install-Release($Release) { Write-Step install $Release $Sick $Log }
            function Test-Release($Release) { Write-Step test $Release $Sick $Log }
            function Switch-Traffic($Release) { Write-Step switch $Release $Sick $Log }
            function Remove-Release($Release) { Write-Step remove $Release $Sick $Log }
        }
        Import-Module $module
        try { $results = . (Get-Recipe 'BLUE AND GREEN') } finally { Remove-Module $module }
        $log.ToArray() | Should -Be $Steps
        $results[0].Run.Status | Should -Be $Status
    }

    It 'for quiet hours' {
        function Get-Date { [datetime]'2026-03-01T23:30' }
        # Where the hour does not count it would wait for half a day.
        (Invoke-Expression ((Get-Recipe 'QUIET HOURS').ToString().TrimEnd() + ' -Timeout 1m')).Output | Should -Be reindexed
    }

    It 'for quiet hours waits by day' {
        function Get-Date { [datetime]'2026-03-01T12:00' }
        $job = Invoke-Expression ((Get-Recipe 'QUIET HOURS').ToString().TrimEnd() + ' -AsJob')
        try {
            while (-not ($job.Run.Counts.Waiting -or $job.State -ne 'Running' -or "$($job.Progress)" -match 'waiting')) { Start-Sleep -Milliseconds 20 }
            $job.State | Should -Be Running
        }
        finally { $job | Stop-Job -PassThru | Remove-Job -Force }
    }

    It 'for every night' {
        Set-Content nightly.ps1 (Get-Recipe 'EVERY NIGHT')
        Set-Content nightly.dag.ps1 @'
New-DagNode Load { Set-Content began 1; foreach ($i in 1..6000) { if (Test-Path gate) { break }; Start-Sleep -Milliseconds 20 } }
'@
        $modulePath = $env:PSModulePath
        try {
            $env:PSModulePath = (Split-Path (Split-Path $manifest)) + [IO.Path]::PathSeparator + $env:PSModulePath
            $file = "$PWD/nightly.ps1"
            $shell = @(Get-ThisShell)
            $first = Start-Process $shell[0] (@($shell | Select-Object -Skip 1) + '-NoProfile', '-NonInteractive', '-File', $file) -PassThru
            $null = $first.Handle
            while (-not (Test-Path began)) { $first.HasExited | Should -BeFalse; Start-Sleep -Milliseconds 20 }

            $second = Invoke-ChildShell '-File', $file
            $second.ExitCode | Should -Be 1
            $second.Text | Should -Match 'is being run|in use'
            $null = New-Item gate
            $first.WaitForExit()
            $first.ExitCode | Should -Be 0
            (Get-DagRun runs).Status | Should -Be Succeeded
            (Get-ChildItem logs | Get-Content -Raw) -join "`n" | Should -Match '\[Load\] succeeded'

            # The night after: it fails, and what is older than a month goes.
            Get-ChildItem logs, runs | ForEach-Object { $_.LastWriteTime = (Get-Date).AddDays(-31) }
            Set-Content nightly.dag.ps1 "New-DagNode Load { throw 'no space left' }"
            $failed = Invoke-ChildShell '-File', $file
            $failed.ExitCode | Should -Be 1
            $failed.Text | Should -Match 'no space left'
            (Get-DagRun runs).Status | Should -Be Failed
            (Get-ChildItem logs).Count | Should -Be 1
            Get-ChildItem logs | Get-Content -Raw | Should -Match '\[Load\] failed.*no space left'

            # And one whose time is over.
            Set-Content nightly.ps1 ((Get-Recipe 'EVERY NIGHT') -replace '-Timeout 6h', '-Timeout 500ms')
            Set-Content nightly.dag.ps1 'New-DagNode Load { Start-Sleep 60 }'
            (Invoke-ChildShell '-File', $file).ExitCode | Should -Be 1
            (Get-DagRun runs | Select-Object -First 1).Status | Should -Be Cancelled
        }
        finally { $env:PSModulePath = $modulePath }
    }

    It 'for a fleet from an inventory' {
        Set-Content hosts.csv 'Name,Role', 'web1,web', 'db1,sql', 'web2,web', 'web3,web'
        function Update-Server($Name) { if ($Name -eq 'web2') { throw 'no route to host' } }
        $results = . (Get-Recipe 'A FLEET FROM AN INVENTORY')
        ($results | Where-Object Name -EQ Report).Output | Should -Be 'web1: Succeeded', 'web2: Failed no route to host', 'web3: Succeeded'
        ($results | Where-Object Name -EQ Patch).Items.Attempts | Should -Be 1, 3, 1
    }

    It 'for five steps for each host' {
        Set-Content hosts.csv Name, web1, web2, web3
        $steps = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
        $module = New-Module -ArgumentList $steps {
            param($Steps)
            function Disable-Server($Name) { $Steps.Enqueue("drain $Name") }
            function Update-Server($Name) { if ($Name -eq 'web2') { throw 'no route to host' }; $Steps.Enqueue("patch $Name") }
            function Restart-Server($Name) { $Steps.Enqueue("restart $Name") }
            function Test-Server($Name) { $Steps.Enqueue("check $Name") }
            function Enable-Server($Name) { $Steps.Enqueue("return $Name") }
        }
        Import-Module $module
        try { $results = . (Get-Recipe 'FIVE STEPS FOR EACH HOST') } finally { Remove-Module $module }
        $report = ($results | Where-Object Name -EQ Report).Output
        $report[0] | Should -Be 'back: web1, web3'
        "$($report[1])" | Should -BeLike "*'Server#1/Patch'*no route to host*"
        foreach ($name in 'web1', 'web3') {
            $steps.Where{ $_ -like "* $name" } | Should -Be "drain $name", "patch $name", "restart $name", "check $name", "return $name"
        }
        ($results | Where-Object Name -EQ 'Server#1/Restart').Status | Should -Be Skipped
        ($results | Where-Object Name -EQ 'Server#1/Patch').Attempts | Should -Be 3
    }

    It 'for a folder of files' {
        'one', 'two' | ForEach-Object { Set-Content "$_.md" "# $_" }
        $recipe = Get-Recipe 'A FOLDER OF FILES, CONVERTED'
        $results = . $recipe
        Get-Content out/one.html -Raw | Should -Match '<h1.*one'
        Get-Content out/index.txt | Should -Be one.html, two.html
        $results.UpToDate | Should -Be $false, $false
        (. $recipe).UpToDate | Should -Be $true, $true
        (Get-Item two.md).LastWriteTime = (Get-Date).AddSeconds(5)
        $results = . $recipe
        $results[0].Items.UpToDate | Should -Be $true, $false
    }

    It 'for tenants with a pool' {
        $tenants = 1..9 | ForEach-Object { "tenant$_" }
        $state = [hashtable]::Synchronized(@{ Now = 0; Most = 0 })
        $module = New-Module -ArgumentList $state {
            param($State)
            function Get-TenantUser($Tenant) {
                [System.Threading.Monitor]::Enter($State)
                $State.Now++; $State.Most = [Math]::Max($State.Most, $State.Now)
                [System.Threading.Monitor]::Exit($State)
                Start-Sleep -Milliseconds 20
                [System.Threading.Monitor]::Enter($State); $State.Now--; [System.Threading.Monitor]::Exit($State)
                'Ada', 'Carl'
            }
        }
        Import-Module $module
        try { $result = . (Get-Recipe 'TENANTS WITH A POOL') } finally { Remove-Module $module }
        $result.Output.Tenant | Should -Be $tenants
        $result.Output.Users | Select-Object -Unique | Should -Be 2
        $state.Most | Should -BeIn 2, 3, 4
    }

    It 'for one node alone' {
        Set-Content nightly.dag.ps1 @'
New-DagNode Orders { throw 'the real database' }
New-DagNode Totals -DependsOn Orders { param($Orders) ($Orders | Measure-Object Pieces -Sum).Sum }
New-DagNode Send   -DependsOn Totals { throw 'the real mail' }
'@
        $result = . (Get-Recipe 'ONE NODE ALONE')
        $result.Output | Should -Be 7
    }

    It 'for at most three failures' {
        $nodes = 1..50 | ForEach-Object { New-DagNode "N$_" { if ($using:_ -gt 9) { Start-Sleep 600 } elseif ($using:_ % 2) { throw 'deliberate' } } }
        $nodes += New-DagNode CleanUp { ($using:log).Enqueue('cleaned') } -DependsOn * -TriggerRule AllDone
        $text = . (Get-Recipe 'AT MOST THREE FAILURES')
        $text | Should -Match '^Cancelled, failed: N\d+ N\d+ N\d+$'
        @($run.Nodes.Values).Where{ $_.Status -eq 'Cancelled' }.Count | Should -BeGreaterThan 30
        $log.ToArray() | Should -Be cleaned
    }

    It 'for Pester files in parallel' {
        $null = New-Item tests -ItemType Directory
        Set-Content tests/Good.Tests.ps1 "BeforeAll { `$x = 1 }; Describe 'D' { It 'passes' { `$x | Should -Be 1 }; It 'mocks' { Mock Get-Date { 2 }; Get-Date | Should -Be 2 } }"
        Set-Content tests/Bad.Tests.ps1 "Describe 'D' { It 'fails' { 1 | Should -Be 2 } }"
        # In a session of its own, which does not have the drives of this very test; and with this very Pester, which may lie anywhere.
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $results = $shell.AddScript(@"
Set-Location '$PWD'
Import-Module '$manifest', '$((Get-Module Pester).Path)'
$((Get-Recipe 'PESTER FILES IN PARALLEL') -replace 'Import-Module Pester', "Import-Module '$((Get-Module Pester).Path)'")
"@).Invoke()
        $shell.Dispose()
        $results.ForEach{ "$($_.Name) $($_.Status) $($_.Output.PassedCount)".Trim() } | Sort-Object |
            Should -Be 'Bad.Tests.ps1 Failed', 'Good.Tests.ps1 Succeeded 2'
        "$($results.Error)".Trim() | Should -Be '1 failed: D.fails'
    }
}

Describe 'The recipes' {
    It 'are all run here, but those that need a terminal or a scheduler' {
        $recipes.Keys.Where{ $recipes[$_] -and -not $used[$_] } | Sort-Object |
            Should -Be 'APPROVAL AT A PROMPT', 'FROM CRON', 'FROM SYSTEMD', 'FROM THE WINDOWS TASK SCHEDULER'
    }

    It 'of schedulers start a shell that cannot ask' {
        foreach ($scheduler in 'CRON', 'SYSTEMD', 'THE WINDOWS TASK SCHEDULER') {
            $recipes["FROM $scheduler"] -join "`n" | Should -Match 'pwsh.*-NoProfile -NonInteractive -File \S+nightly\.ps1'
        }
        $problems = $null
        $null = [System.Management.Automation.Language.Parser]::ParseInput($recipes['FROM THE WINDOWS TASK SCHEDULER'] -join "`n", [ref] $null, [ref] $problems)
        $problems | Should -BeNullOrEmpty
    }
}

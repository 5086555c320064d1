# Nodes in sessions at a real terminal: its Ctrl+C goes to the shell, and to the programs that the sessions are carried by.

BeforeDiscovery {
    $missing = foreach ($program in 'tmux', 'ssh', 'ssh-keygen', '/usr/sbin/sshd') {
        if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) { $program }
    }
}

Describe 'Sessions at a terminal' -Skip:(-not $missing) {
    It 'can be tested' -TestCases @{ Missing = $missing } {
        Set-ItResult -Skipped -Because "it needs tmux and an SSH server (apt-get install tmux openssh-server); there is no $($Missing -join ', ')"
    }
}

Describe 'At a terminal, in sessions' -Skip:([bool] $missing) {
    BeforeAll {
        . $PSScriptRoot/Setup.ps1
        . $PSScriptRoot/Terminal.ps1
        $folder = (New-Item "$TestDrive/sessions" -ItemType Directory).FullName

        # A server of the test's own, at a loopback address, with keys and configuration of its own.
        foreach ($key in 'host', 'user') { ssh-keygen -q -t ed25519 -N '' -C $key -f "$folder/$key" }
        function Get-FreePort {
            $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
            $listener.Start()
            $listener.LocalEndpoint.Port
            $listener.Stop()
        }
        $port = Get-FreePort
        Set-Content "$folder/known" "[127.0.0.1]:$port $(Get-Content "$folder/host.pub")"
        Set-Content "$folder/shell" "#!/bin/sh`nunset PSModulePath`nexport PATH='$env:PATH'`nexec '$((Get-ThisShell) -join "' '")' -sshs -NoLogo -NoProfile"
        chmod +x "$folder/shell"
        Set-Content "$folder/config" @"
ListenAddress 127.0.0.1:$port
HostKey $folder/host
AuthorizedKeysFile $folder/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
LogLevel ERROR
Subsystem powershell $folder/shell
"@
        if ([Environment]::UserName -eq 'root') { $null = New-Item /run/sshd -ItemType Directory -Force }
        $server = Start-Process /usr/sbin/sshd "-D -f $folder/config" -PassThru
        $mute = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $mute.Start()

        $terminal = Start-Terminal $folder
        $program, $arguments = Get-ThisShell
        Set-Content "$folder/open.ps1" @"
`$options = @{ UserKnownHostsFile = '$folder/known'; StrictHostKeyChecking = 'yes'; IdentitiesOnly = 'yes'; BatchMode = 'yes'; ServerAliveInterval = 5 }
function Open-Machine([int] `$Port = $port) {
    New-PSSession -HostName 127.0.0.1 -Port `$Port -KeyFilePath '$folder/user' -ConnectingTimeout 60000 -Options `$options
}
`$there = Open-Machine
`$here = New-DagSession '$program' ('$arguments', '-sshs' -ne '')
`$over = New-DagSession ssh '-i', '$folder/user', '-o', 'UserKnownHostsFile=$folder/known', '-o', 'BatchMode=yes', '-o', 'ServerAliveInterval=5', '-p', $port, '-s', '127.0.0.1', 'powershell'
`$all = `$there, `$here, `$over
"states: `$(`$all.State)"
"@
        Send-Line $terminal '. ./open'
        Wait-Prompt $terminal
        Get-Screen $terminal | Should -Match 'states: Opened Opened Opened'
    }

    AfterAll {
        Stop-Terminal $terminal
        if ($server) { $server | Stop-Process -Force }
        if ($mute) { $mute.Stop() }
    }

    BeforeEach { Remove-Item $folder/begun* -ErrorAction Ignore }

    It 'Ctrl+C stops nodes on sessions of all kinds, which go on' {
        Start-InTerminal $terminal @'
$script = { 1 > "$using:PWD/begun-$($DagNode.Name)"; if ($DagNode.Name -eq 'Native') { sleep 600 } else { Start-Sleep 600 } }
'Native', 'Two', 'Three' | ForEach-Object { New-DagNode $_ $script } | Invoke-Dag -Session $all -RunVariable run
'@
        Wait-Until $terminal 'sign of the nodes' { @(Get-ChildItem $folder/begun*).Count -eq 3 }
        Send-CtrlC $terminal
        Wait-Prompt $terminal
        $run = Get-TerminalRun $terminal
        $run.Nodes | Should -Be 'Native=Cancelled Three=Cancelled Two=Cancelled'
        $run.Milliseconds | Should -BeLessThan 3000
        Invoke-InTerminal $terminal '"usable: $(Invoke-Command $all { 1 })"' | Should -Match '(?m)^usable: 1 1 1$'
    }

    It 'Ctrl+C ends what is being opened' {
        $silent = $mute.LocalEndpoint.Port
        Start-InTerminal $terminal @"
`$dag = New-Dag d { 1..2 | ForEach-Object { New-DagNode "N`$_" { 1 } -Pool "p`$_" } }
`$dag | Invoke-Dag -RunVariable run -PoolLimit @{ p1 = 1; p2 = 1 } -PoolSession @{
    p1 = { New-PSSession -HostName 127.0.0.1:$silent -ConnectingTimeout 60000 }
    p2 = { New-DagSession sh '-c', 'echo > begun; sleep 600' }
}
"@
        Wait-Until $terminal 'connection' { $mute.Pending() -and (Test-Path $folder/begun) }
        Send-CtrlC $terminal
        Wait-Prompt $terminal
        $run = Get-TerminalRun $terminal
        $run.Nodes | Should -Be 'N1=Cancelled N2=Cancelled'
        $run.Milliseconds | Should -BeLessThan 3000
        Wait-Until $terminal 'end of the programs' {
            -not (Get-Process ssh, sh, sleep -ErrorAction Ignore | Where-Object CommandLine -Match "-p $silent|begun; sleep 600")
        }
    }

    It 'Ctrl+C while sessions are finished has them finish, and a second one does not' {
        Start-InTerminal $terminal @'
New-DagNode A { 1 } | Invoke-Dag -Session $here -RunVariable run -FinalizationScript { 1 > "$using:PWD/begun"; Start-Sleep 600 }
'@
        Wait-Until $terminal 'sign of the script' { Test-Path $folder/begun }
        Send-CtrlC $terminal
        Start-Sleep -Milliseconds 300
        Send-CtrlC $terminal
        Wait-Prompt $terminal
        (Get-TerminalRun $terminal).Milliseconds | Should -BeLessThan 3000
        Invoke-InTerminal $terminal '"usable: $(Invoke-Command $here { 1 })"' | Should -Match '(?m)^usable: 1$'
    }

    It 'Ctrl+C at what cannot be stopped costs the session' {
        Start-InTerminal $terminal @'
New-DagNode A { 1 > "$using:PWD/begun"; [Threading.Thread]::Sleep(600000) } | Invoke-Dag -Session $here -RunVariable run
'@
        Wait-Until $terminal 'sign of the node' { Test-Path $folder/begun }
        Send-CtrlC $terminal
        Wait-Prompt $terminal
        (Get-TerminalRun $terminal).Milliseconds | Should -BeLessThan 3000
        Invoke-InTerminal $terminal '"states: $($here.State) $($there.State)"' | Should -Match '(?m)^states: Clos(ed|ing) Opened$'
    }
}

# A real terminal for tests: PowerShell on a pseudo-terminal of tmux, which draws the screen, answers what a shell asks of its
# terminal, and sends Ctrl+C as a keyboard does. Dot-sourced in BeforeAll, after Setup.ps1.

# How long to wait for what is bound to come: far more than it takes on a busy machine.
$terminalPatience = [timespan]::FromSeconds(90)

# Starts a shell in a folder, on a terminal of its own with a socket of its own. Its prompt is "<n> READY>" after n lines.
function Start-Terminal {
    param([string] $Folder, [int] $Columns = 160, [int] $Rows = 40)
    Set-Content "$Folder/startup.ps1" @"
Import-Module '$manifest'
Set-PSReadLineOption -HistorySaveStyle SaveNothing -PredictionSource None
Set-Location '$Folder'
"@, @'
Add-Type -TypeDefinition @"
public static class Interrupt {
    public static System.DateTime Time = System.DateTime.UtcNow;
    static object s_registration;
    public static void Watch() => s_registration = System.Runtime.InteropServices.PosixSignalRegistration.Create(
        System.Runtime.InteropServices.PosixSignal.SIGINT, _ => Time = System.DateTime.UtcNow);
}
"@
[Interrupt]::Watch()

# After Ctrl+C, and when it redraws its line, PowerShell asks for the prompt more than once.
# The numbers of lines in the history are not without gaps: a run with -Sequential has some, too.
$lines = $shown = -1
function prompt {
    $count = [int](Get-History -Count 1).Id
    if ($count -ne $lines) { $global:lines, $global:promptTime, $global:shown = $count, [datetime]::UtcNow, ($shown + 1) }
    "$shown READY> "
}

# Says on one line how the last run stands, and how long after the last Ctrl+C the prompt came.
function Show-Run {
    $nodes = foreach ($name in $run.Nodes.Keys | Sort-Object) { "$name=$($run.Nodes[$name].Status)" }
    "RUN $($run.Status): $nodes; $([int]($promptTime - [Interrupt]::Time).TotalMilliseconds) ms"
}
'@
    $socket = Join-Path ([IO.Path]::GetTempPath()) "dagshell-$([guid]::NewGuid().ToString('N').Substring(0, 12))"
    $terminal = [pscustomobject]@{ Socket = $socket; Folder = $Folder; ShellId = 0; Prompt = -1; IsLost = $false }
    $shell = @(Get-ThisShell)
    # PowerShell asks the terminal where the cursor is whenever it draws progress, and waits for the answer for ever. Ctrl+C has the kernel
    # throw away what is on its way, the answer too if it comes at that very moment. That is no matter of this module: noflsh keeps it.
    $line = @('sh', '-c', 'stty noflsh; exec "$@"', 'sh') + $shell + @('-NoProfile', '-NoLogo', '-NoExit', '-File', "$Folder/startup.ps1")
    Invoke-Tmux $terminal -f /dev/null new-session -d -s t -x $Columns -y $Rows @line
    $terminal.ShellId = [int](Invoke-Tmux $terminal list-panes -t t -F '#{pane_pid}')
    Wait-Prompt $terminal
    $terminal
}

# Ends the shell and all that is left of its terminal, whatever state it is in.
function Stop-Terminal {
    param($Terminal)
    if ($null -ne $Terminal) {
        $null = tmux -S $Terminal.Socket kill-server 2>&1
        Stop-Process -Id $Terminal.ShellId -Force -ErrorAction Ignore
        Remove-Item $Terminal.Socket -Force -ErrorAction Ignore
    }
}

# Puts a new shell in the place of one that was lost, because a test failed in the middle: the next one is to tell its own story.
function Repair-Terminal {
    param($Terminal)
    if ($Terminal.IsLost) {
        Stop-Terminal $Terminal
        $new = Start-Terminal $Terminal.Folder
        foreach ($property in $new.PSObject.Properties) { $Terminal.($property.Name) = $property.Value }
    }
}

# Without param(): tmux's own -t would be taken for a parameter.
function Invoke-Tmux {
    $terminal, $command = $args
    $PSNativeCommandUseErrorActionPreference = $false
    $text = tmux -S $terminal.Socket @command 2>&1
    if ($LASTEXITCODE) { throw "tmux $command failed: $text" }
    $text
}

# What is on the screen, lines that were wrapped joined.
function Get-Screen {
    param($Terminal)
    (Invoke-Tmux $Terminal capture-pane -p -J -t t) -join "`n"
}

# Types a line at the prompt; the screen is cleared when it begins, and before: what is still there of the last one is not to be waited for.
function Send-Line {
    param($Terminal, [string] $Text)
    Invoke-Tmux $Terminal send-keys -t t Clear-Host Enter
    Wait-Prompt $Terminal
    Invoke-Tmux $Terminal send-keys -t t -l -- "Clear-Host; $Text"
    Invoke-Tmux $Terminal send-keys -t t Enter
}

function Send-CtrlC {
    param($Terminal)
    Invoke-Tmux $Terminal send-keys -t t C-c
}

# Waits until a condition holds; a failure shows the screen.
function Wait-Until {
    param($Terminal, [string] $What, [scriptblock] $Condition)
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed -gt $terminalPatience) {
            $Terminal.IsLost = $true
            throw "No $What after $terminalPatience. The screen:`n$(Get-Screen $Terminal)"
        }
        Start-Sleep -Milliseconds 30
    }
}

# Waits for a text on the screen, a regular expression, and gives the screen.
function Wait-Screen {
    param($Terminal, [string] $Pattern)
    Wait-Until $Terminal "'$Pattern' on the screen" { ($script:screen = Get-Screen $Terminal) -match $Pattern }
    $script:screen
}

# Waits for the next prompt. It must be the last thing on the screen.
function Wait-Prompt {
    param($Terminal)
    $Terminal.Prompt++
    $null = Wait-Screen $Terminal "(?m)^$($Terminal.Prompt) READY>\s*\z"
}

# Waits until so many programs of a name run that the shell, or one of its children, started.
function Wait-Program {
    param($Terminal, [string] $Name, [int] $Count = 1)
    Wait-Until $Terminal "program '$Name'" {
        $running = Get-Process $Name -ErrorAction Ignore | Where-Object { $Terminal.ShellId -in $_.Parent.Id, $_.Parent.Parent.Id }
        @($running).Count -ge $Count
    }
}

# Starts a script, which is to put its run into $run.
function Start-InTerminal {
    param($Terminal, [string] $Text)
    Set-Content "$($Terminal.Folder)/case.ps1" $Text
    Send-Line $Terminal '. ./case'
}

# Runs a script to its prompt, and gives the screen.
function Invoke-InTerminal {
    param($Terminal, [string] $Text)
    Start-InTerminal $Terminal $Text
    Wait-Prompt $Terminal
    Get-Screen $Terminal
}

# How the last run stands.
function Get-TerminalRun {
    param($Terminal)
    Send-Line $Terminal 'Show-Run'
    Wait-Prompt $Terminal
    if ((Get-Screen $Terminal) -notmatch '(?m)^RUN (\w+): (.*); (\d+) ms$') { throw "No run is told:`n$(Get-Screen $Terminal)" }
    [pscustomobject]@{ Status = $Matches[1]; Nodes = $Matches[2]; Milliseconds = [int]$Matches[3] }
}

<#
.SYNOPSIS
    Measures the first steps of this session, each once: milliseconds, separated by blanks.
#>
param(
    # The time stamp at which the process was started.
    [long] $Started,

    # What to measure after the session's first statement.
    [ValidateSet('Nothing', 'DagShell', 'Module', 'Parallel', 'ThreadJob', 'Sleeps', 'Diamonds', 'BareSleeps', 'BareNaps')]
    [string] $What,

    # The module to import, where it takes one.
    [string] $Module
)

$first = [Diagnostics.Stopwatch]::GetTimestamp()
$import = $node = [double]::NaN
if ($Module) {
    $start = [Diagnostics.Stopwatch]::GetTimestamp()
    Import-Module $Module -ErrorAction Stop
    $import = [Diagnostics.Stopwatch]::GetElapsedTime($start).TotalMilliseconds
}
if ($What -eq 'Sleeps') { $nodes = foreach ($i in 1..32) { New-DagNode "n$i" { [Threading.Thread]::Sleep(50) } } }
if ($What -eq 'Diamonds') {
    $nap = { [Threading.Thread]::Sleep(10) }
    $nodes = foreach ($i in 1..10) {
        New-DagNode "top$i" $nap
        foreach ($arm in 1..48) { New-DagNode "arm$i.$arm" $nap -DependsOn "top$i" }
        New-DagNode "end$i" $nap -DependsOn (1..48 | ForEach-Object { "arm$i.$_" })
    }
}

# Scripts in a pool of runspaces that opens as it needs them, and nothing else.
function Invoke-Bare([string] $Script, [int] $Count) {
    $pool = [runspacefactory]::CreateRunspacePool(16, 16)
    $pool.Open()
    $running = foreach ($i in 1..$Count) {
        $shell = [powershell]::Create().AddScript($Script)
        $shell.RunspacePool = $pool
        @{ Shell = $shell; Call = $shell.BeginInvoke() }
    }
    foreach ($one in $running) { $null = $one.Shell.EndInvoke($one.Call); $one.Shell.Dispose() }
    $pool.Dispose()
}

$start = [Diagnostics.Stopwatch]::GetTimestamp()
$began = switch ($What) {
    DagShell { (New-DagNode A { [Diagnostics.Stopwatch]::GetTimestamp() } | Invoke-Dag).Output[0] }
    { $_ -in 'Sleeps', 'Diamonds' } { $nodes | Invoke-Dag -ThrottleLimit 16 | Out-Null; [Diagnostics.Stopwatch]::GetTimestamp() }
    BareSleeps { Invoke-Bare '[Threading.Thread]::Sleep(50)' 32; [Diagnostics.Stopwatch]::GetTimestamp() }
    BareNaps { Invoke-Bare '[Threading.Thread]::Sleep(10)' 500; [Diagnostics.Stopwatch]::GetTimestamp() }
    Parallel { 1 | ForEach-Object -Parallel { [Diagnostics.Stopwatch]::GetTimestamp() } }
    ThreadJob { Start-ThreadJob { [Diagnostics.Stopwatch]::GetTimestamp() } | Receive-Job -Wait }
}
if ($began) { $node = [Diagnostics.Stopwatch]::GetElapsedTime($start, $began).TotalMilliseconds }
$times = [Diagnostics.Stopwatch]::GetElapsedTime($Started, $first).TotalMilliseconds, $import, $node
[Console]::Write($times.ForEach{ $_.ToString([cultureinfo]::InvariantCulture) } -join ' ')

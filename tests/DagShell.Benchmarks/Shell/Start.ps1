<#
.SYNOPSIS
    Measures the first steps of this session, each once: milliseconds, separated by blanks.
#>
param(
    # The time stamp at which the process was started.
    [long] $Started,

    # What to measure after the session's first statement.
    [ValidateSet('Nothing', 'DagShell', 'Module', 'Parallel', 'ThreadJob')] [string] $What,

    # The module to import, for the first two.
    [string] $Module
)

$first = [Diagnostics.Stopwatch]::GetTimestamp()
$import = $node = [double]::NaN
if ($What -in 'DagShell', 'Module') {
    $start = [Diagnostics.Stopwatch]::GetTimestamp()
    Import-Module $Module -ErrorAction Stop
    $import = [Diagnostics.Stopwatch]::GetElapsedTime($start).TotalMilliseconds
}
$start = [Diagnostics.Stopwatch]::GetTimestamp()
$began = switch ($What) {
    DagShell { (New-DagNode A { [Diagnostics.Stopwatch]::GetTimestamp() } | Invoke-Dag).Output[0] }
    Parallel { 1 | ForEach-Object -Parallel { [Diagnostics.Stopwatch]::GetTimestamp() } }
    ThreadJob { Start-ThreadJob { [Diagnostics.Stopwatch]::GetTimestamp() } | Receive-Job -Wait }
}
if ($began) { $node = [Diagnostics.Stopwatch]::GetElapsedTime($start, $began).TotalMilliseconds }
$times = [Diagnostics.Stopwatch]::GetElapsedTime($Started, $first).TotalMilliseconds, $import, $node
[Console]::Write($times.ForEach{ $_.ToString([cultureinfo]::InvariantCulture) } -join ' ')

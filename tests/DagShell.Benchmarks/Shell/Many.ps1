<#
.SYNOPSIS
    Runs very many nodes that do next to nothing, once: the microseconds a node, and the megabytes that this process took at most.
#>
param(
    # The module to import.
    [string] $Module,

    # How many nodes.
    [int] $Count,

    # The journal to keep; none if it is empty.
    [string] $Journal
)

Import-Module $Module -ErrorAction Stop
$keeping = if ($Journal) { @{ Checkpoint = $Journal; Force = $true } } else { @{} }
New-DagNode Before { 1 } | Invoke-Dag @keeping | Out-Null
$shared = { 1 }
$nodes = for ($i = 0; $i -lt $Count; $i++) { New-DagNode "n$i" $shared }
[GC]::Collect()
$start = [Diagnostics.Stopwatch]::GetTimestamp()
$nodes | Invoke-Dag -ThrottleLimit 2 @keeping | Out-Null
$time = [Diagnostics.Stopwatch]::GetElapsedTime($start).TotalMicroseconds / $Count
$peak = [Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB
[Console]::Write(($time, $peak).ForEach{ $_.ToString([cultureinfo]::InvariantCulture) } -join ' ')

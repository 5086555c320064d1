<#
.SYNOPSIS
    Brings a new release to a set of hosts, wave after wave, and takes it back if a host does not get well.

.DESCRIPTION
    The hosts of a wave are updated side by side: out of the load balancer, install, and back in once the health check
    passes. The next wave begins when every host of this one is well. If one is not, the waves after it are skipped
    and every host that has the new release goes back to the old one.

    Without -Fleet it is a rehearsal on folders that stand for hosts; see Fleet.psm1.

.EXAMPLE
    Invoke-Dag ./rolling-update.dag.ps1

    All waves go well.

.EXAMPLE
    Invoke-Dag ./rolling-update.dag.ps1 -Parameter @{ Faulty = 'web04' }

    web04 does not come up with the new release; web01 to web04 get the old one back, web05 and web06 are never touched.
#>
[CmdletBinding()]
param(
    # The hosts, in the order in which their turn comes.
    [string[]] $HostName = @('web01', 'web02', 'web03', 'web04', 'web05', 'web06'),

    # How many hosts are updated at once.
    [ValidateRange(1, 100)] [int] $WaveSize = 2,

    # The release to install, and the one to go back to.
    [string] $Release = '2.1',
    [string] $OldRelease = '2.0',

    # Where the fleet is; without it a rehearsal in a temporary folder.
    [string] $Fleet,

    # Hosts on which the new release does not come up, to rehearse the roll-back.
    [string[]] $Faulty = @()
)

# The nodes call the functions of this module. They find it by themselves, because it is imported here.
Import-Module (Join-Path $PSScriptRoot 'Fleet.psm1')

$rehearsal = -not $Fleet
if ($rehearsal) { $Fleet = Join-Path ([System.IO.Path]::GetTempPath()) "dagshell-fleet-$PID" }

New-DagNode Prepare {
    if ($using:rehearsal) { New-Fleet $using:Fleet $using:HostName $using:OldRelease }
    "$(@($using:HostName).Count) hosts"
}

$before = 'Prepare'
$changes = for ($first = 0; $first -lt $HostName.Count; $first += $WaveSize) {
    $wave = "Wave $($first / $WaveSize + 1)"
    $inWave = $HostName[$first..([Math]::Min($first + $WaveSize, $HostName.Count) - 1)]
    foreach ($name in $inWave) {
        $isFaulty = $name -in $Faulty

        # The precondition is asked on the spot: a host that somebody took out of service by hand is left alone.
        New-DagNode "Update $name" -DependsOn $before -Precondition { (Get-FleetHost $using:Fleet $using:name).InService } {
            Disable-FleetHost $using:Fleet $using:name
            Install-FleetRelease $using:Fleet $using:name $using:Release -Faulty:$using:isFaulty
        }

        # While it waits for its next attempt a node holds no slot.
        New-DagNode "Check $name" -DependsOn "Update $name" -RetryCount 4 -RetryDelay 100ms -RetryBackoff Exponential {
            Test-FleetHost $using:Fleet $using:name
            Enable-FleetHost $using:Fleet $using:name
        }
    }

    New-DagNode $wave -DependsOn ($inWave | ForEach-Object { "Check $_" }) { "$($using:inWave) serve $using:Release" }
    $before = $wave
}
$changes

# AnyFailed waits until all of these have ended, whichever way, and runs if one of them failed.
$rollBacks = foreach ($name in $HostName) {
    New-DagNode "Roll back $name" -TriggerRule AnyFailed -DependsOn $changes -When { (Get-FleetHost $using:Fleet $using:name).Release -eq $using:Release } {
        Disable-FleetHost $using:Fleet $using:name
        Install-FleetRelease $using:Fleet $using:name $using:OldRelease
        "$using:name is back on $using:OldRelease"
    }
    New-DagNode "Check again $name" -DependsOn "Roll back $name" -RetryCount 4 -RetryDelay 100ms -RetryBackoff Exponential {
        Test-FleetHost $using:Fleet $using:name
        Enable-FleetHost $using:Fleet $using:name
    }
}
$rollBacks

# AllDone runs whatever happened.
New-DagNode Report -TriggerRule AllDone -DependsOn ($changes + $rollBacks) {
    foreach ($name in $using:HostName) {
        $state = Get-FleetHost $using:Fleet $name
        "$name $($state.Release)$(if (-not $state.InService) { ' (out of service)' })"
    }
    if ($using:rehearsal) { Remove-Item $using:Fleet -Recurse -Force }
}

<#
.SYNOPSIS
    Looks after the temporary files of a fleet of machines: here as a rehearsal, or on the machines, by one argument.

.DESCRIPTION
    Each machine has a pool of its name. The nodes in it run on this machine, or where -PoolSession says: the dag says what is done, and the
    call says where. Report runs here in any case, since it is in no pool.

.EXAMPLE
    Invoke-Dag ./fleet.dag.ps1

    A rehearsal: all nodes run here, and nothing is removed.

.EXAMPLE
    $there = @{}
    foreach ($name in 'web01', 'web02') {
        $there[$name] = { New-PSSession -HostName $using:name -Options @{ ServerAliveInterval = 5 } }.GetNewClosure()
    }
    Invoke-Dag ./fleet.dag.ps1 -Parameter @{ HostName = 'web01', 'web02'; Remove = $true } -PoolSession $there

    The same on the machines, over SSH.

.EXAMPLE
    $there = @{ web01 = New-DagSession docker 'exec', '-i', 'web01', 'pwsh', '-sshs' }
    Invoke-Dag ./fleet.dag.ps1 -Parameter @{ HostName = 'web01' } -PoolSession $there

    The same in a container.
#>
[CmdletBinding()]
param(
    # The machines.
    [string[]] $HostName = @('web01', 'web02'),

    # Files that nobody has written to for so many days are old.
    [ValidateRange(1, 3650)] [int] $Days = 30,

    # Where they are, on each machine; its folder for temporary files if nothing is said.
    [string] $Folder,

    # Removes them; without it they are only counted.
    [switch] $Remove
)

# The nodes call it wherever they run: its text travels.
function Get-OldFile([string] $Folder, [int] $Days) {
    if (-not $Folder) { $Folder = [System.IO.Path]::GetTempPath() }
    Get-ChildItem -LiteralPath $Folder -File | Where-Object LastWriteTime -LT (Get-Date).AddDays(-$Days)
}

# One node at a time on each machine.
$limits = @{}
foreach ($name in $HostName) { $limits[$name] = 1 }

New-Dag Fleet -PoolLimit $limits {
    foreach ($name in $HostName) {
        # A machine may be lost on the way: what only looks can be tried again, on a new session.
        New-DagNode "Count $name" -Pool $name -RetryCount 2 -RetryDelay 1s {
            $files = @(Get-OldFile $using:Folder $using:Days)
            [pscustomobject]@{ Machine = $using:name; Host = [Environment]::MachineName; Files = $files.Count; Bytes = ($files | Measure-Object Length -Sum).Sum }
        }
        New-DagNode "Remove $name" -Pool $name -DependsOn "Count $name" -When { $using:Remove -and $Upstream.Values.Files -gt 0 } {
            Get-OldFile $using:Folder $using:Days | Remove-Item
        }
    }

    New-DagNode Report -DependsOn 'Count *', 'Remove *' -TriggerRule AllDone {
        foreach ($name in $using:HostName) {
            $count = $Upstream["Count $name"]
            if (-not $count) { "$name could not be looked at"; continue }
            $did = $DagNode.Dependencies["Remove $name"].Status
            "$name ($($count.Host)): $($count.Files) old files$(if ($did -eq 'Succeeded') { ', removed' })"
        }
    }
}

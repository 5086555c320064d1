<#
.SYNOPSIS
    Runs the backup of backup.dag.ps1, and writes a report of the run.

.DESCRIPTION
    What a scheduled task would call: the dag is in a file of its own, which only emits nodes; this script runs it and, however the
    run ends, leaves a page with its timeline, its graph and its errors.

    A node that failed is an error of the script, once the run has gone to its end: pwsh leaves with 1 then.

.EXAMPLE
    ./build.ps1 Demo

    In a checkout: builds the module and runs this, as a rehearsal. Nothing is left of it but the report, artifacts/backup.html.

.EXAMPLE
    pwsh -NonInteractive -File backup.ps1 -Destination ~/backups -Report ~/backups/last.html

    As a scheduled task. The archives stay in ~/backups.
#>
[CmdletBinding()]
param(
    # Where the archives go; without it they go to a temporary folder, which is removed at the end.
    [string] $Destination,

    # How many backups of a folder are kept in the destination.
    [int] $Keep = 3,

    # The checkout whose folders are backed up.
    [string] $Source = (Join-Path $PSScriptRoot '../..'),

    # The page to write.
    [string] $Report = (Join-Path $PSScriptRoot '../../artifacts/backup.html')
)

# Where the module is not installed, there is the one that this checkout built.
if (-not (Get-Command Invoke-Dag -ErrorAction Ignore)) {
    Import-Module (Join-Path $PSScriptRoot '../../output/DagShell/DagShell.psd1') -ErrorAction Stop
}

$page = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Report)
$null = New-Item (Split-Path $page) -ItemType Directory -Force
try {
    & (Join-Path $PSScriptRoot 'backup.dag.ps1') -Destination $Destination -Keep $Keep -Source $Source |
        New-Dag Backup -Description 'Each folder of the checkout in an archive, verified.' |
        Invoke-Dag -RunVariable run -ErrorAction Stop
}
finally {
    # Also after the error that ends the command where a node failed.
    if ($run) {
        $run | Export-DagRun $page -Force
        Write-Host "The report is in $page"
    }
}

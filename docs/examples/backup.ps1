<#
.SYNOPSIS
    Runs the backup of backup.dag.ps1, and writes a report of the run.

.DESCRIPTION
    What a scheduled task would call: the dag is in a file of its own, which only emits nodes; this script runs it and, however the
    run ends, leaves a page with its timeline, its graph and its errors.

.EXAMPLE
    dotnet run --project src/DagShell.Host -- docs/examples/backup.ps1

    Without PowerShell, as a rehearsal: nothing is left of it but the report, artifacts/backup.html.

.EXAMPLE
    ./backup.ps1 -Destination ~/backups -Report ~/backups/last.html

    In PowerShell. The archives stay in ~/backups.
#>
[CmdletBinding()]
param(
    # Where the archives go; without it they go to a temporary folder, which is removed at the end.
    [string] $Destination,

    # How many backups of a folder are kept in the destination.
    [int] $Keep = 3,

    # The page to write.
    [string] $Report = (Join-Path $PSScriptRoot '../../artifacts/backup.html')
)

$page = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Report)
$null = New-Item (Split-Path $page) -ItemType Directory -Force
try {
    & (Join-Path $PSScriptRoot 'backup.dag.ps1') -Destination $Destination -Keep $Keep |
        New-Dag Backup -Description 'Each folder of the checkout in an archive, verified.' |
        Invoke-Dag -RunVariable run
}
finally {
    # Also after an error that ends the command, as with -ErrorAction Stop.
    if ($run) {
        $run | Export-DagRun $page -Force
        Write-Host "The report is in $page"
    }
}

<#
.SYNOPSIS
    Unpacks a package, imports the module in it in this process, runs a dag with it and looks for its help.
#>
[CmdletBinding()]
param(
    # The .nupkg.
    [Parameter(Mandatory)] [string] $Package
)

$ErrorActionPreference = 'Stop'
$scratch = Join-Path ([System.IO.Path]::GetTempPath()) "dagshell-package-$PID"
try {
    [System.IO.Compression.ZipFile]::ExtractToDirectory($Package, $scratch)
    Import-Module (Join-Path $scratch 'DagShell.psd1')
    $missing = (Import-PowerShellDataFile (Join-Path $scratch 'DagShell.psd1')).CmdletsToExport |
        Where-Object { -not (Get-Command $_ -Module DagShell -ErrorAction Ignore) }
    if ($missing) { throw "The package lacks $missing." }
    $result = New-DagNode Check { 'imported' } | Invoke-Dag
    if ($result.Output -ne 'imported') { throw 'The module in the package runs no dag.' }
    if ((Get-Help Invoke-Dag).Description.Count -eq 0) { throw 'The module in the package has no help.' }
}
finally { Remove-Item $scratch -Recurse -Force -ErrorAction Ignore }

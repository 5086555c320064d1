# Dot-sourced where a PowerShell of its own is to be started.

# The command line of this very PowerShell: a program, and perhaps an argument that comes before all others. As a .NET tool PowerShell is an
# assembly that dotnet runs, so the process alone is no shell.
function Get-ThisShell {
    [Environment]::ProcessPath
    if ((Split-Path ([Environment]::ProcessPath) -LeafBase) -eq 'dotnet') { Join-Path $PSHOME 'pwsh.dll' }
}

# Runs this very PowerShell as a child process, with the arguments given.
function Invoke-ThisShell {
    $program, $arguments = @(Get-ThisShell) + $args
    & $program @arguments
}

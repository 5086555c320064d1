<#
.SYNOPSIS
    Runs a suite of benchmarks inside this PowerShell, with the assembly that the build made of them.
#>
$assembly = Join-Path $PSScriptRoot '../bin/Release/net10.0/DagShell.Benchmarks.dll'
$null = [System.Reflection.Assembly]::LoadFrom((Resolve-Path $assembly -ErrorAction Stop).Path)
exit [DagShell.Benchmarks.Suites]::Run($args)

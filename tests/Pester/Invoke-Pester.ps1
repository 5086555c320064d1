<#
.SYNOPSIS
    Runs Pester tests in this process, and leaves with the number of failed ones.
#>
[CmdletBinding()]
param(
    # The Pester to use: its manifest.
    [Parameter(Mandatory)] [string] $Pester,

    # The file for the results, in NUnit's form.
    [Parameter(Mandatory)] [string] $Result,

    # Test files and folders of them.
    [Parameter(Mandatory, ValueFromRemainingArguments)] [string[]] $Path
)

Import-Module $Pester -ErrorAction Stop
$settings = New-PesterConfiguration
$settings.Run.Path = $Path
$settings.Run.Exit = $true
$settings.TestResult.Enabled = $true
$settings.TestResult.OutputFormat = 'NUnit3'
$settings.TestResult.OutputPath = $Result
$settings.Output.Verbosity = 'Normal'
if ($env:CI) { $settings.Output.RenderMode = 'Plaintext' }
Invoke-Pester -Configuration $settings

# What the tests have in common. Dot-sourced in BeforeAll.

$checkout = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
$manifest = Join-Path $checkout 'output/DagShell/DagShell.psd1'
if (-not (Test-Path $manifest)) {
    throw "The module is not built: there is no $manifest. Run: ./build.ps1"
}
Import-Module $manifest

# What a run shows must not depend on what runs the tests.
$env:GITHUB_ACTIONS = $env:TF_BUILD = $null

# Runs nodes whose failures are looked at in their results, not on the error stream.
function Invoke-QuietDag {
    param([Parameter(ValueFromPipeline)] $Node, [hashtable] $With = @{})
    end { @($input) | Invoke-Dag -ErrorAction SilentlyContinue @With }
}

# The result of the only node, or of the node of that name.
function Get-Result {
    param([Parameter(ValueFromPipeline)] $Result, [Parameter(Position = 0)] [string] $Name)
    process { if (-not $Name -or $Result.Name -eq $Name) { $Result } }
}

. (Join-Path $PSScriptRoot 'Shell.ps1')

# Runs this very PowerShell as a child process, as a scheduled task does.
function Invoke-ChildShell {
    param([string[]] $Argument)
    $PSNativeCommandUseErrorActionPreference = $false
    $text = Invoke-ThisShell -NoProfile -NonInteractive @Argument 2>&1 | Out-String
    [pscustomobject]@{ ExitCode = $LASTEXITCODE; Text = $text -replace '\x1b\[[0-9;?]*[a-zA-Z]' }
}

# Writes a file to the test drive and gives its full path.
function New-TestFile {
    param([string] $Name, [string] $Text)
    $path = Join-Path $TestDrive $Name
    $null = New-Item (Split-Path $path) -ItemType Directory -Force
    Set-Content $path $Text
    $path
}

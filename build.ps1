<#
.SYNOPSIS
    Builds, shows, tests, documents, packages and measures DagShell.

.DESCRIPTION
    A machine with nothing but the .NET SDK gets PowerShell from NuGet, as the .NET tool that .config/dotnet-tools.json names:

        dotnet tool exec PowerShell --yes -- ./build.ps1 Test

    The tasks:

    Build      Builds the solution. The importable module lies in output/DagShell after that.

    Demo       Builds the module and runs docs/examples/backup.ps1 with it: a backup of this checkout, as a rehearsal, with its report.

    Test       Builds, then runs the xunit tests and, with Pester from NuGet, those in tests/Pester and docs/examples. The results lie in
               artifacts/test after that.

    Docs       Makes of docs/en-US/*.md what Get-Help shows: module/en-US/DagShell.dll-Help.xml, with platyPS, and about_*.help.txt. The
               results belong into the repository, so that help is there in a module that is built without this task.

    Package    Builds for release, with machine code for each platform beside what all can load, and puts the module in output/package, as a
               folder and as a .nupkg for the PowerShell Gallery. The package is unpacked and imported once, as a check.

    Benchmark  Builds for release and runs a suite of benchmarks: nodes, chain, build, checkpoint, start and shell measure the module in
               PowerShell; graph, traces and load measure the engine; sessions measures both, over SSH to this machine; pages measures
               pages of runs in Chromium.

    Mutate     Changes the engine in small ways, one after the other, and finds which of the changes no test sees. What is changed, and
               which tests look, is in tests/DagShell.Engine.Tests/stryker-config.json. The report lies in artifacts/mutation after
               some hours; the task fails where fewer than 85 of 100 changes are seen.

    What a task needs and does not find is named, with the command that installs it. A task that fails ends the script with the exit code
    of the command that failed.

.PARAMETER Task
    The tasks to do, in the order given.

.PARAMETER Suite
    What Benchmark is to measure.

.PARAMETER Quick
    Has Benchmark be done in a minute or so.

.PARAMETER Traces
    The folder with workflow traces, for the suite of that name.

.PARAMETER Configuration
    How to build. Package and Benchmark always build for release.

.EXAMPLE
    ./build.ps1

    Builds.

.EXAMPLE
    ./build.ps1 Test

    Builds and runs all tests.

.EXAMPLE
    ./build.ps1 -Task Docs, Package

    Makes the help, and a package with it.

.EXAMPLE
    ./build.ps1 Benchmark nodes

    Measures what a node costs, beside other ways to run script blocks in parallel.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Demo', 'Test', 'Docs', 'Package', 'Benchmark', 'Mutate')]
    [string[]] $Task = 'Build',

    [Parameter(Position = 1)]
    [ValidateSet('nodes', 'chain', 'build', 'checkpoint', 'start', 'shell', 'sessions', 'graph', 'traces', 'load', 'pages')]
    [string] $Suite,

    [switch] $Quick,

    [string] $Traces,

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

$solution = Join-Path $PSScriptRoot 'DagShell.sln'
$moduleProject = Join-Path $PSScriptRoot 'src/DagShell/DagShell.csproj'
$module = Join-Path $PSScriptRoot 'output/DagShell'
$manifestPath = Join-Path $module 'DagShell.psd1'
$pages = Join-Path $PSScriptRoot 'docs/en-US'
$help = Join-Path $PSScriptRoot 'module/en-US'
$packages = Join-Path $PSScriptRoot 'output/package'
$results = Join-Path $PSScriptRoot 'artifacts/test'

. (Join-Path $PSScriptRoot 'tests/Pester/Shell.ps1')

# A script in a PowerShell of its own: an assembly that is imported cannot be built again.
function Invoke-Apart([string] $File, [string[]] $Argument) {
    Invoke-ThisShell -NoProfile -NonInteractive -File (Join-Path $PSScriptRoot $File) @Argument
}

# Images: All for those of all platforms, Here for that of this one; they make the module start faster.
function Build-Project([string] $Project, [string] $For = $Configuration, [string] $Images) {
    if (-not (Get-Command dotnet -ErrorAction Ignore)) {
        $install = $IsWindows ? 'winget install Microsoft.DotNet.SDK.10' : $IsMacOS ? 'brew install dotnet-sdk' : 'sudo apt-get install dotnet-sdk-10.0'
        throw "dotnet is missing. Install it with: $install"
    }

    # Out-Host: what it says is not among what a task gives out.
    dotnet build $Project --configuration $For --nologo "-p:Images=$Images" | Out-Host
}

function Show-Demo {
    Build-Project $moduleProject
    $modulePath = $env:PSModulePath
    try {
        # The module as it was built just now, whatever is installed.
        $env:PSModulePath = (Split-Path $module) + [System.IO.Path]::PathSeparator + $modulePath
        Invoke-Apart docs/examples/backup.ps1
    }
    finally { $env:PSModulePath = $modulePath }
}

function Invoke-Test {
    Build-Project $solution
    Remove-Item $results -Recurse -Force -ErrorAction Ignore
    $null = New-Item $results -ItemType Directory
    $failure = $(
        Test-WithXunit
        Test-WithPester 5.9.1 tests/Pester, docs/examples

        # What mocks, since each version of Pester does that in its own way.
        Test-WithPester 6.2.0 tests/Pester/Sequential.Tests.ps1, docs/examples
    )
    if ($failure) { throw $failure -join ' ' }
}

# The parts of the tests: each runs to its end, whatever the others gave, and says what failed.
function Test-WithXunit {
    $modulePath = $env:PSModulePath
    try {
        # The tests host an engine of their own, which the modules of this PowerShell are not made for.
        $env:PSModulePath = $null
        dotnet test $solution --configuration $Configuration --no-build --nologo --logger trx --results-directory $results | Out-Host
    }
    catch [System.Management.Automation.NativeCommandExitException] { "xunit: $_" }
    finally { $env:PSModulePath = $modulePath }
}

function Test-WithPester([string] $Version, [string[]] $Path) {
    $project = Join-Path $PSScriptRoot 'tests/Pester/Pester.csproj'
    try {
        dotnet restore $project --nologo --verbosity quiet | Out-Host
        $pester = Join-Path (dotnet msbuild $project -getProperty:NuGetPackageRoot) "pester/$Version/tools/Pester.psd1"
        $files = $Path | ForEach-Object { Join-Path $PSScriptRoot $_ }
        Invoke-Apart tests/Pester/Invoke-Pester.ps1 (@('-Pester', $pester, '-Result', "$results/Pester-$Version.xml") + $files) | Out-Host
    }
    catch [System.Management.Automation.NativeCommandExitException] { "Pester ${Version}: $_" }
}

function Update-Help {
    Get-ChildItem $pages -Filter about_*.md | ForEach-Object {
        ConvertTo-HelpText (Get-Content $_) | Set-Content (Join-Path $help ($_.BaseName + '.help.txt'))
    }
    if (Get-Module Microsoft.PowerShell.PlatyPS -ListAvailable) {
        Build-Project $moduleProject
        Invoke-Apart docs/Update-Help.ps1 $manifestPath, $pages, $help
    }
    else {
        Write-Warning ('The module Microsoft.PowerShell.PlatyPS is missing: the about pages are made, and the help of the cmdlets is left as it is. ' +
            'Install it with: Install-PSResource Microsoft.PowerShell.PlatyPS')
    }
    if (Test-Path $module) { Copy-Item "$help/*" (Join-Path $module 'en-US') }
}

# The plain text that Get-Help shows for an about page: headings in capitals, the rest indented and wrapped.
function ConvertTo-HelpText([string[]] $Line) {
    $isCode = $false
    $heading = ''
    foreach ($text in $Line) {
        # Get-Help's list of topics shows the fifth line, which must be all of the short description then.
        if ($heading -eq 'Short description' -and $text) { "    $text"; $heading = ''; continue }
        if (-not $text -and $heading) { continue }
        $heading = -not $isCode -and $text -match '^##+ (.*)' ? $Matches[1] : ''
        if ($text -like '``````*') { $isCode = -not $isCode; continue }
        if ($isCode) { "        $text".TrimEnd() }
        elseif ($text -match '^# (.*)') { 'TOPIC'; "    $($Matches[1])" }
        elseif ($text -match '^## (.*)') { $Matches[1].ToUpperInvariant() }
        elseif ($text -match '^### (.*)') { "  $($Matches[1].ToUpperInvariant())" }
        elseif ($text -match '^- (.*)') { Split-Text $Matches[1] '    - ' '      ' }
        elseif ($text) { Split-Text $text '    ' '    ' }
        else { '' }
    }
}

function Split-Text([string] $Text, [string] $First, [string] $Next) {
    $line = $First
    foreach ($word in $Text -split ' ') {
        if ($line.Length + $word.Length -ge 80 -and $line.Trim(' -')) { $line.TrimEnd(); $line = $Next }
        $line += "$word "
    }
    $line.TrimEnd()
}

function New-Package {
    Build-Project $moduleProject -For Release -Images All
    Remove-Item $packages -Recurse -Force -ErrorAction Ignore
    $manifest = Import-PowerShellDataFile $manifestPath
    $folder = Join-Path $packages "DagShell/$($manifest.ModuleVersion)"
    $null = New-Item $folder -ItemType Directory
    Copy-Item "$module/*" $folder -Recurse

    # What the gallery finds a module by.
    $tags = @('PSModule', 'PSIncludes_Cmdlet') + $manifest.PrivateData.PSData.Tags +
        @($manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })
    $text = { param($Value) [System.Security.SecurityElement]::Escape($Value) }
    $nuspec = Join-Path $packages 'DagShell.nuspec'
    Set-Content $nuspec @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
    <id>DagShell</id>
    <version>$($manifest.ModuleVersion)</version>
    <authors>$(& $text $manifest.Author)</authors>
    <description>$(& $text $manifest.Description)</description>
    <copyright>$(& $text $manifest.Copyright)</copyright>
    <projectUrl>$(& $text $manifest.PrivateData.PSData.ProjectUri)</projectUrl>
    <releaseNotes>$(& $text $manifest.PrivateData.PSData.ReleaseNotes)</releaseNotes>
    <license type="expression">MIT</license>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <tags>$($tags -join ' ')</tags>
  </metadata>
  <files>
    <file src="**/*" target="" />
  </files>
</package>
"@

    # NU5100 and its like are about libraries; a module has its assemblies beside its manifest.
    # Out-Host: what dotnet says is not among what the task gives out.
    dotnet pack $moduleProject --no-build --configuration Release --nologo --output $packages `
        "-p:NuspecFile=$nuspec" "-p:NuspecBasePath=$folder" -p:NoPackageAnalysis=true | Out-Host
    Remove-Item $nuspec

    $package = Join-Path $packages "DagShell.$($manifest.ModuleVersion).nupkg"
    Invoke-Apart tests/Package/Test-Package.ps1 $package
    Get-Item $folder, $package
}

function Measure-Suite {
    if (-not $Suite) { throw 'Say which suite: ./build.ps1 Benchmark nodes. Get-Help ./build.ps1 names them all.' }
    $project = Join-Path $PSScriptRoot 'tests/DagShell.Benchmarks/DagShell.Benchmarks.csproj'
    Build-Project $project -For Release -Images Here
    $options = @($Suite) + @($Quick ? '--quick' : @()) + @($Traces ? ('--traces', $Traces) : @())

    # What is compared with PowerShell's own ways is measured in PowerShell's own process.
    if ($Suite -in 'sessions', 'graph', 'traces', 'load', 'pages') { dotnet run --project $project --configuration Release --no-build -- @options }
    if ($Suite -notin 'graph', 'traces', 'load', 'pages') { Invoke-Apart tests/DagShell.Benchmarks/Shell/Measure.ps1 $options }
}

function Invoke-Mutation {
    Push-Location (Join-Path $PSScriptRoot 'tests/DagShell.Engine.Tests')
    try {
        dotnet tool restore
        dotnet stryker --output (Join-Path $PSScriptRoot 'artifacts/mutation')
    }
    finally { Pop-Location }
}

try {
    foreach ($name in $Task) {
        switch ($name) {
            Build { Build-Project $solution }
            Demo { Show-Demo }
            Test { Invoke-Test }
            Docs { Update-Help }
            Package { New-Package }
            Benchmark { Measure-Suite }
            Mutate { Invoke-Mutation }
        }
    }
}
catch [System.Management.Automation.NativeCommandExitException] {
    Write-Error $_ -ErrorAction Continue
    exit $_.Exception.ExitCode
}

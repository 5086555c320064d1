<#
.SYNOPSIS
    Builds, tests, documents and packages DagShell.

.DESCRIPTION
    A machine with nothing but the .NET SDK can build and test with `dotnet build` and `dotnet test`. This script is for those who have
    PowerShell too. Its tasks:

    Build    Builds the solution. The importable module lies in output/DagShell after that.

    Test     Builds, then runs the xunit tests and, with Pester, those in tests/Pester and docs/examples.

    Docs     Builds, and makes of docs/en-US/*.md what Get-Help shows: module/en-US/DagShell.dll-Help.xml and about_*.help.txt. The
             results belong into the repository, so that help is there in a module that is built without this task.

    Package  Builds for release, and puts the module in output/package, as a folder and as a .nupkg for the PowerShell Gallery.
             The package is unpacked and imported once, as a check.

    Mutate   Changes the engine in small ways, one after the other, and says which changes no test sees: tests/DagShell.Engine.Tests/
             stryker-config.json says where and with which tests. Takes an hour; the report is in output/mutation. Fails when more than
             15 of 100 changes are not seen.

    What a task needs and does not find is named, with the command that installs it.

.PARAMETER Task
    The tasks to do, in the order given.

.PARAMETER Configuration
    How to build. Package is always built for release.

.EXAMPLE
    ./build.ps1

    Builds.

.EXAMPLE
    ./build.ps1 -Task Test

    Builds and runs all tests.

.EXAMPLE
    ./build.ps1 -Task Docs, Package -Configuration Release

    Makes the help, and a package with it.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Docs', 'Package', 'Mutate')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

$solution = Join-Path $PSScriptRoot 'DagShell.sln'
$moduleProject = Join-Path $PSScriptRoot 'src/DagShell/DagShell.csproj'
$module = Join-Path $PSScriptRoot 'output/DagShell'
$pages = Join-Path $PSScriptRoot 'docs/en-US'
$help = Join-Path $PSScriptRoot 'module/en-US'
$packages = Join-Path $PSScriptRoot 'output/package'

function Assert-Command([string] $Name, [string] $Install) {
    if (-not (Get-Command $Name -ErrorAction Ignore)) { throw "$Name is missing. Install it with: $Install" }
}

function Assert-Module([string] $Name, [version] $Minimum, [string] $Install) {
    if (-not (Get-Module $Name -ListAvailable | Where-Object Version -GE $Minimum)) {
        throw "The module $Name $Minimum or newer is missing. Install it with: $Install"
    }
}

# In a PowerShell of its own: an assembly that is imported cannot be built again.
function Invoke-Apart([scriptblock] $Script, [object[]] $Argument) {
    & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $Script -args $Argument
}

function Build-Project([string] $Project, [string] $For = $Configuration) {
    Assert-Command dotnet ($IsWindows ? 'winget install Microsoft.DotNet.SDK.10' : $IsMacOS ? 'brew install dotnet-sdk' : 'sudo apt-get install dotnet-sdk-10.0')
    dotnet build $Project --configuration $For --nologo
}

function Invoke-Test {
    Assert-Module Pester 5.5 "Install-PSResource Pester -Version '[5.5.0, 6.0.0)'"
    Build-Project $solution

    # The tests host an engine of their own, which the modules of this PowerShell are not made for.
    $modulePath = $env:PSModulePath
    try {
        $env:PSModulePath = $null
        dotnet test $solution --configuration $Configuration --no-build --nologo
    }
    finally { $env:PSModulePath = $modulePath }
    Invoke-Apart -Argument (Join-Path $PSScriptRoot 'tests/Pester'), (Join-Path $PSScriptRoot 'docs/examples') {
        Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 5.99
        $settings = New-PesterConfiguration
        $settings.Run.Path = $args
        $settings.Run.Exit = $true
        $settings.Output.Verbosity = 'Normal'
        Invoke-Pester -Configuration $settings
    }
}

function Update-Help {
    Assert-Module Microsoft.PowerShell.PlatyPS 1.0 'Install-PSResource Microsoft.PowerShell.PlatyPS'
    Build-Project $moduleProject
    Invoke-Apart -Argument (Join-Path $module 'DagShell.psd1'), $pages, $help {
        param($Manifest, $Pages, $Help)
        $ErrorActionPreference = 'Stop'
        Import-Module $Manifest
        Import-Module Microsoft.PowerShell.PlatyPS
        $scratch = Join-Path ([System.IO.Path]::GetTempPath()) "dagshell-help-$PID"
        $files = foreach ($command in Get-Command -Module DagShell) {
            $file = Join-Path $Pages "$($command.Name).md"
            if (-not (Test-Path $file)) { throw "There is no page $file. Begin one with: New-MarkdownCommandHelp -CommandInfo (Get-Command $command) -OutputFolder $Pages" }
            $page = Import-MarkdownCommandHelp -Path $file
            $common = [System.Management.Automation.Cmdlet]::CommonParameters
            $difference = Compare-Object @($command.Parameters.Keys.Where{ $_ -notin $common }) @($page.Parameters.Name)
            if ($difference) { throw "The page $file and the command do not have the same parameters: $($difference.InputObject -join ', ')." }
            $file
        }
        try {
            $xml = Import-MarkdownCommandHelp -Path $files | Export-MamlCommandHelp -OutputFolder $scratch -Force

            $document = [xml](Get-Content $xml.FullName -Raw)

            # platyPS puts a control character into each empty line, which some terminals show.
            foreach ($paragraph in $document.GetElementsByTagName('maml:para')) {
                if ($paragraph.InnerText -match '^[\u0080\u200B]$') { $paragraph.InnerText = '' }
            }

            # platyPS leaves an example's fences in its text; Get-Help has places of its own for the code and for what follows it.
            foreach ($example in @($document.GetElementsByTagName('command:example'))) {
                $code, $rest = @($example['maml:introduction'].ChildNodes).Where{ $_.InnerText }
                $example['dev:code'].InnerText = $code.InnerText -replace '(?m)^```\w*\n?' -replace '\n$'
                foreach ($paragraph in $rest) {
                    $paragraph.InnerText = $paragraph.InnerText -replace '(?m)^```\w*\n?' -replace '\n$'
                    $null = $example['dev:remarks'].AppendChild($paragraph)
                }
                $null = $example['dev:remarks'].AppendChild($document.CreateElement('maml:para', $code.NamespaceURI))
                $null = $example.RemoveChild($example['maml:introduction'])
            }

            # Get-Help -Online takes the first address for the online version; those of pages beside each other are none.
            foreach ($link in @($document.GetElementsByTagName('maml:navigationLink'))) {
                if ($link['maml:uri'].InnerText -notmatch '^https?:') { $link['maml:uri'].InnerText = '' }
                if (-not $link['maml:uri'].InnerText -and $link['maml:linkText'].InnerText -eq 'Online Version') { $null = $link.ParentNode.RemoveChild($link) }
            }
            $null = New-Item $Help -ItemType Directory -Force
            $writer = [System.Xml.XmlWriter]::Create((Join-Path $Help 'DagShell.dll-Help.xml'), [System.Xml.XmlWriterSettings]@{
                    Indent = $true; NewLineChars = "`n"; Encoding = [System.Text.UTF8Encoding]::new($false)
                })
            $document.Save($writer)
            $writer.Dispose()
        }
        finally { Remove-Item $scratch -Recurse -Force -ErrorAction Ignore }
    }
    Get-ChildItem $pages -Filter about_*.md | ForEach-Object {
        ConvertTo-HelpText (Get-Content $_) | Set-Content (Join-Path $help ($_.BaseName + '.help.txt'))
    }
    Copy-Item "$help/*" (Join-Path $module 'en-US')
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
    Build-Project $moduleProject -For Release
    Remove-Item $packages -Recurse -Force -ErrorAction Ignore
    $manifest = Import-PowerShellDataFile (Join-Path $module 'DagShell.psd1')
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
    dotnet pack $moduleProject --no-build --configuration Release --nologo --output $packages `
        "-p:NuspecFile=$nuspec" "-p:NuspecBasePath=$folder" -p:NoPackageAnalysis=true
    Remove-Item $nuspec

    $package = Join-Path $packages "DagShell.$($manifest.ModuleVersion).nupkg"
    Invoke-Apart -Argument $package, $manifest.CmdletsToExport {
        param($Package, $Cmdlets)
        $ErrorActionPreference = 'Stop'
        $scratch = Join-Path ([System.IO.Path]::GetTempPath()) "dagshell-package-$PID"
        try {
            [System.IO.Compression.ZipFile]::ExtractToDirectory($Package, $scratch)
            Import-Module (Join-Path $scratch 'DagShell.psd1')
            $missing = $Cmdlets | Where-Object { -not (Get-Command $_ -Module DagShell -ErrorAction Ignore) }
            if ($missing) { throw "The package lacks $missing." }
            $result = New-DagNode Check { 'imported' } | Invoke-Dag
            if ($result.Output -ne 'imported') { throw 'The module in the package runs no dag.' }
            if ((Get-Help Invoke-Dag).Description.Count -eq 0) { throw 'The module in the package has no help.' }
        }
        finally { Remove-Item $scratch -Recurse -Force -ErrorAction Ignore }
    }
    Get-Item $folder, $package
}

function Invoke-Mutation {
    Assert-Command dotnet 'the .NET SDK 10'
    Push-Location (Join-Path $PSScriptRoot 'tests/DagShell.Engine.Tests')
    try {
        dotnet tool restore
        dotnet stryker --output (Join-Path $PSScriptRoot 'output/mutation')
    }
    finally { Pop-Location }
}

foreach ($name in $Task) {
    switch ($name) {
        Build { Build-Project $solution }
        Test { Invoke-Test }
        Docs { Update-Help }
        Package { New-Package }
        Mutate { Invoke-Mutation }
    }
}

# A folder of Markdown made into pages: only what is new or has changed is converted, and the index is written anew only if any page was.
#
#   Invoke-Dag ./site.dag.ps1                                     # the pages of ../en-US, to a folder beside the temporary files
#   Invoke-Dag ./site.dag.ps1 -Parameter @{ Source = './pages'; Target = './out' }

[CmdletBinding()]
param(
    # The folder with the pages.
    [string] $Source = (Join-Path $PSScriptRoot '../en-US'),

    # The folder to write to.
    [string] $Target = (Join-Path ([System.IO.Path]::GetTempPath()) 'dagshell-site')
)

$null = New-Item $Target -ItemType Directory -Force
$Source, $Target = (Resolve-Path -LiteralPath $Source, $Target).ProviderPath

# Where a page of a file goes.
function Get-PagePath([string] $Folder, $File) { Join-Path $Folder "$($File.BaseName).html" }

New-DagNode Pages -Description 'a page for each file' -ForEach {
    Get-ChildItem -LiteralPath $using:Source -Filter *.md
} -InputPath { $_ } -OutputPath { Get-PagePath $using:Target $_ } -ScriptBlock {
    $page = ConvertFrom-Markdown -LiteralPath $_.FullName
    Set-Content (Get-PagePath $using:Target $_) "<!doctype html><title>$($_.BaseName)</title>$($page.Html)"
}

New-DagNode Index -Description 'the pages by name' -DependsOn Pages -InputPath "$Target/*-*.html" -OutputPath "$Target/index.txt" {
    Set-Content (Join-Path $using:Target index.txt) ($Upstream.Pages.Name | Sort-Object)
}

<#
.SYNOPSIS
    Makes what Get-Help shows of the pages in docs/en-US, with platyPS, in this process.
#>
[CmdletBinding()]
param(
    # The module's manifest.
    [Parameter(Mandatory)] [string] $Manifest,

    # The folder with the pages.
    [Parameter(Mandatory)] [string] $Pages,

    # The folder to write to.
    [Parameter(Mandatory)] [string] $Help
)

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

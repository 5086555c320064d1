BeforeAll {
    . $PSScriptRoot/Setup.ps1
    function Get-Greeting { param([string] $Name) "$(Get-Word) $Name" }
    function Get-Word { 'hello' }
    filter Add-One { $_ + 1 }
    Set-Alias greet Get-Greeting
}

Describe 'The caller''s session' {
    It 'functions, through the functions that they call' {
        (New-DagNode A { Get-Greeting world } | Invoke-Dag).Output | Should -Be 'hello world'
    }

    It 'filters' {
        (New-DagNode A { 1..3 | Add-One } | Invoke-Dag).Output | Should -Be 2, 3, 4
    }

    It 'aliases' {
        (New-DagNode A { greet alias } | Invoke-Dag).Output | Should -Be 'hello alias'
    }

    It 'functions of a dot-sourced file and of a script' {
        $lib = New-TestFile 'lib.ps1' 'function Get-FromLib { "from lib" }'
        $script = New-TestFile 'script.ps1' @"
. '$lib'
function Get-Own { "own, `$(Get-FromLib)" }
New-DagNode A { Get-Own } | Invoke-Dag | ForEach-Object Output
"@
        & $script | Should -Be 'own, from lib'
    }

    It 'imported modules, with what is private to them' {
        $module = New-TestFile 'Greeter/Greeter.psm1' @'
function Get-Private { 'private' }
function Get-Public { "public, $(Get-Private)" }
Export-ModuleMember Get-Public
'@
        Import-Module $module
        try { (New-DagNode A { Get-Public } | Invoke-Dag).Output | Should -Be 'public, private' }
        finally { Remove-Module Greeter }
    }

    It 'the very version that the caller has' {
        foreach ($version in '1.0', '2.0') {
            $null = New-TestFile "Versioned/$version/Versioned.psm1" "function Get-Version { '$version' }"
            New-ModuleManifest (Join-Path $TestDrive "Versioned/$version/Versioned.psd1") -RootModule Versioned.psm1 -ModuleVersion $version -FunctionsToExport Get-Version
        }
        Import-Module (Join-Path $TestDrive 'Versioned/1.0/Versioned.psd1')
        try { (New-DagNode A { Get-Version } | Invoke-Dag).Output | Should -Be '1.0' }
        finally { Remove-Module Versioned }
    }

    It 'what a module defines dags with' {
        $module = New-TestFile 'Deployer/Deployer.psm1' @'
function Get-Secret { 'secret' }
function Invoke-Deployment { New-DagNode Deploy { Get-Secret } | Invoke-Dag | ForEach-Object Output }
Export-ModuleMember Invoke-Deployment
'@
        Import-Module $module
        try { Invoke-Deployment | Should -Be secret }
        finally { Remove-Module Deployer }
    }

    It 'classes and enums of a module, and of the script itself, in 500 nodes on 8 runspaces' {
        $null = New-TestFile 'Paint/Paint.psm1' @'
enum Colour { Red = 1; Green = 2 }
class Pot { [Colour] $Colour; Pot([Colour] $colour) { $this.Colour = $colour } [string] Look() { return "a pot of $($this.Colour)" } }
function Get-Secret { 'secret' }
class Safe { [string] Open() { return Get-Secret } }
function New-Safe { [Safe]::new() }
'@
        $script = New-TestFile 'painter.ps1' @'
using module ./Paint/Paint.psm1
using namespace System.Text
class Painter { [string] Paint([int] $n) { return Get-Stroke $n } }
function Get-Stroke([int] $n) { "stroke $n" }
1..500 | ForEach-Object {
    New-DagNode "n$_" { [Pot]::new('Green').Look(), [Colour]::Red, (New-Safe).Open(), [Painter]::new().Paint(7),
        [StringBuilder]::new('text').ToString() -join ', ' }
} | Invoke-Dag -ThrottleLimit 8
'@
        $results = & $script
        $results.Count | Should -Be 500
        $results.Output | Sort-Object -Unique | Should -Be 'a pot of Green, Red, secret, stroke 7, text'
    }

    It 'a module with the prefix that the caller gave it' {
        $module = New-TestFile 'Prefixed/Prefixed.psm1' 'function Get-Word { "word" }'
        Import-Module $module -Prefix My
        try { (New-DagNode A { Get-MyWord } | Invoke-Dag).Output | Should -Be word }
        finally { Remove-Module Prefixed }
    }

    It 'the location' {
        Push-Location $TestDrive
        try { (New-DagNode A { (Get-Location).ProviderPath } | Invoke-Dag).Output | Should -Be (Get-Location).ProviderPath }
        finally { Pop-Location }
    }

    It 'the modules of PowerShell itself are loaded by name' {
        (New-DagNode A { ConvertTo-Json @{ a = 1 } -Compress } | Invoke-Dag).Output | Should -Be '{"a":1}'
    }

    It 'says before the run that a command is nowhere' {
        $null = New-DagNode A { Invoke-Nowhere } |
            Invoke-Dag -ErrorAction SilentlyContinue -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike "*Node 'A' calls 'Invoke-Nowhere' at *Session.Tests.ps1:*"
    }
}

Describe 'No leaks from node to node' {
    It '500 nodes that each leave all they can, on 8 runspaces' {
        $nodes = 1..500 | ForEach-Object {
            New-DagNode "n$_" {
                $seen = @(
                    if ($global:leak) { "variable $global:leak" }
                    if (Test-Path function:Get-Leak) { 'function' }
                    if (Test-Path alias:leak) { 'alias' }
                    if ($WarningPreference -eq 'Stop') { 'preference' }
                    if ((Get-Location).Path -eq [System.IO.Path]::GetPathRoot((Get-Location).Path)) { 'location' }
                    if ($Error.Count) { 'errors' }
                    if (Get-PSDrive Leak -ErrorAction Ignore) { 'drive' }
                )
                $global:leak = $DagNode.Name
                function global:Get-Leak {}
                Set-Alias leak Get-Leak -Scope Global
                $global:WarningPreference = 'Stop'
                Set-Location ([System.IO.Path]::GetPathRoot((Get-Location).Path))
                Write-Error 'left over' -ErrorAction SilentlyContinue
                $null = New-PSDrive Leak FileSystem ([System.IO.Path]::GetTempPath()) -Scope Global
                $seen
            }
        }
        $results = $nodes | Invoke-Dag -ThrottleLimit 8
        $results.Count | Should -Be 500
        @($results | Where-Object Status -NE Succeeded).Count | Should -Be 0
        @($results.Output | Sort-Object -Unique) | Should -BeNullOrEmpty
    }

    It 'captured functions are there in 500 nodes on 8 runspaces' {
        $results = 1..500 | ForEach-Object { New-DagNode "n$_" { greet $DagNode.Name } } | Invoke-Dag -ThrottleLimit 8
        @($results | Where-Object { $_.Output -ne "hello $($_.Name)" }).Count | Should -Be 0
    }

    It 'jobs that nobody received' {
        $results = (New-DagNode A { $null = Start-ThreadJob { 1 } }), (New-DagNode B { @(Get-Job).Count } -DependsOn A) |
            Invoke-Dag -ThrottleLimit 1
        ($results | Get-Result B).Output | Should -Be 0
    }

    It '$env: and the process are shared' {
        $results = @(
            New-DagNode A { $env:DAGSHELL_TEST = 'set' }
            New-DagNode B { $env:DAGSHELL_TEST; $env:DAGSHELL_TEST = $null } -DependsOn A
        ) | Invoke-Dag
        ($results | Get-Result B).Output | Should -Be set
    }
}

BeforeDiscovery { Import-Module (Join-Path $PSScriptRoot '../../output/DagShell/DagShell.psd1') }
BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Help of <_>' -ForEach (Get-Command -Module DagShell | ForEach-Object Name) {
    BeforeAll { $help = Get-Help $_ -Full }

    It 'has a synopsis, a description and three examples' {
        $help.Synopsis | Should -Not -BeLike "*$_ *-*"
        ($help.Description.Text -join ' ').Length | Should -BeGreaterThan 100
        @($help.Examples.Example).Count | Should -BeGreaterOrEqual 3
        foreach ($example in $help.Examples.Example) { $example.Code | Should -Match 'Dag' }
        $help.Examples | Out-String | Should -Not -Match '```'
    }

    It 'describes each parameter' {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        foreach ($name in (Get-Command $_).Parameters.Keys.Where{ $_ -notin $common }) {
            (Get-Help $_ -Parameter $name).Description.Text -join ' ' | Should -Not -BeNullOrEmpty -Because $name
        }
    }

    It 'has no online version, and says so instead of failing' {
        { Get-Help $_ -Online -ErrorAction Stop } | Should -Throw '*online*'
    }
}

Describe 'Help about topics' {
    It '<_>' -ForEach 'about_DagShell', 'about_DagShell_Nodes', 'about_DagShell_Failure', 'about_DagShell_Recipes' {
        Get-Help $_ | Should -BeLike "*TOPIC*$_*SHORT DESCRIPTION*"
    }

    It 'are listed with their short descriptions' {
        (Get-Help about_DagShell*).Synopsis | Should -Match '\w+'
    }

    It 'build.ps1 tells what it does' {
        (Get-Help (Join-Path $checkout build.ps1)).Synopsis | Should -BeLike 'Builds, shows, tests*'
    }
}

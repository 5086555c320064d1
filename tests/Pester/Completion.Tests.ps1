BeforeAll {
    . $PSScriptRoot/Setup.ps1
    function Get-Completion {
        param([string] $Text)
        [System.Management.Automation.CommandCompletion]::CompleteInput($Text, $Text.Length, $null).CompletionMatches.CompletionText
    }
}

Describe 'Tab' {
    It 'completes <Parameter> with the names of the nodes in the text' -ForEach @(
        @{ Parameter = '-DependsOn'; Text = 'New-DagNode Extract {}; New-DagNode Transform {} -DependsOn E' }
        @{ Parameter = '-From'; Text = '$n = New-DagNode Extract {}; $n | Add-DagEdge -From E' }
        @{ Parameter = '-Chain'; Text = 'New-DagNode Extract {} | Add-DagEdge -Chain E' }
        @{ Parameter = '-Target'; Text = 'New-DagNode Extract {} | Invoke-Dag -Target E' }
    ) {
        Get-Completion $Text | Should -Be Extract
    }

    It 'quotes a name with a space' {
        Get-Completion "New-DagNode 'Clean up' {}; New-DagNode B {} -DependsOn C" | Should -Be "'Clean up'"
    }

    It 'completes trigger rules and backoffs' {
        Get-Completion 'New-DagNode A {} -TriggerRule Any' | Should -Be AnyFailed, AnySucceeded
        Get-Completion 'New-DagNode A {} -RetryBackoff ' | Should -Be Constant, Exponential, Linear
    }

    It 'completes -Target from the dag file that -Path names' {
        $file = New-TestFile 'nightly.dag.ps1' 'New-DagNode Extract {}; New-DagNode Load {} -DependsOn Extract'
        Get-Completion "Invoke-Dag -Path '$file' -Target L" | Should -Be Load
    }

    It 'completes -Target from the nodes in a variable of the pipeline' {
        $global:dagShellTestNodes = (New-DagNode Extract {}), (New-DagNode Load {})
        try { Get-Completion '$dagShellTestNodes | Invoke-Dag -Target L' | Should -Be Load }
        finally { Remove-Variable dagShellTestNodes -Scope Global }
    }

    It 'completes -Pool with the pools in the text' {
        Get-Completion 'New-Dag -PoolLimit @{ sql = 1 } { New-DagNode A {} -Pool s' | Should -Be sql
    }
}

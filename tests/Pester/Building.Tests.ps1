BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Building a dag' {
    It 'takes dependencies by name' {
        $results = @(
            New-DagNode Load { param($Transform) "loaded $Transform" } -DependsOn Transform
            New-DagNode Transform { param($Extract) "transformed $Extract" } -DependsOn Extract
            New-DagNode Extract { 'orders' }
        ) | Invoke-Dag
        $results.Name | Should -Be Extract, Transform, Load
        $results[-1].Output | Should -Be 'loaded transformed orders'
    }

    It 'takes dependencies as node objects' {
        $extract = New-DagNode Extract { 1 }
        $load = New-DagNode Load { $Upstream.Extract + 1 } -DependsOn $extract
        ($extract, $load | Invoke-Dag | Get-Result Load).Output | Should -Be 2
    }

    It 'wires nodes in the pipeline with -Chain' {
        $nodes = 'Extract', 'Transform', 'Load' | ForEach-Object { New-DagNode $_ { $DagNode.Name } }
        $nodes | Add-DagEdge -Chain Extract, Transform, Load | Invoke-Dag -ThrottleLimit 4 | ForEach-Object Name |
            Should -Be Extract, Transform, Load
    }

    It 'adds an edge from every -From to every -To' {
        $dag = 'a', 'b', 'c', 'd' | ForEach-Object { New-DagNode $_ {} } | Add-DagEdge -From a, b -To c, d
        $dag.Edges.Count | Should -Be 4
        ($dag | Get-DagPlan | Where-Object Level -EQ 1).Name | Should -Be c, d
    }

    It 'gathers what the script block of New-Dag emits' {
        $dag = New-Dag Nightly -Description 'every night' { New-DagNode A {}; 1..3 | ForEach-Object { New-DagNode "B$_" {} -DependsOn A } }
        $dag.Name | Should -Be Nightly
        $dag.Description | Should -Be 'every night'
        $dag.Nodes.Name | Should -Be A, B1, B2, B3
    }

    It 'reads <Text> as <Seconds> s' -ForEach @(
        @{ Text = '500ms'; Seconds = 0.5 }, @{ Text = '2s'; Seconds = 2 }, @{ Text = '5m'; Seconds = 300 }
        @{ Text = '1h'; Seconds = 3600 }, @{ Text = 90; Seconds = 90 }, @{ Text = '00:00:07'; Seconds = 7 }
        @{ Text = [timespan]::FromSeconds(3); Seconds = 3 }
    ) {
        (New-DagNode A {} -EstimatedDuration $Text).EstimatedDuration.TotalSeconds | Should -Be $Seconds
    }

    It 'says what a duration looks like when it is given something else' {
        { New-DagNode A {} -Timeout soon } | Should -Throw "*'soon' is not a duration*500ms*"
    }
}

Describe 'A dag as a node' {
    BeforeAll {
        $load = New-TestFile 'load.dag.ps1' @'
param($Site = 'none')
New-DagNode Load { "loads $using:Site" }
New-DagNode Check { "$($Upstream.Load), checked" } -DependsOn Load
'@
        $deploy = New-TestFile 'deploy.dag.ps1' @'
New-DagNode Load { 'the outer one' }
New-DagNode Deploy -Dag "$PSScriptRoot/load.dag.ps1" -DependsOn Load
New-DagNode After { $Upstream.Deploy.Check } -DependsOn Deploy
'@
    }

    It 'is made of a file, whose names get a prefix' {
        $results = Invoke-Dag -Path $deploy -Parameter @{ Site = 'Rome' }
        $results.Name | Sort-Object | Should -Be After, Deploy, Deploy/Check, Deploy/Load, Load
        ($results | Get-Result After).Output | Should -Be 'loads Rome, checked'
    }

    It 'runs a part of it with -Target' {
        (Invoke-Dag -Path $deploy -Target Deploy/Load).Name | Sort-Object | Should -Be Deploy, Deploy/Load, Load
    }

    It 'runs again from a node inside with -Rerun' {
        $journal = Join-Path $TestDrive deploy.journal
        $null = Invoke-Dag -Path $deploy -Checkpoint $journal
        $again = Invoke-Dag -Path $deploy -Checkpoint $journal -Resume -Rerun Deploy/Check
        ($again | Where-Object -Not FromCheckpoint).Name | Sort-Object | Should -Be After, Deploy, Deploy/Check
    }

    It 'says which file a problem is in' {
        $broken = New-TestFile 'broken.dag.ps1' 'New-DagNode A { } -DependsOn B'
        { New-DagNode Deploy -Dag $broken | Invoke-Dag -ErrorAction Stop } | Should -Throw "*Deploy/A*B*"
    }
}

Describe 'Checking a dag' {
    It 'gives $true for a dag that is right' {
        New-DagNode A {} | Test-Dag | Should -BeTrue
    }

    It 'gives $false and every problem as an error' {
        $nodes = @(
            New-DagNode A {} -DependsOn B
            New-DagNode B {} -DependsOn A
            New-DagNode C {} -DependsOn Exract
            New-DagNode Extract {} -Pool sql
            New-DagNode D {} -DependsOn D
            New-DagNode E {}
            New-DagNode e {}
        )
        $nodes | Test-Dag -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeFalse
        $messages = $problems.Exception.Message | Out-String
        $messages | Should -BeLike "*A → B → A*"
        $messages | Should -BeLike "*did you mean 'Extract'*"
        $messages | Should -BeLike "*pool 'sql'*"
        $messages | Should -BeLike "*'D' depends on itself*"
        $messages | Should -BeLike "*2 nodes are named 'E'*"
        $problems.Count | Should -Be 5
    }

    It 'runs nothing of a dag that is not right' {
        $trace = [System.Collections.Concurrent.ConcurrentBag[string]]::new()
        $nodes = (New-DagNode A { ($using:trace).Add('A') }), (New-DagNode B {} -DependsOn Nobody)
        { $nodes | Invoke-Dag } | Should -Throw -ErrorId 'InvalidDag,DagShell.Commands.InvokeDagCommand' "*'Nobody'*"
        $trace.Count | Should -Be 0
    }

    It 'refuses a dag without nodes' {
        { New-Dag Empty | Invoke-Dag } | Should -Throw '*no nodes*'
    }
}

Describe 'Planning' {
    It 'puts the longest path first' {
        $plan = @(
            New-DagNode Short {}
            New-DagNode Long1 {}
            New-DagNode Long2 {} -DependsOn Long1
        ) | Get-DagPlan
        $plan.Name | Should -Be Long1, Short, Long2
        $plan.Level | Should -Be 0, 0, 1
        ($plan | Where-Object IsCritical).Name | Should -Be Long1, Long2
    }

    It 'plans a chain of 20,000 nodes' {
        $names = 1..20000 | ForEach-Object { "n$_" }
        $plan = $names | ForEach-Object { New-DagNode $_ {} } | Add-DagEdge -Chain $names | Get-DagPlan
        $plan[-1].Level | Should -Be 19999
    }
}

Describe 'Dag files' {
    BeforeAll {
        $file = New-TestFile 'nightly.dag.ps1' @'
param([string] $Greeting = 'hello', [string[]] $To = 'world')
foreach ($name in $To) { New-DagNode "Greet $name" { "$using:Greeting $using:name" } }
New-DagNode Folder { $PSScriptRoot }
'@
    }

    It 'runs with -Path, relative to the location' {
        Push-Location $TestDrive
        try { (Invoke-Dag -Path ./nightly.dag.ps1 | Get-Result 'Greet world').Output | Should -Be 'hello world' }
        finally { Pop-Location }
    }

    It 'runs from the pipeline' {
        (& $file -To pipeline | Invoke-Dag | Get-Result 'Greet pipeline').Output | Should -Be 'hello pipeline'
    }

    It 'binds -Parameter to its param()' {
        $results = Invoke-Dag -Path $file -Parameter @{ Greeting = 'bye'; To = 'a', 'b' }
        ($results | Where-Object Name -Like 'Greet*').Output | Sort-Object | Should -Be 'bye a', 'bye b'
    }

    It 'has its folder as $PSScriptRoot in nodes' {
        (Invoke-Dag -Path $file | Get-Result Folder).Output | Should -Be (Split-Path $file)
    }

    It 'takes several files as one dag' {
        $other = New-TestFile 'other.dag.ps1' "New-DagNode After { 'after' } -DependsOn 'Greet world'"
        (Invoke-Dag -Path $file, $other).Name | Should -Contain After
    }

    It 'says where a file is that cannot be parsed' {
        $broken = New-TestFile 'broken.dag.ps1' "New-DagNode A {`nif ("
        { Invoke-Dag -Path $broken } | Should -Throw '*broken.dag.ps1*'
    }

    It 'says what a file gave out that is no node' {
        $chatty = New-TestFile 'chatty.dag.ps1' "'hello'; New-DagNode A {}"
        { Invoke-Dag -Path $chatty } | Should -Throw '*chatty.dag.ps1*hello*'
    }

    It 'says that a file is not there' {
        { Invoke-Dag -Path ./nowhere.dag.ps1 } | Should -Throw '*nowhere.dag.ps1*'
    }
}

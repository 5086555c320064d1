BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'What a script sees' {
    It '$Upstream is what an assignment would give: nothing, one object, or an array' {
        $results = @(
            New-DagNode None {}
            New-DagNode One { 'x' }
            New-DagNode Many { 1; 2 }
            New-DagNode All -DependsOn None, One, Many {
                ($null -eq $Upstream.None), $Upstream.One.GetType().Name, $Upstream.Many.GetType().Name, $Upstream.Count
            }
        ) | Invoke-Dag
        ($results | Get-Result All).Output | Should -Be $true, String, 'Object[]', 3
    }

    It 'parameters come from $Upstream, then from -Parameter, then from their defaults' {
        $results = @(
            New-DagNode A { 'upstream' }
            New-DagNode B -DependsOn A { param($A, $P, $D = 'default') "$A $P $D" }
        ) | Invoke-Dag -Parameter @{ A = 'no'; P = 'parameter' }
        ($results | Get-Result B).Output | Should -Be 'upstream parameter default'
    }

    It 'a mandatory parameter without a value fails its node with a message that says so' {
        $result = New-DagNode A { param([Parameter(Mandatory)] $Server) } | Invoke-QuietDag
        $result.Status | Should -Be Failed
        $result.Error.Exception.Message | Should -BeLike "*mandatory parameter 'Server'*-Parameter*"
    }

    It '$input and process get the objects one after another, in the order of -DependsOn' {
        $results = @(
            New-DagNode A { 1..2 }
            New-DagNode B { 3..4 }
            New-DagNode Sum -DependsOn B, A { @($input) -join ' ' }
            New-DagNode Each -DependsOn A, B { begin { $n = 0 } process { $n += $_ } end { $n } }
        ) | Invoke-Dag
        ($results | Get-Result Sum).Output | Should -Be '3 4 1 2'
        ($results | Get-Result Each).Output | Should -Be 10
    }

    It 'objects are passed live' {
        $results = @(
            New-DagNode A { , [System.Collections.Generic.List[int]]::new() }
            New-DagNode B -DependsOn A { $Upstream.A.GetType().Name; $Upstream.A.Add(1); $Upstream.A.Count }
        ) | Invoke-Dag
        ($results | Get-Result B).Output | Should -Be 'List`1', 1
    }

    It '$using: takes variables, members and indexes' {
        $config = @{ Hosts = 'web1', 'web2'; Port = 80 }
        $name = 'x'
        (New-DagNode A { "$using:name $($using:config.Hosts[0]) $($using:config['Port'])" } | Invoke-Dag).Output |
            Should -Be 'x web1 80'
    }

    It '$using: takes the value that the variable has when the node is made' {
        $nodes = foreach ($i in 1..3) { New-DagNode "n$i" { $using:i } }
        ($nodes | Invoke-Dag).Output | Sort-Object | Should -Be 1, 2, 3
    }

    It '$using: of a variable that is not set is an error at once' {
        { New-DagNode A { $using:nothingOfTheKind } } | Should -Throw '*nothingOfTheKind*not set*'
    }

    It '$DagNode has the name, the attempt, the run and the last error' {
        $result = New-DagNode A -RetryCount 1 {
            if ($DagNode.Attempt -eq 1) { throw 'first' }
            "$($DagNode.Name) $($DagNode.Attempt) $($DagNode.LastError) $($DagNode.RunId -ne [guid]::Empty)"
        } | Invoke-Dag
        $result.Output | Should -Be 'A 2 first True'
    }
}

Describe 'Conditions' {
    It '-When that is false skips the node and its dependents' {
        $results = @(
            New-DagNode A {} -When { $false }
            New-DagNode B {} -DependsOn A
        ) | Invoke-Dag
        $results.Status | Should -Be Skipped, Skipped
        ($results | Get-Result B).SkipReason | Should -Be "dependency 'A' was skipped"
    }

    It '-When sees what the script sees' {
        $limit = 2
        $results = @(
            New-DagNode Count { 1..3 }
            New-DagNode Prune { 'pruned' } -DependsOn Count -When { $Upstream.Count.Length -gt $using:limit }
        ) | Invoke-Dag
        ($results | Get-Result Prune).Output | Should -Be pruned
    }

    It 'a precondition that does not hold fails the node, without a retry' {
        $result = New-DagNode A {} -Precondition { $true }, { Test-Path (Join-Path $using:TestDrive nowhere) } -RetryCount 3 | Invoke-QuietDag
        $result.Status | Should -Be Failed
        $result.Attempts | Should -Be 0
        $result.Error.FullyQualifiedErrorId | Should -Be PreconditionNotMet
    }

    It '-PreconditionTimeout polls until it holds' {
        $ready = Join-Path $TestDrive ready
        $results = @(
            New-DagNode Wait { 'went on' } -Precondition { Test-Path $using:ready } -PreconditionTimeout 20s
            New-DagNode Make { Start-Sleep -Milliseconds 300; $null = New-Item $using:ready }
        ) | Invoke-Dag -ThrottleLimit 1
        ($results | Get-Result Wait).Output | Should -Be 'went on'
        ($results | Get-Result Wait).Attempts | Should -Be 1
    }
}

Describe 'Pools' {
    It 'no more nodes of a pool run at once than its limit says' {
        $gauge = [hashtable]::Synchronized(@{ Now = 0; Most = 0 })
        $results = 1..6 | ForEach-Object {
            New-DagNode "query $_" -Pool sql {
                $gauge = $using:gauge
                [System.Threading.Monitor]::Enter($gauge)
                try { $gauge.Now++; $gauge.Most = [Math]::Max($gauge.Most, $gauge.Now) } finally { [System.Threading.Monitor]::Exit($gauge) }
                Start-Sleep -Milliseconds 50
                [System.Threading.Monitor]::Enter($gauge)
                try { $gauge.Now-- } finally { [System.Threading.Monitor]::Exit($gauge) }
            }
        } | New-Dag -PoolLimit @{ sql = 2 } | Invoke-Dag -ThrottleLimit 6
        $results.Count | Should -Be 6
        $gauge.Most | Should -BeLessOrEqual 2
    }
}

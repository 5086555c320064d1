# The dag of load-orders.dag.ps1, without a database: -Sequential runs the nodes in this very session, so what is mocked here is
# mocked in them.

BeforeAll {
    if (-not (Get-Command Invoke-Dag -ErrorAction Ignore)) { Import-Module $PSScriptRoot/../../output/DagShell/DagShell.psd1 }
    Import-Module $PSScriptRoot/Warehouse.psm1

    function Invoke-Load {
        Invoke-Dag -Path $PSScriptRoot/load-orders.dag.ps1 -Sequential -ErrorAction SilentlyContinue -Parameter @{ Folder = "$TestDrive"; Database = 'db' }
    }
}

AfterAll { Remove-Module Warehouse }

Describe 'Loading orders' {
    BeforeEach {
        Set-Content (Join-Path $TestDrive orders-1.csv) 'Id,Customer,Amount', '1,Ada,10', '2,Carl,20.5'
        Set-Content (Join-Path $TestDrive orders-2.csv) 'Id,Customer,Amount', '3,Ada,5', '4,Ada,n/a'
        $script:tables = @{}
        Mock Initialize-Warehouse {}
        Mock Write-WarehouseTable { $tables[$Table] = $Row }
        Mock Read-WarehouseTable { $tables[$Table] }
    }

    It 'writes the totals of all files' {
        $results = Invoke-Load
        $results.Status | Should -Not -Contain Failed
        $tables.totals | Sort-Object Customer | ForEach-Object { "$($_.Customer) $($_.Orders) $($_.Amount)" } | Should -Be 'Ada 2 15', 'Carl 1 20.5'
    }

    It 'sets aside what has no amount, only where there is such' {
        $results = Invoke-Load
        $tables['orders-2-rejected'].Id | Should -Be 4
        ($results | Where-Object Name -EQ 'Set aside orders-1').Status | Should -Be Skipped
    }

    It 'tries again when the database is busy' {
        $script:calls = 0
        Mock Write-WarehouseTable { if ($script:calls++ -eq 0) { throw 'The database is busy.' }; $tables[$Table] = $Row } -ParameterFilter { $Table -eq 'orders-1' }
        $results = Invoke-Load
        ($results | Where-Object Name -EQ 'Load orders-1').Attempts | Should -Be 2
        ($results | Where-Object Name -EQ Totals).Status | Should -Be Succeeded
    }

    It 'does not try again when something else is wrong, and writes no totals' {
        Mock Write-WarehouseTable { throw 'No such table.' } -ParameterFilter { $Table -eq 'orders-1' }
        $results = Invoke-Load
        ($results | Where-Object Name -EQ 'Load orders-1').Attempts | Should -Be 1
        ($results | Where-Object Name -EQ Totals).SkipReason | Should -Be "dependency 'Load orders-1' failed"
        $tables.Keys | Should -Not -Contain totals
    }

    It 'fails when what was loaded is not what was read' {
        Mock Read-WarehouseTable { [pscustomobject]@{ Customer = 'Ada'; Amount = 1 } }
        $results = Invoke-Load
        ($results | Where-Object Name -EQ Totals).Error.Exception.Message | Should -BeLike 'The tables sum up to 2, the files to 35.5*'
    }
}

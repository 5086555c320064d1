<#
.SYNOPSIS
    Loads CSV files of orders into a database, and a table of totals after them.

.DESCRIPTION
    Each file is read and checked by itself, and loaded into a table of its own; rows that cannot be right are set aside.
    The database takes two connections, so all nodes that use it are in the pool 'database', however many files are read at once.
    When all are loaded, the totals are worked out, compared with what was read, and written in one go: readers of the table see the old
    totals or the new ones.

    Without -Database it is a rehearsal: the database is made in a temporary folder and removed at the end. See Warehouse.psm1.

.EXAMPLE
    Invoke-Dag ./load-orders.dag.ps1 -ThrottleLimit 8

    The files beside this script, eight nodes at a time.

.EXAMPLE
    Invoke-Dag ./load-orders.dag.ps1 -Parameter @{ Folder = './orders'; Database = './warehouse' } -PoolLimit @{ database = 1 }

    Files and a database of your own, and one connection less.
#>
[CmdletBinding()]
param(
    # The folder with the files: orders-*.csv, with the columns Id, Customer, Amount.
    [string] $Folder = (Join-Path $PSScriptRoot 'orders'),

    # The database; without it a rehearsal.
    [string] $Database
)

# The nodes call the functions of this module. They find it by themselves, because it is imported here.
Import-Module (Join-Path $PSScriptRoot 'Warehouse.psm1')

$rehearsal = -not $Database
if ($rehearsal) { $Database = Join-Path ([System.IO.Path]::GetTempPath()) "dagshell-orders-$PID" }

$files = @(Get-ChildItem $Folder -Filter orders-*.csv | Sort-Object Name)
if (-not $files) { throw "There are no files orders-*.csv in $Folder." }

New-Dag Orders -PoolLimit @{ database = 2 } {
    New-DagNode Prepare -Pool database { Initialize-Warehouse $using:Database }

    foreach ($file in $files) {
        $table = $file.BaseName

        New-DagNode "Read $table" {
            $rows = Import-Csv ($using:file).FullName
            $good, $bad = $rows.Where({ $_.Amount -as [decimal] }, 'Split')
            if (-not $good) { throw "$(($using:file).Name) has no row that can be loaded." }
            [pscustomobject]@{ Good = $good; Bad = $bad; Sum = [Math]::Round(($good | Measure-Object Amount -Sum).Sum, 2) }
        }

        # Skipped where nothing is wrong with a file.
        New-DagNode "Set aside $table" -DependsOn "Read $table", Prepare -Pool database -When { $Upstream["Read $using:table"].Bad.Count } {
            $bad = $Upstream["Read $using:table"].Bad
            Write-WarehouseTable $using:Database "$using:table-rejected" $bad
            "$($bad.Count) rows that have no amount"
        }

        # The pool keeps these to two at once. Others may use the database too: then it is worth trying again, and only then.
        New-DagNode "Load $table" -DependsOn "Read $table", Prepare -Pool database `
            -RetryCount 5 -RetryDelay 200ms -RetryBackoff Exponential -RetryJitter -RetryIf { "$_" -like '*busy*' } {
            $read = $Upstream["Read $using:table"]
            Write-WarehouseTable $using:Database $using:table $read.Good
            [pscustomobject]@{ Table = $using:table; Rows = $read.Good.Count; Sum = $read.Sum }
        }
    }

    New-DagNode Totals -DependsOn ($files | ForEach-Object { "Load $($_.BaseName)" }) -Pool database {
        # $input has what the dependencies gave out, one object after another.
        $loaded = @($input)
        $orders = $loaded | ForEach-Object { Read-WarehouseTable $using:Database $_.Table }
        $sum = [Math]::Round(($orders | Measure-Object Amount -Sum).Sum, 2)
        $expected = [Math]::Round(($loaded | Measure-Object Sum -Sum).Sum, 2)
        if ($sum -ne $expected) { throw "The tables sum up to $sum, the files to $expected." }

        $totals = $orders | Group-Object Customer | ForEach-Object {
            [pscustomobject]@{ Customer = $_.Name; Orders = $_.Count; Amount = [Math]::Round(($_.Group | Measure-Object Amount -Sum).Sum, 2) }
        }
        Write-WarehouseTable $using:Database totals $totals
        "$(@($orders).Count) orders of $(@($totals).Count) customers, $sum in all"
    }

    New-DagNode 'Clean up' -DependsOn (@('Totals') + ($files | ForEach-Object { "Set aside $($_.BaseName)" })) -TriggerRule AllDone {
        if ($using:rehearsal) { Remove-Item $using:Database -Recurse -Force }
    }
}

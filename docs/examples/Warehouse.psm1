<#
    A database, for the example load-orders.dag.ps1.

    Here it is a folder with a CSV file for each table, so that the example runs on any machine, and it takes no more than two
    connections. In yours these functions call your database's client; the dag file stays as it is.
#>

$connections = 2

# Runs a script with one of the connections. An error if all are taken.
function Use-Connection([string] $Database, [scriptblock] $Script) {
    $connection = $null
    for ($i = 1; -not $connection -and $i -le $connections; $i++) {
        try {
            $connection = [System.IO.File]::Open((Join-Path $Database "connection$i"), 'OpenOrCreate', 'ReadWrite', 'None')
        }
        catch [System.IO.IOException] { Write-Verbose "Connection $i is taken." }
    }
    if (-not $connection) { throw "The database is busy: all $connections connections are taken." }
    try { & $Script } finally { $connection.Dispose() }
}

# Makes an empty database.
function Initialize-Warehouse {
    param([string] $Database)
    $null = New-Item $Database -ItemType Directory -Force
    Get-ChildItem $Database -Filter *.csv | Remove-Item
}

# Replaces a table with rows.
function Write-WarehouseTable {
    param([string] $Database, [string] $Table, [object[]] $Row)
    Use-Connection $Database {
        $Row | Export-Csv (Join-Path $Database "$Table.csv") -NoTypeInformation
        Start-Sleep -Milliseconds 200
    }
}

# Reads a table.
function Read-WarehouseTable {
    param([string] $Database, [string] $Table)
    Use-Connection $Database { Import-Csv (Join-Path $Database "$Table.csv") }
}

Export-ModuleMember -Function *-Warehouse*

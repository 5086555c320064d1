# The dag of fleet.dag.ps1, here and in sessions: what it does is the same, and one argument says where.

BeforeAll {
    if (-not (Get-Command Invoke-Dag -ErrorAction Ignore)) { Import-Module $PSScriptRoot/../../output/DagShell/DagShell.psd1 }
    . $PSScriptRoot/../../tests/Pester/Shell.ps1

    function Invoke-Fleet([hashtable] $Parameter = @{}, [hashtable] $With = @{}) {
        $Parameter.Folder = $folder
        Invoke-Dag $PSScriptRoot/fleet.dag.ps1 -ErrorAction SilentlyContinue -Parameter $Parameter @With
    }

    # A process of its own stands for a machine.
    function Open-Machine {
        $program, $arguments = Get-ThisShell
        New-DagSession $program (@($arguments) + '-sshs' -ne $null)
    }
}

Describe 'A fleet' {
    BeforeEach {
        $folder = (New-Item "$TestDrive/$([guid]::NewGuid())" -ItemType Directory).FullName
        foreach ($name in 'old1', 'old2', 'new') { Set-Content "$folder/$name" text }
        foreach ($name in 'old1', 'old2') { (Get-Item "$folder/$name").LastWriteTime = (Get-Date).AddDays(-60) }
    }

    It 'is looked at here, and nothing is removed' {
        $results = Invoke-Fleet
        ($results | Where-Object Name -EQ Report).Output | Should -Be @(
            "web01 ($([Environment]::MachineName)): 2 old files", "web02 ($([Environment]::MachineName)): 2 old files")
        ($results | Where-Object Name -EQ 'Remove web01').Status | Should -Be Skipped
        ($results | Where-Object Name -EQ 'Count web01').ComputerName | Should -BeNullOrEmpty
        Get-ChildItem $folder | Should -HaveCount 3
    }

    It 'is looked after there, by one argument' {
        $machine = Open-Machine
        try {
            $results = Invoke-Fleet @{ Remove = $true; HostName = 'web01' } @{ PoolSession = @{ web01 = $machine } }
        }
        finally { Remove-PSSession $machine }
        ($results | Where-Object Name -EQ Report).Output | Should -Be "web01 ($([Environment]::MachineName)): 2 old files, removed"
        ($results | Where-Object Name -EQ 'Count web01').ComputerName | Should -Be ([Environment]::MachineName)
        ($results | Where-Object Name -EQ Report).ComputerName | Should -BeNullOrEmpty
        (Get-ChildItem $folder).Name | Should -Be new
    }

    It 'is reported without a machine that cannot be reached' {
        $results = Invoke-Fleet @{} @{ PoolSession = @{ web02 = { throw 'no route to host' } } }
        ($results | Where-Object Name -EQ Report).Output[1] | Should -Be 'web02 could not be looked at'
        ($results | Where-Object Name -EQ 'Count web02').Error | Should -BeLike '*no route to host*'
    }
}

# The dag of backup.dag.ps1, without archives: -Sequential runs the nodes in this very session, so what is mocked here is mocked in them.

BeforeAll {
    if (-not (Get-Command Invoke-Dag -ErrorAction Ignore)) { Import-Module $PSScriptRoot/../../output/DagShell/DagShell.psd1 }

    function Invoke-Backup([int] $Keep = 3) {
        Invoke-Dag -Path $PSScriptRoot/backup.dag.ps1 -Sequential -ErrorAction SilentlyContinue -Parameter @{
            Destination = "$TestDrive/store"
            Keep        = $Keep
            Source      = New-Checkout
        }
    }

    # A checkout with a few files in each folder, one of them built.
    function New-Checkout {
        foreach ($folder in 'docs', 'module', 'src', 'tests') {
            foreach ($file in "$folder.md", 'deep/er/file.txt', 'bin/built.dll') {
                $null = New-Item "$TestDrive/checkout/$folder/$file" -Force -Value "$file of $folder"
            }
        }
        "$TestDrive/checkout"
    }
}

Describe 'A backup' {
    BeforeEach {
        # An "archive" is a file that says from which folder it was made; to expand it is to copy that folder.
        Mock Compress-Archive { Set-Content $DestinationPath (Split-Path $Path) }
        Mock Expand-Archive { Copy-Item (Get-Content $Path) $DestinationPath -Recurse }
    }

    AfterEach { Get-ChildItem $TestDrive | Remove-Item -Recurse }

    It 'archives every folder and writes a manifest of them' {
        $results = Invoke-Backup
        $results.Status | Should -Not -Contain Failed
        Should -Invoke Compress-Archive -Times 4 -Exactly
        $manifest = Get-Content ($results | Where-Object Name -EQ Manifest).Output | ConvertFrom-Json
        $manifest.Folder | Sort-Object | Should -Be docs, module, src, tests
        $manifest.Files | Should -Be 2, 2, 2, 2
        ($results | Where-Object Name -EQ Register).Attempts | Should -Be 3
    }

    It 'finds an archive that is not as the folder was, and writes no manifest' {
        Mock Expand-Archive {
            Copy-Item (Get-Content $Path) $DestinationPath -Recurse
            Get-ChildItem $DestinationPath -Recurse -File | Select-Object -First 1 | Set-Content -Value 'rotten'
        } -ParameterFilter { $Path -like '*docs*' }
        $results = Invoke-Backup
        ($results | Where-Object Name -EQ 'Verify docs').Error.Exception.Message | Should -BeLike '*not in the archive as it was*'
        ($results | Where-Object Name -EQ 'Verify src').Status | Should -Be Succeeded
        ($results | Where-Object Name -EQ Manifest).Status | Should -Be Skipped
    }

    It 'cleans up even so' {
        Mock Compress-Archive { throw 'The disk is full.' }
        $results = Invoke-Backup
        $results[-1].Name | Should -Be 'Clean up'
        $results[-1].Status | Should -Be Succeeded
    }

    It 'keeps no more than it is to' {
        $null = New-Item $TestDrive/store -ItemType Directory -Force
        1..3 | ForEach-Object { Set-Content "$TestDrive/store/src-2020010$_-000000.zip" old }
        $results = Invoke-Backup -Keep 2
        ($results | Where-Object Name -EQ 'Prune src').Status | Should -Be Succeeded
        ($results | Where-Object Name -EQ 'Prune docs').Status | Should -Be Skipped
        @(Get-ChildItem $TestDrive/store -Filter src-*.zip).Count | Should -Be 2
    }
}

Describe 'The script that runs it' {
    It 'leaves a report however the run ends, and nothing else of a rehearsal' {
        $null = & $PSScriptRoot/backup.ps1 -Source (New-Checkout) -Report $TestDrive/reports/backup.html -ErrorAction SilentlyContinue 6>$null
        Get-Content $TestDrive/reports/backup.html -Raw | Should -Match '<h1>Backup</h1>'
        Get-ChildItem ([System.IO.Path]::GetTempPath()) -Filter "dagshell-backup-$PID" | Should -BeNullOrEmpty
    }
}

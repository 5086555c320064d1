BeforeAll {
    if (-not (Get-Command Invoke-Dag -ErrorAction Ignore)) { Import-Module $PSScriptRoot/../../output/DagShell/DagShell.psd1 }
    $source = (New-Item "$TestDrive/pages" -ItemType Directory).FullName
    'a-one', 'b-two', 'c-three' | ForEach-Object { Set-Content "$source/$_.md" "# $_" }

    function Invoke-Site { Invoke-Dag $PSScriptRoot/site.dag.ps1 -Parameter @{ Source = $source; Target = "$TestDrive/out" } }
}

Describe 'The site' {
    It 'has a page for each file, and an index' {
        $results = Invoke-Site
        $results.Status | Should -Be Succeeded, Succeeded
        $results[0].Output.Name | Should -Be a-one.html, b-two.html, c-three.html
        Get-Content "$TestDrive/out/b-two.html" -Raw | Should -Match '<h1.*b-two</h1>'
        Get-Content "$TestDrive/out/index.txt" | Should -Be a-one.html, b-two.html, c-three.html
    }

    It 'is not made again where nothing has changed' {
        (Invoke-Site).UpToDate | Should -Be $true, $true
    }

    It 'is made again as far as something has' {
        Set-Content "$source/b-two.md" '# changed'
        (Get-Item "$source/b-two.md").LastWriteTime = (Get-Date).AddMinutes(-1)
        (Get-Item "$TestDrive/out/b-two.html").LastWriteTime = (Get-Date).AddMinutes(-2)
        $results = Invoke-Site
        $results[0].Items.UpToDate | Should -Be $true, $false, $true
        $results[1].UpToDate | Should -BeFalse
        Get-Content "$TestDrive/out/b-two.html" -Raw | Should -Match changed
    }
}

# The recipes of the help, as they stand there. Dot-sourced in BeforeAll, after Setup.ps1.

# The code of each recipe, by its heading, from the plain text of the help: a heading is indented by 2, its code by 8.
$recipes = @{}
$heading = ''
foreach ($line in (Get-Help about_DagShell_Recipes | Out-String) -split '\r?\n') {
    if ($line -match '^  (\S.*)$') { $heading = $Matches[1]; $recipes[$heading] = @() }
    elseif ($line -match '^ {8}(.*)$') { $recipes[$heading] += $Matches[1] }
}
$used = @{}

function Get-Recipe([string] $Heading) {
    $code = $recipes[$Heading] -join "`n"
    if (-not $code.Trim()) { throw "The help has no recipe '$Heading'." }
    $used[$Heading] = $true
    [scriptblock]::Create($code)
}

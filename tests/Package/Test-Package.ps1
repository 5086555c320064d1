<#
.SYNOPSIS
    Unpacks a package, imports the module in it in this process, runs a dag with it and looks for its help and for its images of platforms.
#>
[CmdletBinding()]
param(
    # The .nupkg.
    [Parameter(Mandatory)] [string] $Package
)

$ErrorActionPreference = 'Stop'

# The id of the build that an assembly is from: an image must be of the same one as what it stands for.
function Get-BuildId([string] $File) {
    $reader = [System.Reflection.PortableExecutable.PEReader]::new([System.IO.File]::OpenRead($File))
    try {
        $metadata = [System.Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($reader)
        $metadata.GetGuid($metadata.GetModuleDefinition().Mvid)
    }
    finally { $reader.Dispose() }
}

$scratch = Join-Path ([System.IO.Path]::GetTempPath()) "dagshell-package-$PID"
try {
    [System.IO.Compression.ZipFile]::ExtractToDirectory($Package, $scratch)
    Import-Module (Join-Path $scratch 'DagShell.psd1')
    $missing = (Import-PowerShellDataFile (Join-Path $scratch 'DagShell.psd1')).CmdletsToExport |
        Where-Object { -not (Get-Command $_ -Module DagShell -ErrorAction Ignore) }
    if ($missing) { throw "The package lacks $missing." }
    $result = New-DagNode Check { 'imported' } | Invoke-Dag
    if ($result.Output -ne 'imported') { throw 'The module in the package runs no dag.' }
    $used = [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -in 'DagShell', 'DagShell.Model', 'DagShell.Engine' }.Location
    $here = [DagShell.Startup.PlatformImages]::Folder
    if ((Test-Path $here) -and ($used | Split-Path | Select-Object -Unique) -ne $here) { throw "The images in $here are not what is loaded: $used." }
    foreach ($platform in 'linux-x64', 'linux-arm64', 'win-x64', 'win-arm64', 'osx-arm64') {
        foreach ($assembly in Get-ChildItem $scratch, $scratch/lib -Filter *.dll | Where-Object Name -NotIn DagShell.Startup.dll, DagShell.Transports.dll) {
            $image = Join-Path $scratch runtimes $platform $assembly.Name
            if ((Get-BuildId $image) -ne (Get-BuildId $assembly)) { throw "$image is of another build than $assembly." }
        }
    }
    if ((Get-Help Invoke-Dag).Description.Count -eq 0) { throw 'The module in the package has no help.' }
}
finally { Remove-Item $scratch -Recurse -Force -ErrorAction Ignore }

<#
.SYNOPSIS
    Backs up the folders of this checkout: one archive for each folder, verified, and a manifest of them all.

.DESCRIPTION
    The folders are archived side by side. Each archive is unpacked again and compared with what went into it. When all of
    them are right a manifest is written from what the steps before it gave out, and handed over to a store that
    does not answer at first.

    This script only emits nodes. Invoke-Dag runs them.

.EXAMPLE
    ./backup.dag.ps1 | Invoke-Dag

    Without -Destination it is a rehearsal: the archives go to a temporary folder, which is removed at the end.

.EXAMPLE
    Invoke-Dag ./backup.dag.ps1 -Parameter @{ Destination = '~/backups' }

    The archives and the manifest stay in ~/backups.
#>
[CmdletBinding()]
param(
    # Where the archives go.
    [string] $Destination,

    # How many backups of a folder are kept in the destination.
    [int] $Keep = 3,

    # The checkout whose folders are backed up.
    [string] $Source = (Join-Path $PSScriptRoot '../..')
)

$checkout = (Resolve-Path -LiteralPath $Source).Path
$rehearsal = -not $Destination
$scratch = Join-Path ([System.IO.Path]::GetTempPath()) "dagshell-backup-$PID"
$store = if ($rehearsal) { Join-Path $scratch 'store' } else { $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination) }
$stamp = Get-Date -Format 'yyyyMMdd-HHmmss'

$folders = Get-ChildItem $checkout -Directory | Where-Object Name -In 'src', 'tests', 'module', 'docs'

# A node is a name and a script block. The values of $using: are taken here and now, as in ForEach-Object -Parallel.
# The precondition is asked right before the script runs; if it did not hold, the node would fail and nothing else would start.
New-DagNode Prepare -Precondition { [System.IO.DriveInfo]::new([System.IO.Path]::GetTempPath()).AvailableFreeSpace -gt 200MB } {
    New-Item $using:scratch, $using:store -ItemType Directory -Force | ForEach-Object FullName
}

foreach ($folder in $folders) {
    $name = $folder.Name

    # These depend on Prepare alone, so they run side by side, as many at once as -ThrottleLimit allows.
    New-DagNode "Archive $name" -DependsOn Prepare {
        $source = $using:folder
        $files = Get-ChildItem $source.FullName -Recurse -File | Where-Object FullName -NotMatch '[\\/](bin|obj)[\\/]'
        $groups = @($files | Group-Object DirectoryName)
        $copy = Join-Path $using:scratch "in/$($source.Name)"

        $checksums = @{}
        foreach ($group in $groups) {
            # What a node reports of itself is shown under its name.
            Write-Progress 'Copying' $group.Name -PercentComplete (100 * $groups.IndexOf($group) / $groups.Count)
            $target = New-Item (Join-Path $copy ([System.IO.Path]::GetRelativePath($source.FullName, $group.Name))) -ItemType Directory -Force
            foreach ($hash in $group.Group | Copy-Item -Destination $target -PassThru | Get-FileHash) {
                $checksums[[System.IO.Path]::GetRelativePath($copy, $hash.Path)] = $hash.Hash
            }
        }
        Write-Progress 'Copying' -Completed

        $archive = Join-Path $using:store "$($source.Name)-$using:stamp.zip"
        Compress-Archive "$copy/*" $archive
        [pscustomobject]@{ Folder = $source.Name; Archive = $archive; Checksums = $checksums }
    }

    New-DagNode "Verify $name" -DependsOn "Archive $name" {
        # $Upstream has what each dependency gave out, by its name.
        $archived = $Upstream["Archive $using:name"]
        $unpacked = Join-Path $using:scratch "out/$using:name"
        Expand-Archive $archived.Archive $unpacked

        $unpackedHash = @{}
        Get-ChildItem $unpacked -Recurse -File | Get-FileHash | ForEach-Object {
            $unpackedHash[[System.IO.Path]::GetRelativePath($unpacked, $_.Path)] = $_.Hash
        }
        foreach ($file in $archived.Checksums.Keys) {
            if ($unpackedHash[$file] -ne $archived.Checksums[$file]) { throw "$file is not in the archive as it was in the folder." }
        }
        [pscustomobject]@{
            Folder  = $archived.Folder
            Files   = $archived.Checksums.Count
            Archive = Split-Path $archived.Archive -Leaf
            SHA256  = (Get-FileHash $archived.Archive).Hash
        }
    }

    # Skipped as long as the condition is false, which is no failure.
    New-DagNode "Prune $name" -DependsOn "Verify $name" -When {
        @(Get-ChildItem $using:store -Filter "$using:name-*.zip").Count -gt $using:Keep
    } {
        Get-ChildItem $using:store -Filter "$using:name-*.zip" |
            Sort-Object Name -Descending |
            Select-Object -Skip $using:Keep |
            Remove-Item
    }
}

$verified = $folders | ForEach-Object { "Verify $($_.Name)" }

# Waits for all of them. $input has what they gave out, one object after another.
New-DagNode Manifest -DependsOn $verified {
    $manifest = Join-Path $using:store "manifest-$using:stamp.json"
    @($input) | ConvertTo-Json | Set-Content $manifest
    $manifest
}

# A parameter with the name of a dependency gets what that dependency gave out.
New-DagNode Register -DependsOn Manifest -RetryCount 3 -RetryDelay 1s -RetryBackoff Exponential {
    param($Manifest)

    # This stands for a service that needs a moment to wake up.
    if ($DagNode.Attempt -lt 3) { throw "The register does not answer (attempt $($DagNode.Attempt))." }

    $entries = Get-Content $Manifest -Raw | ConvertFrom-Json
    "$(($entries | Measure-Object Files -Sum).Sum) files in $(@($entries).Count) archives"
}

# Runs whatever became of the others.
New-DagNode 'Clean up' -DependsOn (@('Register') + $folders.ForEach{ "Prune $($_.Name)" }) -TriggerRule AllDone {
    if (Test-Path $using:scratch) { Remove-Item $using:scratch -Recurse -Force }
    if ($using:rehearsal) { 'nothing is left of the rehearsal' } else { "the archives are in $using:store" }
}

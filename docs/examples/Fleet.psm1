<#
    A fleet of web hosts, for the example rolling-update.dag.ps1.

    Here a host is a folder with a file for its release and one for its place in the load balancer, so that the example runs on any
    machine. In yours these functions call Invoke-Command, ssh, or the load balancer's own interface; the dag file stays as it is.
#>

function Get-Folder([string] $Fleet, [string] $HostName) {
    $folder = Join-Path $Fleet $HostName
    if (-not (Test-Path $folder)) { throw "There is no host '$HostName' in the fleet." }
    $folder
}

# Makes a fleet to rehearse with.
function New-Fleet {
    param([string] $Path, [string[]] $HostName, [string] $Release)
    foreach ($name in $HostName) {
        $folder = Join-Path $Path $name
        $null = New-Item $folder -ItemType Directory -Force
        Set-Content (Join-Path $folder release) $Release
        Set-Content (Join-Path $folder balancer) in
        Set-Content (Join-Path $folder healthy-after) 0
    }
}

# What a host runs, and whether it gets requests.
function Get-FleetHost {
    param([string] $Fleet, [string] $HostName)
    $folder = Get-Folder $Fleet $HostName
    [pscustomobject]@{
        HostName  = $HostName
        Release   = Get-Content (Join-Path $folder release)
        InService = (Get-Content (Join-Path $folder balancer)) -eq 'in'
    }
}

# Takes a host out of the load balancer.
function Disable-FleetHost {
    param([string] $Fleet, [string] $HostName)
    Set-Content (Join-Path (Get-Folder $Fleet $HostName) balancer) out
}

# Puts it back in.
function Enable-FleetHost {
    param([string] $Fleet, [string] $HostName)
    Set-Content (Join-Path (Get-Folder $Fleet $HostName) balancer) in
}

# Installs a release on a host and starts it. A start takes a while; a faulty one never comes up.
function Install-FleetRelease {
    param([string] $Fleet, [string] $HostName, [string] $Release, [switch] $Faulty)
    $folder = Get-Folder $Fleet $HostName
    Set-Content (Join-Path $folder release) $Release
    Set-Content (Join-Path $folder healthy-after) ($Faulty ? 'never' : [DateTime]::UtcNow.AddMilliseconds(300).Ticks)
}

# Asks a host whether it is well. An error if it is not.
function Test-FleetHost {
    param([string] $Fleet, [string] $HostName)
    $after = Get-Content (Join-Path (Get-Folder $Fleet $HostName) healthy-after)
    if ($after -eq 'never' -or [DateTime]::UtcNow.Ticks -lt [long] $after) { throw "$HostName answers 503." }
}

Export-ModuleMember -Function *-Fleet*

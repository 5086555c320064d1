# Time, chance and the like.

using namespace System.Management.Automation

# A script that is dot-sourced sets its strict mode for all; this module is not written for every one.
Set-StrictMode -Off

# Looks up every 50 ms whether the pipeline is to stop.
function Start-Sleep {
    [CmdletBinding(DefaultParameterSetName = 'Seconds')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Seconds')]
        [ValidateRange(0.0, 2147483.0)] [double] $Seconds,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'Milliseconds')]
        [ValidateRange(0, [int]::MaxValue)] [Alias('ms')] [int] $Milliseconds,
        [Parameter(Mandatory, ParameterSetName = 'FromTimeSpan')] [Alias('ts')] [timespan] $Duration
    )
    process {
        $total = switch ($PSCmdlet.ParameterSetName) {
            'Seconds' { $Seconds * 1000 }
            'Milliseconds' { $Milliseconds }
            'FromTimeSpan' { $Duration.TotalMilliseconds }
        }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        while (($left = $total - $watch.Elapsed.TotalMilliseconds) -gt 0) {
            [System.Threading.Thread]::Sleep([int] [Math]::Clamp([Math]::Ceiling($left), 1, 50))
        }
    }
}

# Without -UFormat and -DisplayHint.
function Get-Date {
    [CmdletBinding(DefaultParameterSetName = 'Date')]
    [OutputType([datetime], [string])]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Date')] [Alias('LastWriteTime')] [datetime] $Date,
        [Parameter(Mandatory, ParameterSetName = 'Unix')] [Alias('UnixTime')] [long] $UnixTimeSeconds,
        [ValidateRange(1, 9999)] [int] $Year,
        [ValidateRange(1, 12)] [int] $Month,
        [ValidateRange(1, 31)] [int] $Day,
        [ValidateRange(0, 23)] [int] $Hour,
        [ValidateRange(0, 59)] [int] $Minute,
        [ValidateRange(0, 59)] [int] $Second,
        [ValidateRange(0, 999)] [int] $Millisecond,
        [string] $Format,
        [switch] $AsUTC
    )
    process {
        $given = $PSBoundParameters
        $value = if ($PSCmdlet.ParameterSetName -eq 'Unix') { [DateTimeOffset]::FromUnixTimeSeconds($UnixTimeSeconds).LocalDateTime }
        elseif ($given.ContainsKey('Date')) { $Date }
        else { [datetime]::Now }
        if ($given.ContainsKey('Year')) { $value = $value.AddYears($Year - $value.Year) }
        if ($given.ContainsKey('Month')) { $value = $value.AddMonths($Month - $value.Month) }
        if ($given.ContainsKey('Day')) { $value = $value.AddDays($Day - $value.Day) }
        if ($given.ContainsKey('Hour')) { $value = $value.AddHours($Hour - $value.Hour) }
        if ($given.ContainsKey('Minute')) { $value = $value.AddMinutes($Minute - $value.Minute) }
        if ($given.ContainsKey('Second')) { $value = $value.AddSeconds($Second - $value.Second) }
        if ($given.ContainsKey('Millisecond')) { $value = $value.AddMilliseconds($Millisecond - $value.Millisecond) }
        if ($AsUTC) { $value = $value.ToUniversalTime() }
        switch ($Format) {
            '' { $value }
            'FileDate' { $value.ToString('yyyyMMdd') }
            'FileDateUniversal' { $value.ToUniversalTime().ToString('yyyyMMddZ') }
            'FileDateTime' { $value.ToString('yyyyMMddTHHmmssffff') }
            'FileDateTimeUniversal' { $value.ToUniversalTime().ToString('yyyyMMddTHHmmssffffZ') }
            default { $value.ToString($Format, [cultureinfo]::CurrentCulture) }
        }
    }
}

function New-TimeSpan {
    [CmdletBinding(DefaultParameterSetName = 'Date')]
    [OutputType([timespan])]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Date')] [Alias('LastWriteTime')] [datetime] $Start,
        [Parameter(Position = 1, ParameterSetName = 'Date')] [datetime] $End,
        [Parameter(ParameterSetName = 'Time')] [int] $Days,
        [Parameter(ParameterSetName = 'Time')] [int] $Hours,
        [Parameter(ParameterSetName = 'Time')] [int] $Minutes,
        [Parameter(ParameterSetName = 'Time')] [int] $Seconds,
        [Parameter(ParameterSetName = 'Time')] [int] $Milliseconds
    )
    process {
        if ($PSCmdlet.ParameterSetName -eq 'Time') { return [timespan]::new($Days, $Hours, $Minutes, $Seconds, $Milliseconds) }
        $now = [datetime]::Now
        ($PSBoundParameters.ContainsKey('End') ? $End : $now) - ($PSBoundParameters.ContainsKey('Start') ? $Start : $now)
    }
}

function Measure-Command {
    [CmdletBinding()]
    [OutputType([timespan])]
    param(
        [Parameter(Mandatory, Position = 0)] [scriptblock] $Expression,
        [Parameter(ValueFromPipeline)] [psobject] $InputObject
    )
    begin { $watch = [System.Diagnostics.Stopwatch]::new() }
    process {
        $watch.Start()
        if ($PSBoundParameters.ContainsKey('InputObject')) { $null = $InputObject | ForEach-Object -Process $Expression }
        else { $null = . $Expression }
        $watch.Stop()
    }
    end { $watch.Elapsed }
}

function New-Guid {
    [CmdletBinding()]
    [OutputType([guid])]
    param([switch] $Empty)
    $Empty ? [guid]::Empty : [guid]::NewGuid()
}

# -SetSeed makes the numbers repeat, but they are not those of pwsh.
function Get-Random {
    [CmdletBinding(DefaultParameterSetName = 'Number')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Number')] [object] $Maximum,
        [Parameter(ParameterSetName = 'Number')] [object] $Minimum,
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ParameterSetName = 'List')]
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ParameterSetName = 'Shuffle')]
        [AllowNull()] [object[]] $InputObject,
        [Parameter(ParameterSetName = 'Number')] [Parameter(ParameterSetName = 'List')] [ValidateRange(1, [int]::MaxValue)] [int] $Count = 1,
        [Parameter(Mandatory, ParameterSetName = 'Shuffle')] [switch] $Shuffle,
        [int] $SetSeed
    )
    begin {
        $random = if ($PSBoundParameters.ContainsKey('SetSeed')) { [random]::new($SetSeed) } else { [random]::Shared }
        $items = [System.Collections.Generic.List[object]]::new()
    }
    process { if ($PSCmdlet.ParameterSetName -ne 'Number') { $items.AddRange($InputObject) } }
    end {
        if ($PSCmdlet.ParameterSetName -eq 'Number') {
            $low = ($Minimum ?? 0).PSObject.BaseObject
            $high = ($Maximum ?? [int]::MaxValue).PSObject.BaseObject
            for ($i = 0; $i -lt $Count; $i++) {
                if ($low -is [double] -or $high -is [double] -or $low -is [float] -or $high -is [float]) { $low + $random.NextDouble() * ($high - $low) }
                elseif ($low -is [long] -or $high -is [long]) { $random.NextInt64($low, $high) }
                else { $random.Next($low, $high) }
            }
            return
        }
        $all = $items.ToArray()
        $random.Shuffle($all)
        if ($Shuffle) { $all } else { $all[0..([Math]::Min($Count, $all.Count) - 1)] }
    }
}

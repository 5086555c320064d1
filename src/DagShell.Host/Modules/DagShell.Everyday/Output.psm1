# Commands that write: to the streams, to the host, as text.
#
# A function of a module does not see the preference variables of its caller, a cmdlet does. So each command looks the
# caller's preference up, through its own $PSCmdlet, unless the common parameter says otherwise.

using namespace System.Management.Automation

# A script that is dot-sourced sets its strict mode for all; this module is not written for every one.
Set-StrictMode -Off

function Write-Output {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromRemainingArguments)]
        [AllowNull()] [AllowEmptyCollection()] [psobject] $InputObject,
        [switch] $NoEnumerate
    )
    process { if ($NoEnumerate) { , $InputObject } else { $InputObject } }
}

function Write-Host {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromRemainingArguments)] [Alias('Msg', 'Message')] [object] $Object,
        [switch] $NoNewline,
        [object] $Separator = ' ',
        [ConsoleColor] $ForegroundColor,
        [ConsoleColor] $BackgroundColor
    )
    begin {
        if (-not $PSBoundParameters.ContainsKey('InformationAction')) {
            $InformationPreference = $PSCmdlet.GetVariableValue('InformationPreference')
        }
    }
    process {
        $text = if ($Object -is [string]) { $Object }
        elseif ($Object -is [System.Collections.IEnumerable]) { @(foreach ($item in $Object) { "$(${item}?.ToString())" }) -join $Separator }
        else { ${Object}?.ToString() }
        $message = [HostInformationMessage]@{ Message = $text; NoNewLine = $NoNewline }
        if ($PSBoundParameters.ContainsKey('ForegroundColor')) { $message.ForegroundColor = $ForegroundColor }
        if ($PSBoundParameters.ContainsKey('BackgroundColor')) { $message.BackgroundColor = $BackgroundColor }
        $PSCmdlet.WriteInformation($message, [string[]] 'PSHOST')
    }
}

function Write-Warning {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [Alias('Msg')] [AllowEmptyString()] [string] $Message
    )
    begin {
        if (-not $PSBoundParameters.ContainsKey('WarningAction')) {
            $WarningPreference = $PSCmdlet.GetVariableValue('WarningPreference')
        }
    }
    process { $PSCmdlet.WriteWarning($Message) }
}

function Write-Verbose {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [Alias('Msg')] [AllowEmptyString()] [string] $Message
    )
    begin {
        if (-not $PSBoundParameters.ContainsKey('Verbose')) {
            $VerbosePreference = $PSCmdlet.GetVariableValue('VerbosePreference')
        }
    }
    process { $PSCmdlet.WriteVerbose($Message) }
}

function Write-Debug {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [Alias('Msg')] [AllowEmptyString()] [string] $Message
    )
    begin {
        if (-not $PSBoundParameters.ContainsKey('Debug')) {
            $DebugPreference = $PSCmdlet.GetVariableValue('DebugPreference')
        }
    }
    process { $PSCmdlet.WriteDebug($Message) }
}

function Write-Information {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [Alias('Msg', 'Message')] [AllowNull()] [object] $MessageData,
        [Parameter(Position = 1)] [string[]] $Tags = @()
    )
    begin {
        if (-not $PSBoundParameters.ContainsKey('InformationAction')) {
            $InformationPreference = $PSCmdlet.GetVariableValue('InformationPreference')
        }
    }
    process { $PSCmdlet.WriteInformation($MessageData, $Tags) }
}

# The error points to the line that calls Write-Error; pwsh points to the caller of the function which that line is in.
function Write-Error {
    [CmdletBinding(DefaultParameterSetName = 'NoException')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ParameterSetName = 'NoException')]
        [Parameter(ParameterSetName = 'WithException')]
        [AllowNull()] [AllowEmptyString()] [Alias('Msg')] [string] $Message,
        [Parameter(Mandatory, ParameterSetName = 'WithException')] [Exception] $Exception,
        [Parameter(Mandatory, ParameterSetName = 'ErrorRecord')] [ErrorRecord] $ErrorRecord,
        [Parameter(ParameterSetName = 'NoException')] [Parameter(ParameterSetName = 'WithException')]
        [ErrorCategory] $Category = 'NotSpecified',
        [Parameter(ParameterSetName = 'NoException')] [Parameter(ParameterSetName = 'WithException')]
        [string] $ErrorId,
        [Parameter(ParameterSetName = 'NoException')] [Parameter(ParameterSetName = 'WithException')]
        [object] $TargetObject,
        [string] $RecommendedAction,
        [Alias('Activity')] [string] $CategoryActivity,
        [Alias('Reason')] [string] $CategoryReason,
        [string] $CategoryTargetName,
        [string] $CategoryTargetType
    )
    begin {
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) {
            $ErrorActionPreference = $PSCmdlet.GetVariableValue('ErrorActionPreference')
        }
    }
    process {
        if ($ErrorRecord) {
            $record = [ErrorRecord]::new($ErrorRecord, $null)
        }
        else {
            $id = if ($ErrorId) { $ErrorId } elseif ($Exception) { $Exception.GetType().FullName } else { 'Microsoft.PowerShell.Commands.WriteErrorException' }
            $record = [ErrorRecord]::new(($Exception ?? [RuntimeException]::new($Message)), $id, $Category, $TargetObject)
            if ($Exception -and $Message) { $record.ErrorDetails = $Message }
        }
        if ($RecommendedAction) {
            $record.ErrorDetails ??= [ErrorDetails]::new($record.Exception.Message)
            $record.ErrorDetails.RecommendedAction = $RecommendedAction
        }
        $record.CategoryInfo.Activity = $CategoryActivity ? $CategoryActivity : 'Write-Error'
        if ($CategoryReason) { $record.CategoryInfo.Reason = $CategoryReason }
        if ($CategoryTargetName) { $record.CategoryInfo.TargetName = $CategoryTargetName }
        if ($CategoryTargetType) { $record.CategoryInfo.TargetType = $CategoryTargetType }
        $PSCmdlet.WriteError($record)
    }
}

function Write-Progress {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] [string] $Activity = 'Processing',
        [Parameter(Position = 1)] [ValidateNotNullOrEmpty()] [string] $Status = 'Processing',
        [Parameter(Position = 2)] [ValidateRange(0, [int]::MaxValue)] [int] $Id,
        [ValidateRange(-1, 100)] [int] $PercentComplete = -1,
        [int] $SecondsRemaining = -1,
        [string] $CurrentOperation,
        [ValidateRange(-1, [int]::MaxValue)] [int] $ParentId = -1,
        [switch] $Completed,
        [int] $SourceId
    )
    if (-not $PSBoundParameters.ContainsKey('ProgressAction')) {
        $ProgressPreference = $PSCmdlet.GetVariableValue('ProgressPreference')
    }
    $record = [ProgressRecord]::new($Id, $Activity, $Status)
    $record.PercentComplete = $PercentComplete
    $record.SecondsRemaining = $SecondsRemaining
    $record.ParentActivityId = $ParentId
    if ($CurrentOperation) { $record.CurrentOperation = $CurrentOperation }
    if ($Completed) { $record.RecordType = 'Completed' }
    $PSCmdlet.CommandRuntime.WriteProgress($SourceId, $record)
}

function Read-Host {
    [CmdletBinding(DefaultParameterSetName = 'AsString')]
    [OutputType([string], [securestring])]
    param(
        [Parameter(Position = 0, ValueFromRemainingArguments)] [AllowNull()] [object] $Prompt,
        [Parameter(ParameterSetName = 'AsSecureString')] [switch] $AsSecureString,
        [Parameter(ParameterSetName = 'AsString')] [switch] $MaskInput
    )
    try {
        $answer = if ($null -eq $Prompt) { $AsSecureString -or $MaskInput ? $Host.UI.ReadLineAsSecureString() : $Host.UI.ReadLine() }
        else {
            $field = [System.Management.Automation.Host.FieldDescription]::new($Prompt -join ' ')
            if ($AsSecureString -or $MaskInput) { $field.SetParameterType([securestring]) }
            $Host.UI.Prompt('', '', @($field))[$field.Name]
        }
    }
    catch [System.Management.Automation.Host.HostException] {
        $PSCmdlet.ThrowTerminatingError([ErrorRecord]::new($_.Exception.GetBaseException(), 'NotInteractive', 'ResourceUnavailable', $Prompt))
    }
    $MaskInput ? [System.Net.NetworkCredential]::new('', $answer).Password : $answer
}

function Out-String {
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [switch] $Stream,
        [ValidateRange(2, [int]::MaxValue)] [int] $Width = 120,
        [switch] $NoNewline,
        [Parameter(ValueFromPipeline)] [psobject] $InputObject
    )
    begin { $objects = [System.Collections.Generic.List[object]]::new() }
    process { $objects.Add($InputObject) }
    end {
        $text = [DagShell.Host.Everyday.TextFormatter]::Format($objects.ToArray(), $Width)
        if ($Stream) { $text.TrimEnd("`r", "`n") -split '\r?\n' }
        elseif ($NoNewline) { $text -replace '\r?\n' }
        else { $text }
    }
}

# Formats everything at the end of the pipeline. The engine uses it for > and >>.
function Out-File {
    [CmdletBinding(DefaultParameterSetName = 'ByPath', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'ByPath')] [Alias('Path')] [string] $FilePath,
        [Parameter(Mandatory, ParameterSetName = 'ByLiteralPath')] [Alias('PSPath', 'LP')] [string] $LiteralPath,
        [Parameter(Position = 1)] [ValidateNotNullOrEmpty()] [string] $Encoding = 'utf8',
        [switch] $Append,
        [switch] $Force,
        [Alias('NoOverwrite')] [switch] $NoClobber,
        [ValidateRange(2, [int]::MaxValue)] [int] $Width = 120,
        [switch] $NoNewline,
        [Parameter(ValueFromPipeline)] [psobject] $InputObject
    )
    begin {
        if (-not $PSBoundParameters.ContainsKey('WhatIf')) { $WhatIfPreference = $PSCmdlet.GetVariableValue('WhatIfPreference') }
        $objects = [System.Collections.Generic.List[object]]::new()
    }
    process { $objects.Add($InputObject) }
    end {
        $path = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($LiteralPath ? $LiteralPath : $FilePath)
        if ($NoClobber -and [System.IO.File]::Exists($path)) {
            $PSCmdlet.ThrowTerminatingError([ErrorRecord]::new([System.IO.IOException]::new("The file '$path' already exists."), 'NoClobber', 'ResourceExists', $path))
        }
        $text = $objects.Count ? [DagShell.Host.Everyday.TextFormatter]::Format($objects.ToArray(), $Width) : ''
        if ($NoNewline) { $text = $text -replace '\r?\n' }
        if ($PSCmdlet.ShouldProcess($path, 'Output to File')) {
            if ($Append) { [System.IO.File]::AppendAllText($path, $text, [DagShell.Host.Everyday.TextEncoding]::Named($Encoding)) }
            else { [System.IO.File]::WriteAllText($path, $text, [DagShell.Host.Everyday.TextEncoding]::Named($Encoding)) }
        }
    }
}

# Emits lines of text, where pwsh emits objects that only its own output commands understand. With -Property it is a table
# of those properties as text; without, it is how PowerShell shows the objects by itself.
function Format-Table {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] [object[]] $Property,
        [switch] $AutoSize,
        [switch] $HideTableHeaders,
        [switch] $Wrap,
        [Parameter(ValueFromPipeline)] [psobject] $InputObject
    )
    begin { $objects = [System.Collections.Generic.List[object]]::new() }
    process { if ($null -ne $InputObject) { $objects.Add($InputObject) } }
    end {
        if ($objects.Count -eq 0) { return }
        if (-not $Property -and $objects[0].PSTypeNames[0] -eq 'System.Management.Automation.PSCustomObject') { $Property = '*' }
        if (-not $Property) { return $objects | Out-String -Stream }
        $rows = @($objects | Select-Object -Property $Property)
        $names = @($rows[0].PSObject.Properties.Name)
        $cells = @(foreach ($row in $rows) { , @(foreach ($name in $names) { CellText $row.$name }) })
        $numeric = @(foreach ($name in $names) { $rows[0].$name -is [ValueType] -and $rows[0].$name -isnot [enum] -and $rows[0].$name -isnot [bool] })
        $widths = @(for ($i = 0; $i -lt $names.Count; $i++) {
            [System.Linq.Enumerable]::Max([int[]] (@($names[$i].Length) + @($cells.ForEach{ $_[$i].Length })))
        })
        $line = {
            param($texts)
            $padded = for ($i = 0; $i -lt $texts.Count; $i++) { $numeric[$i] ? $texts[$i].PadLeft($widths[$i]) : $texts[$i].PadRight($widths[$i]) }
            ($padded -join ' ').TrimEnd()
        }
        ''
        if (-not $HideTableHeaders) {
            & $line $names
            & $line @($names.ForEach{ '-' * $_.Length })
        }
        foreach ($row in $cells) { & $line $row }
        ''
    }
}

# Emits lines of text: see Format-Table.
function Format-List {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] [object[]] $Property = '*',
        [Parameter(ValueFromPipeline)] [psobject] $InputObject
    )
    begin { '' }
    process {
        if ($null -eq $InputObject) { return }
        $row = $InputObject | Select-Object -Property $Property
        $names = @($row.PSObject.Properties.Name)
        $width = [System.Linq.Enumerable]::Max([int[]] @($names.ForEach{ $_.Length }))
        foreach ($name in $names) { "$($name.PadRight($width)) : $(CellText $row.$name)" }
        ''
    }
}

function CellText($Value) {
    if ($Value -is [System.Collections.IEnumerable] -and $Value -isnot [string]) { return "{$(@(foreach ($item in $Value) { "$item" }) -join ', ')}" }
    "$(${Value}?.ToString())" -replace '\s*\r?\n\s*', ' '
}

# JSON and CSV.

using namespace System.Collections
using namespace System.Management.Automation
using namespace System.Text.Json

# A script that is dot-sourced sets its strict mode for all; this module is not written for every one.
Set-StrictMode -Off

function WriteJson([Utf8JsonWriter] $Writer, $Value, [int] $Depth, [bool] $EnumsAsStrings) {
    $base = $Value -is [psobject] ? $Value.PSObject.BaseObject : $Value
    switch (, $base) {
        { $null -eq $_ -or $_ -is [DBNull] } { $Writer.WriteNullValue(); return }
        { $_ -is [string] -or $_ -is [char] -or $_ -is [guid] } { $Writer.WriteStringValue([string] $_); return }
        { $_ -is [bool] } { $Writer.WriteBooleanValue($_); return }
        { $_ -is [switch] } { $Writer.WriteBooleanValue($_.IsPresent); return }
        { $_ -is [uri] } { $Writer.WriteStringValue($_.OriginalString); return }
        { $_ -is [datetime] -or $_ -is [DateTimeOffset] } {
            $Writer.WriteStringValue($_.ToString('yyyy-MM-ddTHH:mm:ss.FFFFFFFK', [cultureinfo]::InvariantCulture))
            return
        }
        { $_ -is [enum] } { if ($EnumsAsStrings) { $Writer.WriteStringValue("$_") } else { $Writer.WriteNumberValue([long] $_) }; return }
        { $_ -is [double] -or $_ -is [float] } {
            if (-not [double]::IsFinite($_)) { $Writer.WriteStringValue("$_") }
            else { $Writer.WriteRawValue(("$_" -match '[.eE]') ? $_.ToString('R', [cultureinfo]::InvariantCulture) : "$_.0") }
            return
        }
        { $_ -is [System.Numerics.BigInteger] } { $Writer.WriteRawValue("$_"); return }
        { $_ -is [ValueType] -and $_.GetType().IsPrimitive -or $_ -is [decimal] } {
            $Writer.WriteRawValue($_.ToString([cultureinfo]::InvariantCulture))
            return
        }
    }
    if ($Depth -lt 0) {
        $script:truncated = $true
        $Writer.WriteStringValue("$Value")
        return
    }
    if ($base -is [IDictionary]) {
        $Writer.WriteStartObject()
        foreach ($entry in $base.GetEnumerator()) {
            $Writer.WritePropertyName("$($entry.Key)")
            WriteJson $Writer $entry.Value ($Depth - 1) $EnumsAsStrings
        }
        $Writer.WriteEndObject()
    }
    elseif ($base -is [IEnumerable]) {
        $Writer.WriteStartArray()
        foreach ($item in $base) { WriteJson $Writer $item ($Depth - 1) $EnumsAsStrings }
        $Writer.WriteEndArray()
    }
    else {
        $Writer.WriteStartObject()
        foreach ($property in $Value.PSObject.Properties) {
            if ($property -is [PSScriptProperty] -and $base -isnot [PSCustomObject]) { continue }
            $content = try { $property.Value } catch { $null }
            $Writer.WritePropertyName($property.Name)
            WriteJson $Writer $content ($Depth - 1) $EnumsAsStrings
        }
        $Writer.WriteEndObject()
    }
}

# Without -EscapeHandling.
function ConvertTo-Json {
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowNull()] [object] $InputObject,
        [ValidateRange(0, 100)] [int] $Depth = 2,
        [switch] $Compress,
        [switch] $EnumsAsStrings,
        [switch] $AsArray
    )
    begin { $items = [Generic.List[object]]::new() }
    process { $items.Add($InputObject) }
    end {
        if ($items.Count -eq 0) { return }
        $script:truncated = $false
        $stream = [System.IO.MemoryStream]::new()
        $writer = [Utf8JsonWriter]::new($stream, [JsonWriterOptions]@{
                Indented = -not $Compress
                Encoder  = [System.Text.Encodings.Web.JavaScriptEncoder]::UnsafeRelaxedJsonEscaping
                MaxDepth = 200
            })
        $value = $items.Count -gt 1 -or $AsArray ? $items : $items[0]
        WriteJson $writer $value $Depth $EnumsAsStrings
        $writer.Dispose()
        if ($script:truncated) {
            if (-not $PSBoundParameters.ContainsKey('WarningAction')) { $WarningPreference = $PSCmdlet.GetVariableValue('WarningPreference') }
            $PSCmdlet.WriteWarning("Resulting JSON is truncated as serialization has exceeded the set depth of $Depth.")
        }
        [System.Text.Encoding]::UTF8.GetString($stream.ToArray())
    }
}

function ReadJson([JsonElement] $Element, [bool] $AsHashtable) {
    switch ($Element.ValueKind) {
        'Object' {
            $table = $AsHashtable ? [OrderedHashtable]::new() : [ordered]@{}
            foreach ($member in $Element.EnumerateObject()) { $table[$member.Name] = ReadJson $member.Value $AsHashtable }
            if ($AsHashtable) { $table } else { [pscustomobject] $table }
        }
        'Array' { , @(foreach ($item in $Element.EnumerateArray()) { , (ReadJson $item $AsHashtable) }) }
        'String' {
            $text = $Element.GetString()
            $time = [datetime]::MinValue
            $isTime = $text -match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d' -and
                [datetime]::TryParse($text, [cultureinfo]::InvariantCulture, 'RoundtripKind', [ref] $time)
            $isTime ? $time : $text
        }
        'Number' {
            $number = 0L
            if ($Element.TryGetInt64([ref] $number)) { $number }
            elseif ($Element.GetRawText() -match '[.eE]') { $Element.GetDouble() }
            else { [bigint]::Parse($Element.GetRawText()) }
        }
        'True' { $true }
        'False' { $false }
        'Null' { $null }
    }
}

# Without -DateKind.
function ConvertFrom-Json {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowEmptyString()] [string] $InputObject,
        [switch] $AsHashtable,
        [ValidateRange(1, [int]::MaxValue)] [int] $Depth = 1024,
        [switch] $NoEnumerate
    )
    begin { $lines = [Generic.List[string]]::new() }
    process { $lines.Add($InputObject) }
    end {
        $options = [JsonDocumentOptions]@{ CommentHandling = 'Skip'; AllowTrailingCommas = $true; MaxDepth = $Depth }
        try {
            # Each line a document, or all lines one.
            $isDocument = $lines.Count -gt 1 -and $(try { $null = [JsonDocument]::Parse($lines[0], $options); $true } catch { $false })
            $documents = @(foreach ($text in $isDocument ? $lines : $lines -join "`n") {
                if (-not [string]::IsNullOrWhiteSpace($text)) { [JsonDocument]::Parse([string] $text, $options) }
            })
        }
        catch {
            $cause = $_.Exception.GetBaseException()
            $exception = [ArgumentException]::new("Conversion from JSON failed with error: $($cause.Message)", $cause)
            $PSCmdlet.ThrowTerminatingError([ErrorRecord]::new($exception, 'System.ArgumentException', 'NotSpecified', $null))
        }
        foreach ($document in $documents) {
            $value = ReadJson $document.RootElement $AsHashtable
            if ($NoEnumerate) { , $value } else { $value }
        }
    }
}

function CsvField([string] $Text, [char] $Delimiter, [string] $UseQuotes) {
    if ($UseQuotes -eq 'Never' -or ($UseQuotes -eq 'AsNeeded' -and $Text.IndexOfAny([char[]] ($Delimiter, '"', "`n", "`r")) -lt 0)) { return $Text }
    '"' + $Text.Replace('"', '""') + '"'
}

function CsvLine($Object, [string[]] $Name, [char] $Delimiter, [string] $UseQuotes) {
    @(foreach ($item in $Name) {
        $value = $Object -is [IDictionary] ? $Object[$item] : $Object.PSObject.Properties[$item]?.Value
        if ($null -eq $value) { '' } else { CsvField $value.ToString() $Delimiter $UseQuotes }
    }) -join $Delimiter
}

# Without -UseCulture and -QuoteFields; there is never a type line.
function ConvertTo-Csv {
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Position = 1)] [char] $Delimiter = ',',
        [Alias('UQ')] [ValidateSet('Always', 'AsNeeded', 'Never')] [string] $UseQuotes = 'Always',
        [Alias('NTI')] [switch] $NoTypeInformation,
        [switch] $NoHeader
    )
    process {
        $object = $InputObject.PSObject.BaseObject -is [IDictionary] ? $InputObject.PSObject.BaseObject : $InputObject
        if ($null -eq $names) {
            $names = @($object -is [IDictionary] ? $object.Keys : $object.PSObject.Properties.Name)
            if (-not $NoHeader) { @(foreach ($name in $names) { CsvField $name $Delimiter $UseQuotes }) -join $Delimiter }
        }
        CsvLine $object $names $Delimiter $UseQuotes
    }
}

# Without -UseCulture and -QuoteFields; there is never a type line.
function Export-Csv {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Position = 0, ParameterSetName = 'Path')] [string] $Path,
        [Parameter(Mandatory, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string] $LiteralPath,
        [Parameter(Position = 1)] [char] $Delimiter = ',',
        [Alias('UQ')] [ValidateSet('Always', 'AsNeeded', 'Never')] [string] $UseQuotes = 'Always',
        [Alias('NTI')] [switch] $NoTypeInformation,
        [switch] $NoHeader,
        [switch] $Append,
        [switch] $Force,
        [Alias('NoOverwrite')] [switch] $NoClobber,
        [string] $Encoding = 'utf8'
    )
    begin {
        if (-not $PSBoundParameters.ContainsKey('WhatIf')) { $WhatIfPreference = $PSCmdlet.GetVariableValue('WhatIfPreference') }
        $objects = [Generic.List[object]]::new()
    }
    process { $objects.Add($InputObject) }
    end {
        $file = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($LiteralPath ? $LiteralPath : $Path)
        if (-not $PSCmdlet.ShouldProcess($file, 'Export-Csv')) { return }
        $hasContent = [System.IO.File]::Exists($file) -and [System.IO.FileInfo]::new($file).Length -gt 0
        if ($NoClobber -and $hasContent) {
            $PSCmdlet.ThrowTerminatingError([ErrorRecord]::new([System.IO.IOException]::new("The file '$file' already exists."), 'NoClobber', 'ResourceExists', $file))
        }
        $text = [DagShell.Host.Everyday.TextEncoding]::Named($Encoding)
        try {
            if (-not $Append -or -not $hasContent) {
                $lines = [string[]] @($objects | ConvertTo-Csv -Delimiter $Delimiter -UseQuotes $UseQuotes -NoHeader:$NoHeader)
                return [System.IO.File]::WriteAllLines($file, $lines, $text)
            }
            # The columns of the file decide.
            $header = [System.IO.StringReader]::new([System.Linq.Enumerable]::First([System.IO.File]::ReadLines($file, $text)))
            $names = [string[]] (ReadCsv $header $Delimiter)
            [System.IO.File]::AppendAllLines($file, [string[]] @(foreach ($object in $objects) { CsvLine $object $names $Delimiter $UseQuotes }), $text)
        }
        catch {
            $PSCmdlet.ThrowTerminatingError([ErrorRecord]::new($_.Exception.GetBaseException(), 'FileOpenFailure', 'OpenError', $file))
        }
    }
}

# The records of a CSV text, each an array of fields.
function ReadCsv([System.IO.TextReader] $Reader, [char] $Delimiter) {
    $parser = [Microsoft.VisualBasic.FileIO.TextFieldParser]::new($Reader)
    $parser.SetDelimiters([string] $Delimiter)
    $parser.HasFieldsEnclosedInQuotes = $true
    $parser.TrimWhiteSpace = $false
    try { while (-not $parser.EndOfData) { , $parser.ReadFields() } }
    finally { $parser.Dispose() }
}

function ReadCsvObjects([System.IO.TextReader] $Reader, [char] $Delimiter, [string[]] $Header) {
    $names = $Header
    foreach ($record in ReadCsv $Reader $Delimiter) {
        if ($null -eq $names) {
            if ($record.Count -eq 1 -and $record[0].StartsWith('#TYPE ')) { continue }
            $blank = 0
            $names = @(foreach ($name in $record) { if ($name) { $name } else { $blank++; "H$blank" } })
            continue
        }
        $object = [ordered]@{}
        for ($i = 0; $i -lt $names.Count; $i++) { $object[$names[$i]] = $i -lt $record.Count ? $record[$i] : $null }
        [pscustomobject] $object
    }
}

# Without -UseCulture.
function ConvertFrom-Csv {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline)] [AllowEmptyString()] [string[]] $InputObject,
        [Parameter(Position = 1)] [char] $Delimiter = ',',
        [string[]] $Header
    )
    begin { $lines = [Generic.List[string]]::new() }
    process { $lines.AddRange($InputObject) }
    end { ReadCsvObjects ([System.IO.StringReader]::new($lines -join "`n")) $Delimiter $Header }
}

# Without -UseCulture.
function Import-Csv {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Parameter(Position = 1)] [char] $Delimiter = ',',
        [string[]] $Header,
        [string] $Encoding = 'utf8'
    )
    process {
        foreach ($item in $LiteralPath ? $LiteralPath : $Path) {
            try {
                $provider = $null
                $files = if ($LiteralPath) { $PSCmdlet.GetUnresolvedProviderPathFromPSPath($item) }
                else { $PSCmdlet.GetResolvedProviderPathFromPSPath($item, [ref] $provider) }
                $text = [DagShell.Host.Everyday.TextEncoding]::Named($Encoding)
                $readers = @(foreach ($file in $files) { [System.IO.StreamReader]::new($file, $text) })
            }
            catch {
                $PSCmdlet.ThrowTerminatingError([ErrorRecord]::new($_.Exception.GetBaseException(), 'FileOpenFailure', 'OpenError', $item))
            }
            foreach ($reader in $readers) { ReadCsvObjects $reader $Delimiter $Header }
        }
    }
}

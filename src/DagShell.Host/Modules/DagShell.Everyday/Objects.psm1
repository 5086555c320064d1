# Commands that work on any objects.

using namespace System.Collections.Generic
using namespace System.Management.Automation

# A script that is dot-sourced sets its strict mode for all; this module is not written for every one.
Set-StrictMode -Off

# Writes an error of the command, under the caller's preference.
function WriteProblem([PSCmdlet] $Cmdlet, [Exception] $Exception, [string] $Id, [ErrorCategory] $Category, $Target) {
    $ErrorActionPreference = $Cmdlet.GetVariableValue('ErrorActionPreference')
    $Cmdlet.WriteError([ErrorRecord]::new($Exception, $Id, $Category, $Target))
}

# The properties that a -Property argument asks of an object, as name and value: a name, a wildcard pattern, a script block, or a hashtable
# with a name (Name, Label, N, L) and an expression (Expression, E).
function ExpandProperty($InputObject, [object[]] $Property) {
    foreach ($item in $Property) {
        $name = $null
        $expression = $item
        if ($item -is [System.Collections.IDictionary]) {
            foreach ($key in $item.Keys) {
                switch -Wildcard ($key) {
                    'e*' { $expression = $item[$key] }
                    'n*' { $name = $item[$key] }
                    'l*' { $name = $item[$key] }
                }
            }
        }
        if ($expression -is [scriptblock]) {
            $value = try { ForEach-Object -InputObject $InputObject -Process $expression } catch { $null }
            [KeyValuePair[string, object]]::new($name ?? "$expression", $value)
        }
        elseif ([WildcardPattern]::ContainsWildcardCharacters($expression)) {
            foreach ($match in $InputObject.PSObject.Properties.Match($expression)) {
                [KeyValuePair[string, object]]::new($match.Name, (ValueOf $match))
            }
        }
        else {
            $found = $InputObject.PSObject.Properties["$expression"]
            $value = if ($found) { ValueOf $found } elseif ($InputObject -is [System.Collections.IDictionary]) { $InputObject[$expression] } else { $null }
            [KeyValuePair[string, object]]::new($name ?? $found.Name ?? "$expression", $value)
        }
    }
}

# A property that cannot be read has no value.
function ValueOf($Property) {
    try { , $Property.Value } catch { $null }
}

# The values to sort or group an object by.
function KeyOf($InputObject, [object[]] $Property) {
    if (-not $Property) { return , @(, $InputObject) }
    , @(foreach ($pair in ExpandProperty $InputObject $Property) { , $pair.Value })
}

# What Select-Object makes of one object.
function SelectParts([PSCmdlet] $Cmdlet, $Object, [object[]] $Property, [string[]] $Exclude, [string] $Expand) {
    $result = $Object
    if ($Property) {
        $base = [psobject]::AsPSObject($Object)
        $result = [psobject]::new()
        $result.PSTypeNames.Insert(0, "Selected.$($base.PSTypeNames[0])")
        foreach ($pair in ExpandProperty $base $Property) {
            $name = $pair.Key
            if ($result.PSObject.Properties[$name] -or $Exclude.Where({ $name -like $_ }, 'First')) { continue }
            $result.PSObject.Properties.Add([PSNoteProperty]::new($name, $pair.Value))
        }
    }
    if (-not $Expand) { return , $result }

    $member = ([psobject] $Object).PSObject.Properties[$Expand]
    if (-not $member) {
        return WriteProblem $Cmdlet ([ArgumentException]::new("Property `"$Expand`" cannot be found.")) 'ExpandPropertyNotFound' 'InvalidArgument' $Object
    }
    foreach ($value in $member.Value) {
        if ($Property) {
            $value = [psobject]::AsPSObject($value)
            foreach ($note in $result.PSObject.Properties) {
                if (-not $value.PSObject.Properties[$note.Name]) { $value.PSObject.Properties.Add($note.Copy()) }
            }
        }
        , $value
    }
}

# Without -Wait and -SkipIndex.
function Select-Object {
    [CmdletBinding(DefaultParameterSetName = 'Default')]
    param(
        [Parameter(ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Position = 0)] [object[]] $Property,
        [string[]] $ExcludeProperty,
        [string] $ExpandProperty,
        [switch] $Unique,
        [switch] $CaseInsensitive,
        [ValidateRange(0, [int]::MaxValue)] [int] $First,
        [ValidateRange(0, [int]::MaxValue)] [int] $Last,
        [ValidateRange(0, [int]::MaxValue)] [int] $Skip,
        [ValidateRange(0, [int]::MaxValue)] [int] $SkipLast,
        [Parameter(ParameterSetName = 'Index')] [int[]] $Index
    )
    begin {
        $position = -1
        $emitted = 0
        $takesFirst = $PSBoundParameters.ContainsKey('First')
        $takesLast = $PSBoundParameters.ContainsKey('Last')
        $window = [Queue[object]]::new()
        $seen = [HashSet[string]]::new($CaseInsensitive ? [StringComparer]::OrdinalIgnoreCase : [StringComparer]::Ordinal)
        $shown = $ExcludeProperty -and -not $Property ? '*' : $Property

        function Emit($Object) {
            foreach ($value in SelectParts $PSCmdlet $Object $shown $ExcludeProperty $ExpandProperty) {
                if ($Unique) {
                    $isValue = $value -is [string] -or $value -is [ValueType]
                    $key = $isValue ? "$value" : (@($value.PSObject.Properties.ForEach{ "$($_.Name)=$($_.Value)" }) -join "`0")
                    if (-not $seen.Add($key)) { continue }
                }
                , $value
            }
        }
    }
    process {
        if (-not $PSBoundParameters.ContainsKey('InputObject')) { return }
        $position++
        if ($PSBoundParameters.ContainsKey('Index')) {
            if ($position -in $Index) { Emit $InputObject }
            if ($position -ge [System.Linq.Enumerable]::Max($Index)) { [DagShell.Host.Everyday.UpstreamCommands]::Stop($PSCmdlet) }
            return
        }
        if ($takesLast -or $SkipLast) {
            # First ones go out at once; of the others, those that may be among the last wait.
            if ($takesFirst -and $position -ge $Skip -and $emitted -lt $First) {
                $emitted++
                Emit $InputObject
                return
            }
            $window.Enqueue($InputObject)
            if ($SkipLast -and $window.Count -gt $SkipLast) {
                $next = $window.Dequeue()
                if ($emitted++ -ge $Skip) { Emit $next }
            }
            elseif ($takesLast -and $window.Count -gt $Last + $Skip) { $null = $window.Dequeue() }
            return
        }
        if ($position -lt $Skip) { return }
        if (-not $takesFirst) {
            Emit $InputObject
            return
        }
        if ($emitted -lt $First) { Emit $InputObject }
        if (++$emitted -ge $First) { [DagShell.Host.Everyday.UpstreamCommands]::Stop($PSCmdlet) }
    }
    end {
        if ($takesLast) {
            # -Skip counts from the end here.
            for ($left = $window.Count - ($takesFirst ? 0 : $Skip); $left -gt 0; $left--) { Emit $window.Dequeue() }
        }
    }
}

function Sort-Object {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] [object[]] $Property,
        [switch] $Descending,
        [switch] $Unique,
        [switch] $CaseSensitive,
        [switch] $Stable,
        [ValidateRange(1, [int]::MaxValue)] [int] $Top,
        [ValidateRange(1, [int]::MaxValue)] [int] $Bottom,
        [Parameter(ValueFromPipeline)] [psobject] $InputObject
    )
    begin {
        $items = [List[object]]::new()
        $keys = [List[object[]]]::new()
        $turned = @(foreach ($item in $Property ? $Property : '') {
            $own = $Descending.IsPresent
            if ($item -is [System.Collections.IDictionary]) {
                foreach ($key in $item.Keys) {
                    if ($key -like 'd*') { $own = [bool] $item[$key] } elseif ($key -like 'a*') { $own = -not $item[$key] }
                }
            }
            $own
        })
    }
    process {
        if ($null -ne $InputObject) {
            $items.Add($InputObject)
            $keys.Add((KeyOf $InputObject $Property))
        }
    }
    end {
        $comparer = [DagShell.Host.Everyday.ValueComparer]::new($CaseSensitive, $turned)
        $order = $comparer.Sort($keys)
        if ($Unique) {
            $previous = $null
            $order = @(foreach ($i in $order) {
                if ($null -eq $previous -or $comparer.Compare($keys[$previous], $keys[$i]) -ne 0) { $i }
                $previous = $i
            })
        }
        if ($Top) { $order = @($order)[0..([Math]::Min($Top, $order.Count) - 1)] }
        if ($Bottom) { $order = @($order)[(-[Math]::Min($Bottom, $order.Count))..-1] }
        foreach ($i in $order) { , $items[$i] }
    }
}

function Group-Object {
    [CmdletBinding(DefaultParameterSetName = 'Default')]
    param(
        [Parameter(Position = 0)] [object[]] $Property,
        [switch] $NoElement,
        [Parameter(ParameterSetName = 'HashTable')] [Alias('AHT')] [switch] $AsHashTable,
        [Parameter(ParameterSetName = 'HashTable')] [switch] $AsString,
        [switch] $CaseSensitive,
        [Parameter(ValueFromPipeline)] [psobject] $InputObject
    )
    begin { $groups = [Dictionary[string, object]]::new($CaseSensitive ? [StringComparer]::CurrentCulture : [StringComparer]::CurrentCultureIgnoreCase) }
    process {
        if ($null -eq $InputObject) { return }
        $values = KeyOf $InputObject $Property
        $name = @($values.ForEach{ "$(${_}?.ToString())" }) -join ', '
        if (-not $groups.ContainsKey($name)) { $groups[$name] = @{ Values = $values; Items = [List[psobject]]::new() } }
        $groups[$name].Items.Add($InputObject)
    }
    end {
        if ($AsHashTable) {
            $table = @{}
            foreach ($name in $groups.Keys) { $table[($AsString ? $name : $groups[$name].Values[0])] = $groups[$name].Items }
            return $table
        }
        foreach ($name in $groups.Keys | Sort-Object { $groups[$_].Values[0] }) {
            $group = $groups[$name]
            $result = [ordered]@{ Values = [System.Collections.ArrayList] @($group.Values); Count = $group.Items.Count; Group = $group.Items; Name = $name }
            if ($NoElement) { $result.Remove('Group') }
            $result = [pscustomobject] $result
            $result.PSTypeNames.Insert(0, $NoElement ? 'Microsoft.PowerShell.Commands.GroupInfoNoElement' : 'Microsoft.PowerShell.Commands.GroupInfo')
            $result
        }
    }
}

# Numbers are measured as doubles, other things as they are.
function NumberOr($Value) {
    if ($Value -is [ValueType] -and $Value.GetType().IsPrimitive -or $Value -is [decimal]) { [double] $Value } else { , $Value }
}

# Without -AllStats and -IgnoreWhiteSpace.
function Measure-Object {
    [CmdletBinding(DefaultParameterSetName = 'Generic')]
    param(
        [Parameter(ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Position = 0)] [string[]] $Property,
        [Parameter(ParameterSetName = 'Generic')] [switch] $Sum,
        [Parameter(ParameterSetName = 'Generic')] [switch] $Average,
        [Parameter(ParameterSetName = 'Generic')] [switch] $Maximum,
        [Parameter(ParameterSetName = 'Generic')] [switch] $Minimum,
        [Parameter(ParameterSetName = 'Generic')] [switch] $StandardDeviation,
        [Parameter(ParameterSetName = 'Text')] [switch] $Line,
        [Parameter(ParameterSetName = 'Text')] [switch] $Word,
        [Parameter(ParameterSetName = 'Text')] [switch] $Character
    )
    begin {
        $lists = [Dictionary[string, object]]::new()
        foreach ($name in $Property ? $Property : '') { $lists[$name] = [List[object]]::new() }
    }
    process {
        if ($null -eq $InputObject) { return }
        foreach ($name in $lists.Keys) {
            $value = $name ? $InputObject.$name : $InputObject
            if ($null -ne $value) { $lists[$name].Add($value) }
        }
    }
    end {
        foreach ($name in $lists.Keys) {
            $values = $lists[$name]
            $shownName = $name ? $name : $null
            if ($PSCmdlet.ParameterSetName -eq 'Text') {
                $text = @(foreach ($value in $values) { "$value" })
                $result = [ordered]@{ Lines = $null; Words = $null; Characters = $null; Property = $shownName }
                if ($Line) { $result.Lines = [System.Linq.Enumerable]::Sum([int[]] @($text.ForEach{ $_ ? ($_ -split '\r?\n').Count : 0 })) }
                if ($Word) { $result.Words = [System.Linq.Enumerable]::Sum([int[]] @($text.ForEach{ [regex]::Matches($_, '\S+').Count })) }
                if ($Character) { $result.Characters = [System.Linq.Enumerable]::Sum([int[]] @($text.ForEach{ $_.Length })) }
                $result = [pscustomobject] $result
                $result.PSTypeNames.Insert(0, 'Microsoft.PowerShell.Commands.TextMeasureInfo')
                $result
                continue
            }
            $result = [ordered]@{ Count = $values.Count; Average = $null; Sum = $null; Maximum = $null; Minimum = $null; StandardDeviation = $null; Property = $shownName }
            if ($values.Count -and ($Sum -or $Average -or $StandardDeviation)) {
                [double[]] $numbers = @(foreach ($value in $values) {
                    try { [double] $value }
                    catch { WriteProblem $PSCmdlet ([ArgumentException]::new("Input object `"$value`" is not numeric.")) 'NonNumericInputObject' 'InvalidType' $value }
                })
                $total = [System.Linq.Enumerable]::Sum($numbers)
                if ($Sum) { $result.Sum = $total }
                if ($Average) { $result.Average = $total / $numbers.Count }
                if ($StandardDeviation) {
                    $mean = $total / $numbers.Count
                    $squares = [System.Linq.Enumerable]::Sum([double[]] @($numbers.ForEach{ ($_ - $mean) * ($_ - $mean) }))
                    $result.StandardDeviation = $numbers.Count -gt 1 ? [Math]::Sqrt($squares / ($numbers.Count - 1)) : 0.0
                }
            }
            if ($Maximum -or $Minimum) {
                $sorted = @($values | Sort-Object)
                if ($Maximum) { $result.Maximum = NumberOr $sorted[-1] }
                if ($Minimum) { $result.Minimum = NumberOr $sorted[0] }
            }
            $result = [pscustomobject] $result
            $result.PSTypeNames.Insert(0, 'Microsoft.PowerShell.Commands.GenericMeasureInfo')
            $result
        }
    }
}

function New-Object {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string] $TypeName,
        [Parameter(Position = 1)] [Alias('Args')] [object[]] $ArgumentList = @(),
        [System.Collections.IDictionary] $Property
    )
    $type = $TypeName -as [type]
    if (-not $type) {
        $PSCmdlet.ThrowTerminatingError([ErrorRecord]::new([PSArgumentException]::new("Cannot find type [$TypeName]."), 'TypeNotFound', 'InvalidType', $TypeName))
    }
    $object = $type -eq [psobject] ? [psobject]::new() : $type::new.Invoke($ArgumentList)
    if ($Property) {
        foreach ($name in $Property.Keys) {
            if ($object -is [pscustomobject]) { $object.PSObject.Properties.Add([PSNoteProperty]::new($name, $Property[$name])) }
            else { $object.$name = $Property[$name] }
        }
    }
    , $object
}

# Note properties, script properties, script methods, aliases and type names.
function Add-Member {
    [CmdletBinding(DefaultParameterSetName = 'TypeName')]
    param(
        [Parameter(Mandatory, ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Member')] [Alias('Type')]
        [PSMemberTypes] $MemberType,
        [Parameter(Mandatory, Position = 1, ParameterSetName = 'Member')] [string] $Name,
        [Parameter(Position = 2, ParameterSetName = 'Member')] [object] $Value,
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'NotePropertyName')] [string] $NotePropertyName,
        [Parameter(Mandatory, Position = 1, ParameterSetName = 'NotePropertyName')] [AllowNull()] [object] $NotePropertyValue,
        [Parameter(Mandatory, Position = 0, ParameterSetName = 'Members')] [System.Collections.IDictionary] $NotePropertyMembers,
        [Parameter(ParameterSetName = 'TypeName')] [Parameter(ParameterSetName = 'Member')] [Parameter(ParameterSetName = 'NotePropertyName')] [Parameter(ParameterSetName = 'Members')]
        [string] $TypeName,
        [switch] $Force,
        [switch] $PassThru
    )
    process {
        $members = switch ($PSCmdlet.ParameterSetName) {
            'NotePropertyName' { [PSNoteProperty]::new($NotePropertyName, $NotePropertyValue) }
            'Members' { foreach ($key in $NotePropertyMembers.Keys) { [PSNoteProperty]::new($key, $NotePropertyMembers[$key]) } }
            'Member' {
                switch ($MemberType) {
                    'NoteProperty' { [PSNoteProperty]::new($Name, $Value) }
                    'ScriptProperty' { [PSScriptProperty]::new($Name, $Value) }
                    'ScriptMethod' { [PSScriptMethod]::new($Name, $Value) }
                    'AliasProperty' { [PSAliasProperty]::new($Name, $Value) }
                    default { throw [PSNotSupportedException]::new("Add-Member does not add a $MemberType here.") }
                }
            }
        }
        foreach ($member in $members) {
            if ($InputObject.PSObject.Members[$member.Name]) {
                if (-not $Force) {
                    $exception = [InvalidOperationException]::new("Cannot add a member with the name `"$($member.Name)`": there is one already.")
                    WriteProblem $PSCmdlet $exception 'MemberAlreadyExists' 'InvalidOperation' $InputObject
                    continue
                }
                $InputObject.PSObject.Members.Remove($member.Name)
            }
            $InputObject.PSObject.Members.Add($member)
        }
        if ($TypeName) { $InputObject.PSTypeNames.Insert(0, $TypeName) }
        if ($PassThru) { , $InputObject }
    }
}

# Without -Static, -View and -Force.
function Get-Member {
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipeline)] [psobject] $InputObject,
        [Parameter(Position = 0)] [string[]] $Name = '*',
        [Alias('Type')] [PSMemberTypes] $MemberType = 'All'
    )
    begin { $types = [HashSet[string]]::new() }
    process {
        if ($null -eq $InputObject -or -not $types.Add($InputObject.PSTypeNames[0])) { return }
        foreach ($member in $InputObject.PSObject.Members | Sort-Object { $_.MemberType.ToString() }, Name) {
            $wanted = $false
            foreach ($pattern in $Name) { $wanted = $wanted -or $member.Name -like $pattern }
            if (-not $wanted -or -not ($member.MemberType -band $MemberType) -or $member.Name -match '^([gs]et|add|remove)_') { continue }
            $result = [pscustomobject]@{ TypeName = $InputObject.PSTypeNames[0]; Name = $member.Name; MemberType = $member.MemberType; Definition = "$member" }
            $result.PSTypeNames.Insert(0, 'Microsoft.PowerShell.Commands.MemberDefinition')
            $result
        }
    }
}

# Names without wildcards; -Scope takes Global, Script and Local.
function Get-Variable {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [string[]] $Name,
        [switch] $ValueOnly,
        [ValidateSet('Global', 'Script', 'Local')] [string] $Scope
    )
    process {
        foreach ($item in $Name) {
            $variable = $PSCmdlet.SessionState.PSVariable.Get($Scope ? "${Scope}:$item" : $item)
            if ($variable) {
                if ($ValueOnly) { , $variable.Value } else { $variable }
                continue
            }
            WriteProblem $PSCmdlet ([ItemNotFoundException]::new("Cannot find a variable with the name '$item'.")) 'VariableNotFound' 'ObjectNotFound' $item
        }
    }
}

# -Scope takes Global, Script and Local.
function Set-Variable {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName)] [string[]] $Name,
        [Parameter(Position = 1, ValueFromPipeline, ValueFromPipelineByPropertyName)] [object] $Value,
        [ValidateSet('Global', 'Script', 'Local')] [string] $Scope,
        [switch] $PassThru
    )
    begin { $values = [List[object]]::new() }
    process { $values.Add($Value) }
    end {
        $assigned = $values.Count -eq 1 ? $values[0] : $values.ToArray()
        foreach ($item in $Name) {
            $path = $Scope ? "${Scope}:$item" : $item
            $PSCmdlet.SessionState.PSVariable.Set($path, $assigned)
            if ($PassThru) { $PSCmdlet.SessionState.PSVariable.Get($path) }
        }
    }
}

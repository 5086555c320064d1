# Files, folders and paths. The work is done by the engine's providers, which are those of pwsh.

using namespace System.IO
using namespace System.Management.Automation

# A script that is dot-sourced sets its strict mode for all; this module is not written for every one.
Set-StrictMode -Off

# Writes what went wrong as an error of the command, under the caller's preference.
function WriteFailure([PSCmdlet] $Cmdlet, [ErrorRecord] $Failure, $Target) {
    $ErrorActionPreference = $Cmdlet.GetVariableValue('ErrorActionPreference')
    $exception = $Failure.Exception
    if ($exception -is [MethodInvocationException]) { $exception = $exception.InnerException }
    $cause = $exception -is [IContainsErrorRecord] ? $exception.ErrorRecord : [ErrorRecord]::new($exception, $exception.GetType().Name, 'WriteError', $Target)
    if ($exception -is [ProviderInvocationException] -and $exception.InnerException) { $exception = $exception.InnerException }
    $Cmdlet.WriteError([ErrorRecord]::new($exception, ($cause.FullyQualifiedErrorId -split ',')[0], $cause.CategoryInfo.Category, $cause.TargetObject ?? $Target))
}

# Emits what an action gives out, or writes what went wrong as an error of the command. The action has ended by the time
# its output goes down the pipeline, so that what later commands throw is not taken for an error of this one.
# The names are not those of variables that actions use.
function Attempt([PSCmdlet] $By, $On, [scriptblock] $Do) {
    try { $given = @(& $Do) }
    catch { return WriteFailure $By $_ $On }
    $given
}

function WriteProblem([PSCmdlet] $Cmdlet, [string] $Message, [string] $Id, [ErrorCategory] $Category, $Target) {
    $ErrorActionPreference = $Cmdlet.GetVariableValue('ErrorActionPreference')
    $Cmdlet.WriteError([ErrorRecord]::new([IOException]::new($Message), $Id, $Category, $Target))
}

# Takes over what the caller prefers about -WhatIf and -Confirm; to be dot-sourced.
function TakeOverPreferences([PSCmdlet] $Cmdlet) {
    $bound = $Cmdlet.MyInvocation.BoundParameters
    if (-not $bound.ContainsKey('WhatIf')) { $WhatIfPreference = $Cmdlet.GetVariableValue('WhatIfPreference') }
    if (-not $bound.ContainsKey('Confirm')) { $ConfirmPreference = $Cmdlet.GetVariableValue('ConfirmPreference') }
}

# File system paths of a -Path or -LiteralPath argument; those that are not there are errors.
function ResolveFiles([PSCmdlet] $Cmdlet, [string[]] $Path, [bool] $Literal) {
    foreach ($item in $Path) {
        Attempt $Cmdlet $item {
            $provider = $null
            $Cmdlet.GetResolvedProviderPathFromPSPath(($Literal ? [WildcardPattern]::Escape($item) : $item), [ref] $provider)
        }
    }
}

function MatchesAny([string] $Name, [string[]] $Pattern) {
    foreach ($item in $Pattern) { if ($Name -like $item) { return $true } }
    $false
}

# -Filter, -Include and -Exclude are wildcard patterns for the name of the item; the other attributes are not there.
function Get-ChildItem {
    [CmdletBinding(DefaultParameterSetName = 'Items')]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Items')] [string[]] $Path = '.',
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralItems')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Parameter(Position = 1)] [string] $Filter,
        [string[]] $Include,
        [string[]] $Exclude,
        [Alias('s')] [switch] $Recurse,
        [uint] $Depth,
        [switch] $Force,
        [switch] $Name,
        [Alias('ad')] [switch] $Directory,
        [Alias('af')] [switch] $File,
        [Alias('h', 'ah')] [switch] $Hidden
    )
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralItems'
        $deep = $Recurse -or $PSBoundParameters.ContainsKey('Depth')
        $levels = $PSBoundParameters.ContainsKey('Depth') ? $Depth : [uint]::MaxValue
        foreach ($item in $literal ? $LiteralPath : $Path) {
            $root = if ($Name) { $PSCmdlet.GetUnresolvedProviderPathFromPSPath($item) }
            $children = Attempt $PSCmdlet $item {
                $PSCmdlet.InvokeProvider.ChildItem.Get([string[]] $item, $deep, $levels, ($Force -or $Hidden), $literal)
            }
            foreach ($child in $children) {
                if ($Filter -and $child.PSChildName -notlike $Filter) { continue }
                if ($Include -and -not (MatchesAny $child.PSChildName $Include)) { continue }
                if ($Exclude -and (MatchesAny $child.PSChildName $Exclude)) { continue }
                if ($Directory -and -not $child.PSIsContainer) { continue }
                if ($File -and $child.PSIsContainer) { continue }
                if ($Hidden -and -not ($child.Attributes -band [FileAttributes]::Hidden)) { continue }
                if (-not $Name) { $child }
                elseif ($child -is [FileSystemInfo]) { [Path]::GetRelativePath($root, $child.FullName) }
                else { $child.PSChildName }
            }
        }
    }
}

function Get-Item {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [switch] $Force
    )
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        foreach ($item in $literal ? $LiteralPath : $Path) {
            Attempt $PSCmdlet $item { $PSCmdlet.InvokeProvider.Item.Get([string[]] $item, $Force, $literal) }
        }
    }
}

function New-Item {
    [CmdletBinding(DefaultParameterSetName = 'PathSet', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName, ParameterSetName = 'PathSet')]
        [Parameter(Position = 0, ValueFromPipelineByPropertyName, ParameterSetName = 'NameSet')] [string[]] $Path = '.',
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'NameSet')] [AllowNull()] [AllowEmptyString()] [string] $Name,
        [Alias('Type')] [string] $ItemType,
        [Parameter(ValueFromPipeline, ValueFromPipelineByPropertyName)] [Alias('Target')] [object] $Value,
        [switch] $Force
    )
    begin { . TakeOverPreferences $PSCmdlet }
    process {
        foreach ($item in $Path) {
            $target = $Name ? (Join-Path $item $Name) : $item
            if (-not $PSCmdlet.ShouldProcess($target, "Create $($ItemType ? $ItemType : 'File')")) { continue }
            Attempt $PSCmdlet $target {
                $none = [NullString]::Value
                $PSCmdlet.InvokeProvider.Item.New([string[]] $item, ($Name ? $Name : $none), ($ItemType ? $ItemType : $none), $Value, $Force)
            }
        }
    }
}

# Without -Filter, -Include and -Exclude.
function Remove-Item {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess, ConfirmImpact = 'Medium')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [switch] $Recurse,
        [switch] $Force
    )
    begin { . TakeOverPreferences $PSCmdlet }
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        foreach ($item in $literal ? $LiteralPath : $Path) {
            try {
                # Hidden items are meant when they are named.
                $found = $PSCmdlet.InvokeProvider.Item.Get([string[]] $item, ($literal -or $Force), $literal)
                foreach ($target in $found.PSPath) {
                    $shown = Convert-Path -LiteralPath $target
                    if (-not $PSCmdlet.ShouldProcess($shown, 'Remove')) { continue }
                    $question = "The item at $shown has children and the Recurse parameter was not specified. Remove all of them?"
                    $isTree = $PSCmdlet.InvokeProvider.ChildItem.HasChild($target, $Force, $true)
                    if ($isTree -and -not $Recurse -and -not $PSCmdlet.ShouldContinue($question, 'Confirm')) { continue }
                    $PSCmdlet.InvokeProvider.Item.Remove([string[]] $target, $true, $Force, $true)
                }
            }
            catch { WriteFailure $PSCmdlet $_ $item }
        }
    }
}

# Without -Filter, -Include and -Exclude.
function Copy-Item {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Parameter(Position = 1, ValueFromPipelineByPropertyName)] [string] $Destination = '.',
        [switch] $Container = $true,
        [switch] $Recurse,
        [switch] $Force,
        [switch] $PassThru
    )
    begin { . TakeOverPreferences $PSCmdlet }
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        $containers = $Container ? [CopyContainers]::CopyTargetContainer : [CopyContainers]::CopyChildrenOfTargetContainer
        foreach ($item in $literal ? $LiteralPath : $Path) {
            if (-not $PSCmdlet.ShouldProcess("Item: $item Destination: $Destination", 'Copy')) { continue }
            $copies = Attempt $PSCmdlet $item {
                $PSCmdlet.InvokeProvider.Item.Copy([string[]] $item, $Destination, $Recurse, $containers, $Force, $literal)
            }
            if ($PassThru) { $copies }
        }
    }
}

# Without -Filter, -Include and -Exclude.
function Move-Item {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Parameter(Position = 1, ValueFromPipelineByPropertyName)] [string] $Destination = '.',
        [switch] $Force,
        [switch] $PassThru
    )
    begin { . TakeOverPreferences $PSCmdlet }
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        foreach ($item in $literal ? $LiteralPath : $Path) {
            if (-not $PSCmdlet.ShouldProcess("Item: $item Destination: $Destination", 'Move')) { continue }
            $moved = Attempt $PSCmdlet $item { $PSCmdlet.InvokeProvider.Item.Move([string[]] $item, $Destination, $Force, $literal) }
            if ($PassThru) { $moved }
        }
    }
}

function Rename-Item {
    [CmdletBinding(DefaultParameterSetName = 'ByPath', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'ByPath')] [string] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'ByLiteralPath')] [Alias('PSPath', 'LP')] [string] $LiteralPath,
        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)] [string] $NewName,
        [switch] $Force,
        [switch] $PassThru
    )
    begin { . TakeOverPreferences $PSCmdlet }
    process {
        $item = $PSCmdlet.ParameterSetName -eq 'ByLiteralPath' ? [WildcardPattern]::Escape($LiteralPath) : $Path
        if (-not $PSCmdlet.ShouldProcess("Item: $item Destination: $NewName", 'Rename')) { return }
        $renamed = Attempt $PSCmdlet $item { $PSCmdlet.InvokeProvider.Item.Rename($item, $NewName, $Force) }
        if ($PassThru) { $renamed }
    }
}

# Without -NewerThan and -OlderThan.
function Test-Path {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Alias('Type')] [ValidateSet('Any', 'Container', 'Leaf')] [string] $PathType = 'Any',
        [switch] $IsValid
    )
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        foreach ($item in $literal ? $LiteralPath : $Path) {
            if ($IsValid) {
                $PSCmdlet.SessionState.Path.IsValid($item)
                continue
            }
            $found = try {
                $pattern = $literal ? [WildcardPattern]::Escape($item) : $item
                $exists = $PSCmdlet.InvokeProvider.Item.Exists($item, $true, $literal)
                $exists -and ($PathType -eq 'Any' -or $PSCmdlet.InvokeProvider.Item.IsContainer($pattern) -eq ($PathType -eq 'Container'))
            }
            catch [System.Management.Automation.DriveNotFoundException] { $false }
            $found
        }
    }
}

function Join-Path {
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string[]] $Path,
        [Parameter(Mandatory, Position = 1, ValueFromPipelineByPropertyName)] [AllowNull()] [AllowEmptyString()] [string[]] $ChildPath,
        [Parameter(Position = 2, ValueFromPipelineByPropertyName, ValueFromRemainingArguments)] [AllowNull()] [AllowEmptyString()] [string[]] $AdditionalChildPath,
        [switch] $Resolve
    )
    process {
        foreach ($item in $Path) {
            $joined = $item
            foreach ($child in @($ChildPath) + @($AdditionalChildPath)) { if ($child) { $joined = $PSCmdlet.SessionState.Path.Combine($joined, $child) } }
            if ($Resolve) { ResolveFiles $PSCmdlet $joined $false } else { $joined }
        }
    }
}

function Split-Path {
    [CmdletBinding(DefaultParameterSetName = 'ParentSet')]
    [OutputType([string], [bool])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [Alias('LiteralPath', 'PSPath', 'LP')] [string[]] $Path,
        [Parameter(ParameterSetName = 'ParentSet')] [switch] $Parent,
        [Parameter(Mandatory, ParameterSetName = 'LeafSet')] [switch] $Leaf,
        [Parameter(Mandatory, ParameterSetName = 'LeafBaseSet')] [switch] $LeafBase,
        [Parameter(Mandatory, ParameterSetName = 'ExtensionSet')] [switch] $Extension,
        [Parameter(Mandatory, ParameterSetName = 'QualifierSet')] [switch] $Qualifier,
        [Parameter(Mandatory, ParameterSetName = 'NoQualifierSet')] [switch] $NoQualifier,
        [Parameter(Mandatory, ParameterSetName = 'IsAbsoluteSet')] [switch] $IsAbsolute,
        [switch] $Resolve
    )
    process {
        foreach ($item in $Resolve ? (ResolveFiles $PSCmdlet $Path $false) : $Path) {
            $paths = $PSCmdlet.SessionState.Path
            switch ($PSCmdlet.ParameterSetName) {
                'ParentSet' { $paths.ParseParent($item, '') }
                'LeafSet' { $paths.ParseChildName($item) }
                'LeafBaseSet' { [Path]::GetFileNameWithoutExtension($paths.ParseChildName($item)) }
                'ExtensionSet' { [Path]::GetExtension($item) }
                'QualifierSet' { $item -replace '^([^:\\/]+:).*|^.*', '$1' }
                'NoQualifierSet' { $item -replace '^[^:\\/]+:' }
                'IsAbsoluteSet' { [Path]::IsPathRooted($item) -or $item -match '^[^:\\/]+:' }
            }
        }
    }
}

# Without -RelativeBasePath.
function Resolve-Path {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [switch] $Relative
    )
    process {
        foreach ($item in $LiteralPath ? $LiteralPath.ForEach{ [WildcardPattern]::Escape($_) } : $Path) {
            $paths = $PSCmdlet.SessionState.Path
            foreach ($found in Attempt $PSCmdlet $item { $paths.GetResolvedPSPathFromPSPath($item) }) {
                if (-not $Relative) { $found; continue }
                $path = $paths.NormalizeRelativePath($found.Path, $paths.CurrentLocation.Path)
                $path.StartsWith('.') -or [Path]::IsPathRooted($path) ? $path : $paths.Combine('.', $path)
            }
        }
    }
}

function Convert-Path {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    [OutputType([string])]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath
    )
    process { ResolveFiles $PSCmdlet ($LiteralPath ? $LiteralPath : $Path) ([bool] $LiteralPath) }
}

# Without -PSDrive, -PSProvider and -Stack.
function Get-Location {
    [CmdletBinding()]
    [OutputType([System.Management.Automation.PathInfo])]
    param()
    $PSCmdlet.SessionState.Path.CurrentLocation
}

function Set-Location {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string] $Path = '~',
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string] $LiteralPath,
        [switch] $PassThru
    )
    process {
        $target = $LiteralPath ? [WildcardPattern]::Escape($LiteralPath) : $Path
        $location = Attempt $PSCmdlet $target { $PSCmdlet.SessionState.Path.SetLocation($target) }
        if ($PassThru) { $location }
    }
}

# Without -StackName.
function Push-Location {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)] [string] $Path,
        [Parameter(ValueFromPipelineByPropertyName)] [Alias('PSPath', 'LP')] [string] $LiteralPath,
        [switch] $PassThru
    )
    process {
        $PSCmdlet.SessionState.Path.PushCurrentLocation('')
        try {
            if ($LiteralPath) { $null = $PSCmdlet.SessionState.Path.SetLocation([WildcardPattern]::Escape($LiteralPath)) }
            elseif ($Path) { $null = $PSCmdlet.SessionState.Path.SetLocation($Path) }
        }
        catch {
            $null = $PSCmdlet.SessionState.Path.PopLocation('')
            return WriteFailure $PSCmdlet $_ $Path
        }
        if ($PassThru) { $PSCmdlet.SessionState.Path.CurrentLocation }
    }
}

# Without -StackName.
function Pop-Location {
    [CmdletBinding()]
    param([switch] $PassThru)
    $location = Attempt $PSCmdlet $null { $PSCmdlet.SessionState.Path.PopLocation('') }
    if ($PassThru) { $location }
}

# Lines have no extra properties. Without -Delimiter, -Filter, -Include, -Exclude and -Wait; -ReadCount is always 1.
function Get-Content {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [ValidateRange(0, [long]::MaxValue)] [Alias('First', 'Head')] [long] $TotalCount = -1,
        [ValidateRange(0, [int]::MaxValue)] [Alias('Last')] [int] $Tail = -1,
        [switch] $Raw,
        [switch] $AsByteStream,
        [string] $Encoding = 'utf8'
    )
    process {
        $literal = $PSCmdlet.ParameterSetName -eq 'LiteralPath'
        foreach ($item in $literal ? $LiteralPath : $Path) {
            $provider = $null
            $drive = $null
            $null = $PSCmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($item, [ref] $provider, [ref] $drive)
            if ($provider.Name -ne 'FileSystem') {
                Attempt $PSCmdlet $item {
                    foreach ($reader in $PSCmdlet.InvokeProvider.Content.GetReader([string[]] $item, $false, $literal)) {
                        $reader.Read(0)
                        $reader.Close()
                    }
                }
                continue
            }
            foreach ($file in ResolveFiles $PSCmdlet $item $literal) {
                if ([Directory]::Exists($file)) {
                    WriteProblem $PSCmdlet "'$file' is a directory: use Get-ChildItem." 'GetContainerContent' 'InvalidOperation' $file
                    continue
                }
                # The lines are read as they are asked for; the file is opened here.
                $content = Attempt $PSCmdlet $file {
                    $text = [DagShell.Host.Everyday.TextEncoding]::Named($Encoding)
                    if ($AsByteStream) { , [File]::ReadAllBytes($file) }
                    elseif ($Raw) { [File]::ReadAllText($file, $text) }
                    elseif ($Tail -ge 0) { , [System.Linq.Enumerable]::TakeLast([File]::ReadLines($file, $text), $Tail) }
                    elseif ($TotalCount -ge 0) { , [System.Linq.Enumerable]::Take([File]::ReadLines($file, $text), [int] $TotalCount) }
                    else { , [File]::ReadLines($file, $text) }
                }
                if ($null -eq $content) { continue }
                if ($Raw) { , $content } else { $content }
            }
        }
    }
}

# Opens the files of Set-Content and Add-Content. A variable: or env: path has its own writer.
function OpenContent([PSCmdlet] $Cmdlet, [string[]] $Path, [bool] $Literal, [bool] $Append, [string] $Encoding, [bool] $AsBytes) {
    foreach ($item in $Path) {
        Attempt $Cmdlet $item {
            $provider = $null
            $drive = $null
            $full = $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($item, [ref] $provider, [ref] $drive)
            if ($provider.Name -ne 'FileSystem') { return $Cmdlet.InvokeProvider.Content.GetWriter([string[]] $item, $false, $Literal) }
            if (-not $Literal -and [WildcardPattern]::ContainsWildcardCharacters($item)) { $full = ResolveFiles $Cmdlet $item $false }
            foreach ($file in $full) {
                $stream = [File]::Open($file, $Append ? 'Append' : 'Create', 'Write', 'Read')
                $AsBytes ? $stream : [StreamWriter]::new($stream, [DagShell.Host.Everyday.TextEncoding]::Named($Encoding))
            }
        }
    }
}

function WriteContent($Writer, [object[]] $Value, [bool] $NoNewline) {
    foreach ($target in $Writer) {
        if ($target -is [Stream]) { $target.Write([byte[]] $Value) }
        elseif ($target -isnot [StreamWriter]) { $null = $target.Write($Value) }
        else { foreach ($line in $Value) { if ($NoNewline) { $target.Write("$line") } else { $target.WriteLine("$line") } } }
    }
}

# Without -Filter, -Include, -Exclude and -Stream.
function Set-Content {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Parameter(Mandatory, Position = 1, ValueFromPipeline, ValueFromPipelineByPropertyName)] [AllowNull()] [AllowEmptyCollection()] [object[]] $Value,
        [switch] $NoNewline,
        [switch] $AsByteStream,
        [switch] $Force,
        [switch] $PassThru,
        [string] $Encoding = 'utf8'
    )
    begin { . TakeOverPreferences $PSCmdlet }
    process {
        if ($null -eq $writers) {
            $target = $LiteralPath ? $LiteralPath : $Path
            $writers = @()
            if ($PSCmdlet.ShouldProcess("Path: $target", 'Set Content')) {
                $writers = @(OpenContent $PSCmdlet $target ([bool] $LiteralPath) $false $Encoding $AsByteStream)
            }
        }
        WriteContent $writers $Value $NoNewline
        if ($PassThru) { $Value }
    }
    clean { foreach ($writer in $writers) { $writer.Close() } }
}

# Without -Filter, -Include, -Exclude and -Stream.
function Add-Content {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Parameter(Mandatory, Position = 1, ValueFromPipeline, ValueFromPipelineByPropertyName)] [AllowNull()] [AllowEmptyCollection()] [object[]] $Value,
        [switch] $NoNewline,
        [switch] $AsByteStream,
        [switch] $Force,
        [switch] $PassThru,
        [string] $Encoding = 'utf8'
    )
    begin { . TakeOverPreferences $PSCmdlet }
    process {
        if ($null -eq $writers) {
            $target = $LiteralPath ? $LiteralPath : $Path
            $writers = @()
            if ($PSCmdlet.ShouldProcess("Path: $target", 'Add Content')) {
                $writers = @(OpenContent $PSCmdlet $target ([bool] $LiteralPath) $true $Encoding $AsByteStream)
            }
        }
        WriteContent $writers $Value $NoNewline
        if ($PassThru) { $Value }
    }
    clean { foreach ($writer in $writers) { $writer.Close() } }
}

function New-TemporaryFile {
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([System.IO.FileInfo])]
    param()
    . TakeOverPreferences $PSCmdlet
    if ($PSCmdlet.ShouldProcess([Path]::GetTempPath(), 'New-TemporaryFile')) { Get-Item -LiteralPath ([Path]::GetTempFileName()) }
}

function Get-FileHash {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Parameter(Mandatory, ParameterSetName = 'Stream')] [Stream] $InputStream,
        [ValidateSet('SHA1', 'SHA256', 'SHA384', 'SHA512', 'MD5')] [string] $Algorithm = 'SHA256'
    )
    begin {
        function Hash([Stream] $Stream, [string] $From) {
            $hasher = [System.Security.Cryptography.IncrementalHash]::CreateHash($Algorithm)
            try {
                $buffer = [byte[]]::new(1MB)
                while (($count = $Stream.Read($buffer, 0, $buffer.Length)) -gt 0) { $hasher.AppendData($buffer, 0, $count) }
                $result = [pscustomobject]@{ Algorithm = $Algorithm.ToUpperInvariant(); Hash = [Convert]::ToHexString($hasher.GetHashAndReset()); Path = $From }
                $result.PSTypeNames.Insert(0, 'Microsoft.PowerShell.Utility.FileHash')
                $result
            }
            finally { $hasher.Dispose() }
        }
    }
    process {
        if ($InputStream) { return Hash $InputStream $null }
        foreach ($file in ResolveFiles $PSCmdlet ($LiteralPath ? $LiteralPath : $Path) ([bool] $LiteralPath)) {
            if ([Directory]::Exists($file)) { continue }
            Attempt $PSCmdlet $file {
                $stream = [File]::OpenRead($file)
                try { Hash $stream $file } finally { $stream.Dispose() }
            }
        }
    }
}

# A folder goes in with its name, folder/* without.
function Compress-Archive {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string[]] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string[]] $LiteralPath,
        [Parameter(Mandatory, Position = 1)] [string] $DestinationPath,
        [ValidateSet('Optimal', 'NoCompression', 'Fastest')] [string] $CompressionLevel = 'Optimal',
        [switch] $Update,
        [switch] $Force,
        [switch] $PassThru
    )
    begin {
        . TakeOverPreferences $PSCmdlet
        $sources = [System.Collections.Generic.List[string]]::new()
    }
    process { foreach ($file in ResolveFiles $PSCmdlet ($LiteralPath ? $LiteralPath : $Path) ([bool] $LiteralPath)) { $sources.Add($file) } }
    end {
        $target = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($DestinationPath)
        if (-not [Path]::GetExtension($target)) { $target += '.zip' }
        if ($sources.Count -eq 0 -or -not $PSCmdlet.ShouldProcess($target, 'Compress-Archive')) { return }
        if ([File]::Exists($target) -and -not $Force -and -not $Update) {
            return WriteProblem $PSCmdlet "'$target' already exists: use -Update or -Force." 'ArchiveFileExists' 'ResourceExists' $target
        }
        $archive = $null
        try {
            $stream = [File]::Open($target, $Update ? 'OpenOrCreate' : 'Create', 'ReadWrite', 'None')
            $archive = [Compression.ZipArchive]::new($stream, $Update ? 'Update' : 'Create')
            foreach ($source in $sources) {
                $root = [Path]::GetDirectoryName($source)
                $files = if ([Directory]::Exists($source)) { $source; [Directory]::EnumerateFileSystemEntries($source, '*', 'AllDirectories') } else { $source }
                foreach ($file in $files) {
                    $entry = [Path]::GetRelativePath($root, $file).Replace('\', '/')
                    if ($Update) { $null = $archive.GetEntry($entry)?.Delete() }
                    if (-not [Directory]::Exists($file)) { $null = [Compression.ZipFileExtensions]::CreateEntryFromFile($archive, $file, $entry, $CompressionLevel) }
                    elseif (-not [System.Linq.Enumerable]::Any([Directory]::EnumerateFileSystemEntries($file))) { $null = $archive.CreateEntry("$entry/") }
                }
            }
        }
        catch { return WriteFailure $PSCmdlet $_ $target }
        finally {
            ${archive}?.Dispose()
            ${stream}?.Dispose()
        }
        if ($PassThru) { Get-Item -LiteralPath $target }
    }
}

function Expand-Archive {
    [CmdletBinding(DefaultParameterSetName = 'Path', SupportsShouldProcess)]
    param(
        [Parameter(Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName, ParameterSetName = 'Path')] [string] $Path,
        [Parameter(Mandatory, ValueFromPipelineByPropertyName, ParameterSetName = 'LiteralPath')] [Alias('PSPath', 'LP')] [string] $LiteralPath,
        [Parameter(Position = 1)] [string] $DestinationPath,
        [switch] $Force,
        [switch] $PassThru
    )
    begin { . TakeOverPreferences $PSCmdlet }
    process {
        foreach ($file in ResolveFiles $PSCmdlet ($LiteralPath ? $LiteralPath : $Path) ([bool] $LiteralPath)) {
            $target = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($DestinationPath ? $DestinationPath : [Path]::GetFileNameWithoutExtension($file))
            if (-not $PSCmdlet.ShouldProcess($file, "Expand-Archive to $target")) { continue }
            Attempt $PSCmdlet $file {
                [Compression.ZipFile]::ExtractToDirectory($file, $target, [bool] $Force)
                if ($PassThru) { Get-ChildItem -LiteralPath $target -Recurse }
            }
        }
    }
}

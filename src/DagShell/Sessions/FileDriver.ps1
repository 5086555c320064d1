# Asks about a node's files in a session. Sent with the first node there that has any, and run once for each call. The rules are those of
# the run's own process (PathPattern, FileTimes, NodeFiles); names, case and separators are this machine's. What calls a script of the
# node's has its variables private, as in the driver.
param($machine)

$machine.Texts = @{ BadPattern = 'BAD_PATTERN'; NotAPath = 'NOT_A_PATH'; NotAFilePath = 'NOT_A_FILE_PATH'; InputMissing = 'INPUT_MISSING'
    OutputMissing = 'OUTPUT_MISSING' }
$machine.Unfinished = [datetime]::new(1980, 1, 2, 0, 0, 0, [System.DateTimeKind]::Utc)
$machine.Case = if ($ExecutionContext.SessionState.PSVariable.GetValue('global:IsLinux', $false)) { 'None' } else { 'IgnoreCase' }

# The full path of what is written.
$machine.Resolve = {
    param($Machine, $Path)
    $provider = $drive = $null
    $file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $drive)
    if ($provider.Name -ne 'FileSystem') {
        throw [System.Management.Automation.RuntimeException]::new(($Machine.Texts.NotAFilePath -f $Path))
    }
    if ($file.Length -le [System.IO.Path]::GetPathRoot($file).Length) { return $file }
    $file.TrimEnd([System.IO.Path]::DirectorySeparatorChar, [System.IO.Path]::AltDirectorySeparatorChar)
}

# Reads a path: what is there under that very name, or a pattern.
$machine.PatternOf = {
    param($Machine, $Name, $Of, $Path)
    $whole = & $Machine.Resolve $Machine $Path
    $isThere = [System.IO.File]::Exists($whole) -or [System.IO.Directory]::Exists($whole)
    if ($isThere -or -not [WildcardPattern]::ContainsWildcardCharacters($Path)) {
        return @{ Text = $Path; Root = $whole; Parts = @() }
    }
    $all = $Path.Split([char[]] '/\')
    foreach ($part in $all) {
        try { $null = [WildcardPattern]::new($part, 'None').IsMatch('x') }
        catch { throw [System.Management.Automation.RuntimeException]::new(($Machine.Texts.BadPattern -f $Of, $Name, $Path)) }
    }
    $first = 0
    while (-not [WildcardPattern]::ContainsWildcardCharacters($all[$first])) { $first++ }
    $before = if ($first -eq 0) { '.' } else { $all[0..($first - 1)] -join [System.IO.Path]::DirectorySeparatorChar }
    if ($before.Length -eq 0) { $before = "$([System.IO.Path]::DirectorySeparatorChar)" }
    $root = & $Machine.Resolve $Machine $before
    $parts = foreach ($part in $all[$first..($all.Count - 1)]) {
        if ($part.Length -gt 0) { @{ Text = $part; Pattern = [WildcardPattern]::new($part, $Machine.Case) } }
    }
    @{ Text = $Path; Root = $root; Parts = @($parts) }
}

# What is in a folder; nothing of one that may not be read.
$machine.Entries = {
    param($Folder)
    try { $Folder.GetFileSystemInfos() }
    catch { if ($_.Exception.InnerException -isnot [System.UnauthorizedAccessException]) { throw } }
}

# What a path stands for now, in the order of the names.
$machine.Find = {
    param($Machine, $Pattern)
    if ($Pattern.Parts.Count -eq 0) {
        if ([System.IO.File]::Exists($Pattern.Root)) { [System.IO.FileInfo]::new($Pattern.Root) }
        elseif ([System.IO.Directory]::Exists($Pattern.Root)) { [System.IO.DirectoryInfo]::new($Pattern.Root) }
        return
    }
    $found = [System.Collections.Generic.SortedDictionary[string, System.IO.FileInfo]]::new([System.StringComparer]::Ordinal)
    $left = [System.Collections.Generic.Stack[object]]::new()
    if ([System.IO.Directory]::Exists($Pattern.Root)) { $left.Push(@([System.IO.DirectoryInfo]::new($Pattern.Root), 0)) }
    while ($left.Count -gt 0) {
        $folder, $place = $left.Pop()
        $part = $Pattern.Parts[$place]
        $isLast = $place -eq $Pattern.Parts.Count - 1
        $isAny = $part.Text -eq '**'
        if ($isAny -and -not $isLast) { $left.Push(@($folder, ($place + 1))) }
        $skipped = if ($part.Text.StartsWith('.')) { 0 } else { [int] [System.IO.FileAttributes] 'Hidden, System' }
        foreach ($entry in & $Machine.Entries $folder) {
            if (([int] $entry.Attributes -band $skipped) -ne 0) { continue }
            if ($entry -is [System.IO.DirectoryInfo]) {
                if ($isAny) {
                    if (-not ($entry.Attributes -band [System.IO.FileAttributes]::ReparsePoint)) { $left.Push(@($entry, $place)) }
                }
                elseif (-not $isLast -and $part.Pattern.IsMatch($entry.Name)) { $left.Push(@($entry, ($place + 1))) }
            }
            elseif ($isLast -and ($isAny -or $part.Pattern.IsMatch($entry.Name))) { $found[$entry.FullName] = $entry }
        }
    }
    $found.Values
}

# When a file was last written; of a folder, when anything in it was.
$machine.TimeOf = {
    param($Machine, $File)
    $target = $null
    if (($File.Attributes -band [System.IO.FileAttributes]::ReparsePoint) -and $File.psobject.Methods['ResolveLinkTarget']) {
        $target = $File.ResolveLinkTarget($true)
    }
    if ($null -eq $target) { $target = $File }
    if ($target -isnot [System.IO.DirectoryInfo]) { return $target.LastWriteTimeUtc }
    $newest = $null
    $left = [System.Collections.Generic.Stack[object]]::new()
    $left.Push($target)
    while ($left.Count -gt 0) {
        foreach ($entry in & $Machine.Entries $left.Pop()) {
            if ($entry -is [System.IO.DirectoryInfo]) { $left.Push($entry) }
            elseif ($null -eq $newest -or $entry.LastWriteTimeUtc -gt $newest) { $newest = $entry.LastWriteTimeUtc }
        }
    }
    if ($null -eq $newest) { $target.LastWriteTimeUtc } else { $newest }
}

# Whether all outputs are there, and none is older than any input.
$machine.AreUpToDate = {
    param($Machine, $Files)
    if ($Files.Outputs.Count -eq 0) { return $false }
    $oldest = [datetime]::MaxValue
    foreach ($output in $Files.Outputs) {
        $there = @(& $Machine.Find $Machine $output)
        if ($there.Count -eq 0) { return $false }
        foreach ($file in $there) {
            $time = & $Machine.TimeOf $Machine $file
            if ($time -eq $Machine.Unfinished) { return $false }
            if ($time -lt $oldest) { $oldest = $time }
        }
    }
    foreach ($source in $Files.Inputs) {
        $there = @(& $Machine.Find $Machine $source)
        if ($there.Count -eq 0 -and $source.Parts.Count -eq 0) { return $false }
        foreach ($file in $there) { if ((& $Machine.TimeOf $Machine $file) -gt $oldest) { return $false } }
    }
    $true
}

# Warns of what is named and not there, whatever is done here with warnings: who gets them decides that.
$machine.WarnOfMissing = {
    param($Machine, $Paths, $Text)
    foreach ($path in $Paths) {
        if ($path.Parts.Count -eq 0 -and @(& $Machine.Find $Machine $path).Count -eq 0) {
            Microsoft.PowerShell.Utility\Write-Warning -Message ($Text -f $path.Text) -WarningAction Continue
        }
    }
}

# The path that a value stands for.
$machine.TextOf = {
    param($Machine, $Value)
    if ($Value -is [System.IO.FileSystemInfo]) { return $Value.FullName }
    $text = if ($Value.psobject.TypeNames -match '^Deserialized\.System\.IO\.(File|Directory)Info$') { [string] $Value.FullName }
        elseif ($Value -isnot [System.Management.Automation.PSCustomObject]) { [string] $Value } else { '' }
    if ($text.Length -eq 0 -or $text.IndexOf([char] 0) -ge 0) {
        throw [System.Management.Automation.RuntimeException]::new(($Machine.Texts.NotAPath -f $Value.GetType().ToString(), "$Value"))
    }
    $text
}

# Reads the paths of -InputPath or -OutputPath. What ended a script block that was to give some is noted in the table End.
$machine.ReadPaths = {
    param($private:machine, $private:files, $private:of, $private:end)
    foreach ($private:entry in $private:files[$private:of]) {
        if ($private:entry -is [string]) { $private:given = @($private:entry) }
        else {
            $private:given = @(& $private:machine.RunScript $private:machine $private:entry $private:end)
            if ($private:end.ContainsKey('Skip') -or (& $private:machine.HasFailed $private:end)) { return }
        }
        foreach ($private:value in $private:given) {
            if ($null -ne $private:value) {
                $private:text = & $private:machine.TextOf $private:machine $private:value
                & $private:machine.PatternOf $private:machine $private:files.Name $private:of $private:text
            }
        }
    }
}

# Gives out the output files, the last thing before the end.
$machine.GiveFiles = {
    param($Machine, $Files, $End)
    $given = @(foreach ($output in $Files.Outputs) { & $Machine.Find $Machine $output })
    $End.Files = $given.Count
    $given
}

# Of what an exception says that was thrown by what is called here, without the words about the call.
$machine.Fail = {
    param($End, $Record)
    $inner = $Record.Exception.InnerException
    $End.Failed = if ($Record.Exception -isnot [System.Management.Automation.MethodInvocationException] -or $null -eq $inner) { $Record }
        elseif ($inner -is [System.Management.Automation.IContainsErrorRecord]) { $inner.ErrorRecord }
        else { [System.Management.Automation.ErrorRecord]::new($inner, 'Error', 'NotSpecified', $null) }
}

# Finds out before the script which files it is about, and gives them out if it need not run for them.
$machine.AskFiles = {
    param($private:machine, $private:files, $private:end)
    $private:files.Location = $ExecutionContext.SessionState.Path.CurrentLocation.Path
    $private:files.Before = [System.Collections.Generic.Dictionary[string, datetime]]::new([System.StringComparer]::Ordinal)
    try {
        foreach ($private:of in 'Input', 'Output') {
            $private:read = @(& $private:machine.ReadPaths $private:machine $private:files "$($private:of)Path" $private:end)
            if ($private:end.ContainsKey('Skip') -or (& $private:machine.HasFailed $private:end)) { return }
            $private:files["$($private:of)s"] = $private:read
        }
        foreach ($private:output in $private:files.Outputs) {
            foreach ($private:file in & $private:machine.Find $private:machine $private:output) {
                $private:files.Before[$private:file.FullName] = $private:file.LastWriteTimeUtc
            }
        }
        if ($private:files.IsFirst) {
            & $private:machine.WarnOfMissing $private:machine $private:files.Inputs $private:machine.Texts.InputMissing
        }
        if ($private:files.MayRest -and (& $private:machine.AreUpToDate $private:machine $private:files)) {
            $private:end.UpToDate = $true
            & $private:machine.GiveFiles $private:machine $private:files $private:end
        }
    }
    catch { & $private:machine.Fail $private:end $_ }
}

# Runs the script, and gives out the files. What it has written that did not come to its end is not to be taken for done the next time, also
# if this pipeline is stopped. The script may have been called in strict mode; that is not for what is here.
$machine.RunForFiles = {
    param($private:machine, $private:call, $private:end)
    $private:files = $private:call.Files
    $private:isDone = $false
    try {
        & $private:machine.RunScript $private:machine $private:call.Script $private:end
        $private:isDone = $private:end.ContainsKey('Skip') -or -not (& $private:machine.HasFailed $private:end)
    }
    finally {
        # A stop that comes just now ends what is done here too, but for what is done because of that.
        $private:isNoted = $false
        try {
            Microsoft.PowerShell.Core\Set-StrictMode -Off
            if (-not $private:isDone) { & $private:machine.NoteUnfinished $private:machine $private:files }
            $private:isNoted = $true
        }
        finally {
            if (-not $private:isDone -and -not $private:isNoted) { & $private:machine.NoteUnfinished $private:machine $private:files }
        }
    }
    if (-not $private:isDone -or $private:end.ContainsKey('Skip')) { return }
    try {
        # Paths are relative to where the script began.
        if ($ExecutionContext.SessionState.Path.CurrentLocation.Path -ne $private:files.Location) {
            $null = $ExecutionContext.SessionState.Path.SetLocation([WildcardPattern]::Escape($private:files.Location))
        }
        $private:files.Outputs = @(& $private:machine.ReadPaths $private:machine $private:files 'OutputPath' $private:end)
        if ($private:end.ContainsKey('Skip') -or (& $private:machine.HasFailed $private:end)) { return }
        & $private:machine.WarnOfMissing $private:machine $private:files.Outputs $private:machine.Texts.OutputMissing
        & $private:machine.GiveFiles $private:machine $private:files $private:end
    }
    catch { & $private:machine.Fail $private:end $_ }
}

# Marks what a script has written.
$machine.NoteUnfinished = {
    param($Machine, $Files)
    foreach ($output in $Files.Outputs) {
        foreach ($file in & $Machine.Find $Machine $output) {
            if ($file -isnot [System.IO.FileInfo]) { continue }
            if ($Files.Before.ContainsKey($file.FullName) -and $Files.Before[$file.FullName] -eq $file.LastWriteTimeUtc) { continue }
            # What cannot be touched looks done; so it does to all who go by its time.
            try { $file.LastWriteTimeUtc = $Machine.Unfinished } catch { }
        }
    }
}

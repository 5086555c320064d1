# Runs nodes in a session. Sent to it once, and called for each attempt. A node's script sees the variables of the scopes that it is called
# from; so those are private here, and all else lies in a table that the process keeps under a key.
# The session's own strict mode is not for this; that of nodes is set around their scripts.
Microsoft.PowerShell.Core\Set-StrictMode -Off
$machine = @{ Scripts = @{}; Modules = @{}; Imported = @(); Errors = $global:Error.Count; Location = $PWD; Found = $PWD; Snapshot = $null
    First = $null; Shared = $null; Skip = $null; Command = $null; Said = $null; Provided = $null; Ended = $null; Here = $null; Nested = $null
    Exited = $null; Watched = $null; WatchExit = $null; HadNoCode = $false; Key = 'KEY'; Watch = $null
    Culture = [cultureinfo]::CurrentCulture; UICulture = [cultureinfo]::CurrentUICulture; Code = $global:LASTEXITCODE }

# What the session, or a node, prefers is not for what is done here: a scope that takes this in asks nothing, tells nothing and does it.
$machine.Quiet = {
    $WhatIfPreference = $false
    $ConfirmPreference = [System.Management.Automation.ConfirmImpact]::None
    $VerbosePreference = $DebugPreference = [System.Management.Automation.ActionPreference]::SilentlyContinue
    $PSDefaultParameterValues = $null
}

# Makes scripts where they stand in their authors' files: pieces of text, each with its line and column.
$machine.Prepare = {
    param($Machine, $Scripts)
    foreach ($script in $Scripts) {
        $text = [System.Text.StringBuilder]::new()
        $line = 1
        $column = 1
        foreach ($piece in $script.Pieces) {
            while ($line -lt $piece.Line) { $null = $text.Append("`n"); $line++; $column = 1 }
            if ($piece.Column -gt $column) { $null = $text.Append([char] ' ', $piece.Column - $column) }
            $null = $text.Append($piece.Text)
            $lines = $piece.Text.Split([char] "`n")
            $column = if ($lines.Count -eq 1) { $piece.Column + $piece.Text.Length } else { $lines[-1].Length + 1 }
            $line += $lines.Count - 1
        }
        $tokens = $errors = $null
        $tree = [System.Management.Automation.Language.Parser]::ParseInput($text.ToString(), $script.File, [ref] $tokens, [ref] $errors)
        $Machine.Scripts[$script.Id] = $tree.GetScriptBlock()
    }
}

# Imports modules by name and version, each once. Gives back what is said of one that is not there.
$machine.Import = {
    param($Machine, $Modules)
    . $Machine.Quiet
    foreach ($module in $Modules) {
        if ($Machine.Modules[$module.Key]) { continue }
        $wanted = @{ Name = $module.Name }
        if ($module.Version) { $wanted.RequiredVersion = $module.Version }
        $before = Microsoft.PowerShell.Core\Get-Module
        try {
            $Machine.Modules[$module.Key] = Microsoft.PowerShell.Core\Import-Module @wanted -Global -PassThru -DisableNameChecking -Verbose:$false -ErrorAction Stop
            $Machine.Imported += Microsoft.PowerShell.Core\Get-Module | Where-Object { $_ -notin $before }
            $Machine.Snapshot = $null
        }
        catch {
            $there = (Microsoft.PowerShell.Core\Get-Module -ListAvailable -Name $module.Name -ErrorAction Ignore).Version -join ', '
            return @{ Name = $module.Name; Version = $module.Version; There = $there; Message = $_.Exception.Message }
        }
    }
}

# Takes the errors back that came since the run began here: the newest stand first.
$machine.ForgetErrors = {
    param($Machine)
    if ($global:Error.Count -gt $Machine.Errors) { $global:Error.RemoveRange(0, $global:Error.Count - $Machine.Errors) }
}

# Notes what the session is like before a node that may leave something in it.
$machine.Remember = {
    param($Machine)
    . $Machine.Quiet
    if ($Machine.Snapshot) { return }
    $items = $ExecutionContext.InvokeProvider.ChildItem
    $snapshot = @{ Variables = @{}; Functions = @{}; Aliases = @{}; Options = @{}; Modules = @(Microsoft.PowerShell.Core\Get-Module)
        Subscribers = @($ExecutionContext.Events.Subscribers); Jobs = @(Microsoft.PowerShell.Core\Get-Job) }
    foreach ($variable in Microsoft.PowerShell.Utility\Get-Variable -Scope Global) { $snapshot.Variables[$variable.Name] = $variable.Value }
    foreach ($item in $items.Get('function:', $false)) { $snapshot.Functions[$item.Name] = $item.ScriptBlock }
    foreach ($item in $items.Get('alias:', $false)) {
        $snapshot.Aliases[$item.Name] = $item.Definition
        $snapshot.Options[$item.Name] = $item.Options
    }
    $snapshot.Defaults = @{}
    if ($global:PSDefaultParameterValues -is [System.Collections.IDictionary]) { $snapshot.Defaults += $global:PSDefaultParameterValues }
    $Machine.Snapshot = $snapshot
}

# Takes back what a node left.
$machine.CleanUp = {
    param($Machine)
    . $Machine.Quiet
    $snapshot = $Machine.Snapshot
    foreach ($module in Microsoft.PowerShell.Core\Get-Module) {
        # What comes with PowerShell loads by itself, and may stay.
        if ($module -notin $snapshot.Modules -and -not "$($module.Path)".StartsWith($PSHOME)) {
            Microsoft.PowerShell.Core\Remove-Module -ModuleInfo $module -Force -ErrorAction Ignore
        }
    }
    foreach ($subscriber in @($ExecutionContext.Events.Subscribers)) {
        if ($subscriber -notin $snapshot.Subscribers) { $ExecutionContext.Events.UnsubscribeEvent($subscriber) }
    }
    foreach ($job in Microsoft.PowerShell.Core\Get-Job) {
        if ($job -notin $snapshot.Jobs) { Microsoft.PowerShell.Core\Remove-Job -Job $job -Force -ErrorAction Ignore }
    }
    $items = $ExecutionContext.InvokeProvider.ChildItem
    $automatic = 'Error', 'LASTEXITCODE', '?', '^', '$', '_', 'args', 'input', 'MyInvocation', 'PSBoundParameters', 'StackTrace', 'PWD', 'null',
        'true', 'false', 'foreach', 'switch', 'Matches', 'ExecutionContext', 'Host', 'NestedPromptLevel', 'PSCommandPath', 'PSScriptRoot', 'this', 'PSDefaultParameterValues'
    $there = @{}
    foreach ($variable in Microsoft.PowerShell.Utility\Get-Variable -Scope Global) {
        $name = $variable.Name
        $there[$name] = $true
        if ($name -in $automatic) { continue }
        if (-not $snapshot.Variables.ContainsKey($name)) {
            Microsoft.PowerShell.Utility\Remove-Variable -Name $name -Scope Global -Force -ErrorAction Ignore
        }
        elseif (-not [object]::Equals($variable.Value, $snapshot.Variables[$name])) {
            Microsoft.PowerShell.Utility\Set-Variable -Name $name -Value $snapshot.Variables[$name] -Scope Global -Force -ErrorAction Ignore
        }
    }
    foreach ($name in @($snapshot.Variables.Keys)) {
        if ($name -notin $automatic -and -not $there[$name]) {
            Microsoft.PowerShell.Utility\Set-Variable -Name $name -Value $snapshot.Variables[$name] -Scope Global -ErrorAction Ignore
        }
    }
    $global:PSDefaultParameterValues = [System.Management.Automation.DefaultParameterDictionary]::new([System.Collections.IDictionary] $snapshot.Defaults)
    foreach ($item in @($items.Get('function:', $false))) {
        if (-not $snapshot.Functions.ContainsKey($item.Name)) {
            Microsoft.PowerShell.Management\Remove-Item -LiteralPath "function:$($item.Name)" -Force -ErrorAction Ignore
        }
        elseif (-not [object]::ReferenceEquals($snapshot.Functions[$item.Name], $item.ScriptBlock)) {
            $null = $ExecutionContext.InvokeProvider.Item.Set("function:global:$($item.Name)", $snapshot.Functions[$item.Name])
        }
    }
    foreach ($name in @($snapshot.Functions.Keys)) {
        if (-not $ExecutionContext.InvokeProvider.Item.Exists("function:$name")) {
            $null = $ExecutionContext.InvokeProvider.Item.Set("function:global:$name", $snapshot.Functions[$name])
        }
    }
    $there = @{}
    foreach ($item in @($items.Get('alias:', $false))) {
        if ($snapshot.Aliases[$item.Name] -eq $item.Definition) { $there[$item.Name] = $true }
        else { Microsoft.PowerShell.Management\Remove-Item -LiteralPath "alias:$($item.Name)" -Force -ErrorAction Ignore }
    }
    foreach ($name in @($snapshot.Aliases.Keys)) {
        if (-not $there[$name]) {
            $as = @{ Name = $name; Value = $snapshot.Aliases[$name]; Option = $snapshot.Options[$name]; Scope = 'Global' }
            Microsoft.PowerShell.Utility\Set-Alias @as -Force -ErrorAction Ignore
        }
    }
    & $Machine.ForgetErrors $Machine
    $null = $ExecutionContext.SessionState.Path.SetLocation([WildcardPattern]::Escape($Machine.Location.Path))
}

# Hands on, as they are written, the records of a pipeline inside the session's own. Warnings, verbose and debug texts the host has been shown.
# An error would get the place of this command in the stead of its own, but for a property that is PowerShell's own.
$machine.Keeps = [System.Management.Automation.ErrorRecord].GetProperty('PreserveInvocationInfoOnce', [System.Reflection.BindingFlags] 'NonPublic, Instance')
$machine.Forward = {
    param($Shell)
    $Shell.Streams.Information.add_DataAdded({ foreach ($record in $args[0].ReadAll()) { [AppDomain]::CurrentDomain.GetData('KEY').Command.WriteInformation($record) } })
    $Shell.Streams.Error.add_DataAdded({
        # The node went on after it, as after what a program wrote to its standard error; so must this command.
        $ErrorActionPreference = 'Continue'
        foreach ($record in $args[0].ReadAll()) {
            if ($null -ne [AppDomain]::CurrentDomain.GetData('KEY').Said) { [AppDomain]::CurrentDomain.GetData('KEY').Said.Add($record) }
            if ([AppDomain]::CurrentDomain.GetData('KEY').Keeps) { [AppDomain]::CurrentDomain.GetData('KEY').Keeps.SetValue($record, $true) }
            [AppDomain]::CurrentDomain.GetData('KEY').Command.WriteError($record)
        }
    })
    $Shell.Streams.Progress.add_DataAdded({ foreach ($record in $args[0].ReadAll()) { [AppDomain]::CurrentDomain.GetData('KEY').Command.WriteProgress($record) } })
}

# Has the error of a program say what the program said last, for who is asked about it here. The run's own process does the same.
$machine.AddLines = {
    param($Said, $Failed)
    $lines = [System.Collections.Generic.List[string]]::new()
    $left = 4000
    for ($i = $Said.Count - 1; $i -ge 0 -and $lines.Count -lt 20; $i--) {
        $item = $Said[$i]
        if ($item -is [System.Management.Automation.ErrorRecord]) {
            if ($item.FullyQualifiedErrorId -notlike 'NativeCommandError*') { continue }
            if ($item.InvocationInfo.ScriptLineNumber -ne $Failed.InvocationInfo.ScriptLineNumber -or
                $item.InvocationInfo.OffsetInLine -ne $Failed.InvocationInfo.OffsetInLine) { break }
            $text = $item.Exception.Message
        }
        elseif ($item -is [string]) { $text = $item }
        else { continue }
        $left -= $text.Length
        if ($left -lt 0) { break }
        if ($text.Trim()) { $lines.Insert(0, $text.TrimEnd()) }
    }
    if ($lines.Count -gt 0) {
        $Failed.ErrorDetails = [System.Management.Automation.ErrorDetails]::new((@($Failed.Exception.Message) + $lines) -join [Environment]::NewLine)
    }
}

# Runs one script of a node and gives out what it does. How it ended is noted in the table End: Failed, Exit, Flow, Skip. It may be called in
# strict mode, so what may not be in a table is asked for by its key.
$machine.RunScript = {
    [CmdletBinding()] param($private:machine, $private:script, $private:end)
    $private:block = $private:machine.Scripts[$private:script.Id]
    $private:splat = if ($private:script['Parameters']) { $private:script['Parameters'] } else { @{} }
    $private:isDone = $false
    $private:goesOn = $false
    if ($private:script.ContainsKey('Error')) { $_ = $private:script['Error'] }
    if ($private:script['Using']) {
        foreach ($private:set in $private:script['Using'].GetEnumerator()) { $ExecutionContext.SessionState.PSVariable.Set($private:set.Key, $private:set.Value) }
    }
    if ($private:script['Blocks']) {
        foreach ($private:set in $private:script['Blocks'].GetEnumerator()) {
            if ($private:set.Key.StartsWith('-')) { $private:splat[$private:set.Key.Substring(1)] = $private:machine.Scripts[$private:set.Value] }
            else { $ExecutionContext.SessionState.PSVariable.Set($private:set.Key, $private:machine.Scripts[$private:set.Value]) }
        }
    }
    try {
        if ($private:script['Home']) {
            $private:owner = @($private:machine.Modules[$private:script['Home']])[0]
            $private:block = $private:owner.NewBoundScriptBlock($private:block)
            $private:around = @{ Upstream = $Upstream; DagNode = $DagNode }
            if ($private:script.ContainsKey('Error') -or $null -ne $DagNode.ItemIndex) { $private:around['_'] = $_ }
            if ($private:script['Using']) { foreach ($private:set in $private:script['Using'].GetEnumerator()) { $private:around[$private:set.Key] = $private:set.Value } }
            foreach ($private:set in $private:around.GetEnumerator()) { $private:owner.SessionState.PSVariable.Set("script:$($private:set.Key)", $private:set.Value) }
        }
        if ($private:script['Watches']) {
            & $private:machine.Scripts[$private:script['Watches']] $private:machine
            & $private:machine.WatchExit $private:machine $private:block
        }
        if ($private:script['MayExit']) {
            function Skip-DagNode([string] $Reason) { [AppDomain]::CurrentDomain.GetData('KEY').Skip = @{ Reason = $Reason }; exit }
            $private:state = @{}
            $private:machine.Skip = $null
            $private:machine.Command = $PSCmdlet
            $private:nested = [powershell]::Create('CurrentRunspace')
            try {
                # Only a script that is run nested can exit without the session.
                $null = $private:nested.AddScript('
                    $private:splat = $args[1]
                    do {
                        if ($args[3]) { $args[2] | & $args[0] @splat } else { & $args[0] @splat }
                        $args[4].IsDone = $true
                    } while (($args[4].GoesOn = $true) -and $false)
                    $args[4].Flows = $true', $true).AddArgument($private:block).AddArgument($private:splat)
                $null = $private:nested.AddArgument($private:script['Input']).AddArgument($private:script['IsFed']).AddArgument($private:state)
                & $private:machine.Forward $private:nested
                if ($private:script['Notes']) { $private:machine.Said = [System.Collections.Generic.List[object]]::new() }

                # Given out as it comes: what is there before an error is told with it.
                $private:given = [System.Management.Automation.PSDataCollection[psobject]]::new()
                $private:given.add_DataAdded({
                    foreach ($item in $args[0].ReadAll()) {
                        if ($null -ne [AppDomain]::CurrentDomain.GetData('KEY').Said -and ($item -is [string] -or $item -is [System.Management.Automation.ErrorRecord])) {
                            [AppDomain]::CurrentDomain.GetData('KEY').Said.Add($item)
                        }
                        [AppDomain]::CurrentDomain.GetData('KEY').Command.WriteObject($item)
                    }
                })
                $private:nested.Invoke($null, $private:given)
            }
            catch {
                $private:end.Failed = if ($_.Exception.InnerException -is [System.Management.Automation.IContainsErrorRecord]) {
                    $_.Exception.InnerException.ErrorRecord
                } else { $_ }
            }
            finally { $private:nested.Dispose() }
            if ($private:machine.Skip) { $private:end.Skip = $private:machine.Skip }
            elseif ($private:nested.InvocationStateInfo.State -eq 'Stopped') {
                # A stop that ends what is nested may come to this pipeline a moment later: it is no exit.
                throw [System.Management.Automation.PipelineStoppedException]::new()
            }
            elseif ($private:state['IsDone'] -or $private:end['Failed']) { }
            elseif ($private:state['Flows']) { $private:end.Flow = if ($private:state['GoesOn']) { 'continue' } else { 'break' } }
            elseif ($global:LASTEXITCODE -ne 0) { $private:end.Exit = $global:LASTEXITCODE }
        }
        else {
            do {
                if ($private:script['IsFed']) { $private:script['Input'] | & $private:block @splat } else { & $private:block @splat }
                $private:isDone = $true
            } while (($private:goesOn = $true) -and $false)
            if (-not $private:isDone) { $private:end.Flow = if ($private:goesOn) { 'continue' } else { 'break' } }
        }
    }
    catch { $private:end.Failed = $_ }
    finally {
        if ($private:script['Watches']) { & $private:machine.EndWatch $private:machine }
        if ($private:script['Home']) {
            foreach ($private:name in $private:around.Keys) { $private:owner.SessionState.PSVariable.Remove("script:$private:name") }
        }
    }
    if ($private:script['Watches'] -and $private:machine.Exited -and -not $private:end['Skip'] -and -not (& $private:machine.HasFailed $private:end)) {
        $private:end.ScriptExit = $private:machine.Exited
    }
}

# Whether a script failed, in one way or another, and with what.
$machine.HasFailed = { param($End) $End.ContainsKey('Failed') -or $End.ContainsKey('Exit') -or $End.ContainsKey('ScriptExit') -or $End.ContainsKey('Flow') }
$machine.FailureText = {
    param($End)
    if ($End.ContainsKey('Failed')) { "$($End['Failed'])" } elseif ($End.ContainsKey('Exit')) { "exit $($End['Exit'])" } else { "$($End['Flow'])" }
}

# Asks a node whether, and when, it is to be tried again after an error.
$machine.AskRetry = {
    param($private:machine, $private:call, $private:problem, $private:end)
    foreach ($private:use in 'RetryIf', 'RetryDelay') {
        $private:script = $private:call[$private:use]
        if (-not $private:script) { continue }
        $private:asked = @{}
        $private:script.Error = $private:problem
        $private:given = @(& $private:machine.RunScript $private:machine $private:script $private:asked)
        if ($private:asked.ContainsKey('Skip')) {
            $private:end.Skip = $private:asked.Skip
            $private:end.CanRetry = $false
        }
        elseif (& $private:machine.HasFailed $private:asked) {
            $private:end["$($private:use)Failed"] = & $private:machine.FailureText $private:asked
            $private:end.CanRetry = $false
        }
        elseif ($private:use -eq 'RetryDelay') { $private:end.Delay = $private:given }
        else { $private:end.CanRetry = [bool] $private:given }
        if (-not $private:end.CanRetry) { return }
    }
}

# Runs an attempt. Gives out what the node's script does, and last a table that says how the attempt ended. What a call has nothing of is not
# in it, since all of it is made a text of, here and there, for each node.
$machine.Run = {
    param($private:call)
    Microsoft.PowerShell.Core\Set-StrictMode -Off
    $private:machine = [AppDomain]::CurrentDomain.GetData('KEY')
    & $private:machine.ForgetErrors $private:machine
    $private:machine.Watch = $null
    $private:end = @{ 'KEY' = $true; CanRetry = $true }
    if ($private:call.Forgets) { $private:machine.Scripts.Clear() }
    if ($private:call.New) { & $private:machine.Prepare $private:machine $private:call.New }
    if ($private:call.Watch) {
        # Which script sees to it that it is said where others are, in how many milliseconds, for which attempt, and which others.
        $private:watch = $private:call.Watch.Split(' ')
        if (-not $private:machine.ContainsKey('Clock')) { & $private:machine.Scripts[[int] $private:watch[0]] $private:machine }

        # The interface of this pipeline.
        $private:machine.UI = $Host.UI
        $private:machine.Sighted = $null
        $private:machine.Looks = 0
        $private:machine.Watch = $private:watch
        if ($private:machine.Clock) { $null = $private:machine.Clock.Change([int] $private:watch[1], 100) }
    }
    if ($private:call.Files) { & $private:machine.Scripts[$private:call.Files.Driver] $private:machine }
    if ($private:call.Modules) {
        $private:missing = & $private:machine.Import $private:machine $private:call.Modules
        if ($private:missing) {
            $private:end.Kind = 'ModuleMissing'
            $private:end.Module = $private:missing
            return $private:end
        }
    }
    if ($private:call.Cleans) { & $private:machine.Remember $private:machine }
    if ($private:call.Functions) { foreach ($private:id in $private:call.Functions) { . $private:machine.Scripts[$private:id] } }
    if ($private:call.Aliases) {
        foreach ($private:alias in $private:call.Aliases.GetEnumerator()) {
            Microsoft.PowerShell.Utility\Set-Alias -Name $private:alias.Key -Value $private:alias.Value -Scope Local -Force -WhatIf:$false -Verbose:$false -ErrorAction Ignore
        }
    }
    $Upstream = if ($private:call.Upstream) { $private:call.Upstream } else { @{} }
    $private:of = if ($private:call.ContainsKey('ItemIndex')) { '' } else { 'Dag' }
    $DagNode = [pscustomobject]@{
        Name = $private:call.Name; Attempt = $private:call.Attempt; RunId = $private:machine.RunId; ComputerName = $private:machine.Host
        LastError = $private:call.LastError; Item = $private:call["$($private:of)Item"]; ItemIndex = $private:call["$($private:of)ItemIndex"]
        Dependencies = if ($private:call.Dependencies) { $private:call.Dependencies } else { @{} }
    }
    if ($private:call.ContainsKey('ItemIndex')) { $_ = $private:call['Item'] }
    try {
        if ($private:call.ContainsKey('Inquiry')) {
            $private:end.Use = 'RetryIf'
            & $private:machine.AskRetry $private:machine $private:call $private:call.Inquiry $private:end
        }
        if ($private:call.Scripts) {
            foreach ($private:script in $private:call.Scripts) {
                $private:end.Use = $private:script.Use
                if ($private:script.Use -eq 'Files') {
                    & $private:machine.AskFiles $private:machine $private:call.Files $private:end
                    if ($private:end.UpToDate -or $private:end.Skip -or (& $private:machine.HasFailed $private:end)) { break }
                    $private:end.Use = $null
                    continue
                }
                $private:values = @(& $private:machine.RunScript $private:machine $private:script $private:end)
                $private:end.Index = $private:script.Index
                $private:end.IsTrue = [bool] $private:values
                if (-not $private:end.IsTrue -or $private:end.Skip -or (& $private:machine.HasFailed $private:end)) { break }
                $private:end.Use = $null
            }
        }
        if ($private:call.Script -and -not $private:end.Use) {
            if ($private:machine.StrictMode) { Microsoft.PowerShell.Core\Set-StrictMode -Version $private:machine.StrictMode }
            if ($private:call.Script -is [int]) {
                # A script that needs nothing and ends by itself, as most do.
                $private:goesOn = $private:isDone = $false
                try {
                    do {
                        & $private:machine.Scripts[$private:call.Script]
                        $private:isDone = $true
                    } while (($private:goesOn = $true) -and $false)
                    if (-not $private:isDone) { $private:end['Flow'] = if ($private:goesOn) { 'continue' } else { 'break' } }
                }
                catch { $private:end['Failed'] = $_ }
            }
            elseif ($private:call['Files']) { & $private:machine.RunForFiles $private:machine $private:call $private:end }
            else { & $private:machine.RunScript $private:machine $private:call.Script $private:end }
            if ($private:machine.StrictMode) { Microsoft.PowerShell.Core\Set-StrictMode -Off }
        }
        if ($private:call.ExitText -and (-not $private:end.Use -or $private:end.Use -eq 'Files') -and (& $private:machine.HasFailed $private:end)) {
            $private:problem = if ($private:end.Failed) { $private:end.Failed } else {
                $private:said = if ($private:end.ContainsKey('Exit')) { $private:call.ExitText -f $private:end['Exit'] }
                    elseif ($private:end.ContainsKey('ScriptExit')) { $private:call.ScriptExitText -f $private:end['ScriptExit'].Call, $private:end['ScriptExit'].Code }
                    else { $private:call.FlowText -f $private:end['Flow'] }
                [System.Management.Automation.ErrorRecord]::new([Exception]::new($private:said), 'Error', 'OperationStopped', $null)
            }
            if ($private:machine.Said -and $private:problem.FullyQualifiedErrorId -like 'ProgramExitedWithNonZeroCode*') {
                & $private:machine.AddLines $private:machine.Said $private:problem
            }
            $private:machine.Said = $null
            & $private:machine.AskRetry $private:machine $private:call $private:problem $private:end
        }
        $private:machine.Said = $null
    }
    finally {
        # A stop that comes just now ends what is done here too, but for what is done because of that.
        $private:isClean = -not $private:call.Cleans
        try {
            if ($private:machine.StrictMode) { Microsoft.PowerShell.Core\Set-StrictMode -Off }
            if ($private:machine.Watch) {
                $private:machine.Watch = $null
                if ($private:machine.Clock) { $null = $private:machine.Clock.Change(-1, -1) }
            }
            # The thread is the next node's too.
            if (-not [object]::ReferenceEquals([cultureinfo]::CurrentCulture, $private:machine.Culture)) { [cultureinfo]::CurrentCulture = $private:machine.Culture }
            if (-not [object]::ReferenceEquals([cultureinfo]::CurrentUICulture, $private:machine.UICulture)) { [cultureinfo]::CurrentUICulture = $private:machine.UICulture }
            if ($global:LASTEXITCODE -ne $private:machine.Code) { $global:LASTEXITCODE = $private:machine.Code }
            if (-not $private:isClean) {
                & $private:machine.CleanUp $private:machine
                $private:isClean = $true
            }
        }
        finally { if (-not $private:isClean) { & $private:machine.CleanUp $private:machine } }
    }
    $private:failed = $private:end.Failed
    if ($private:failed) {
        $private:end.Failed = $true
        $private:end.Message = "$private:failed"
        $private:end.Stack = $private:failed.ScriptStackTrace
        $private:end.File = $private:failed.InvocationInfo.ScriptName
        $private:end.Line = $private:failed.InvocationInfo.ScriptLineNumber
        $private:end.Column = $private:failed.InvocationInfo.OffsetInLine
        $private:end.Width = "$($private:failed.InvocationInfo.PositionMessage)".Split('~').Count - 1
        $private:text = "$($private:failed.InvocationInfo.Line)".TrimEnd()
        if ($private:text.Length -le 500) { $private:end.Text = $private:text }
    }

    # Where there is nothing to tell, as of most attempts, the key alone says that it ended.
    if ($private:end.Count -eq 2) { 'KEY' } else { $private:end }
    if ($private:failed) { throw $private:failed }
}

# Sets what is to hold in all nodes. A run may begin in a session before another has left it: what was found there belongs to both.
$machine.SetUp = {
    param($Machine, $Preferences)
    . $Machine.Quiet
    $mark = "DagShell in $([runspace]::DefaultRunspace.InstanceId)"
    $shared = [AppDomain]::CurrentDomain.GetData($mark)
    if (-not $shared) {
        $shared = @{ Runs = 0; Before = @{}; Mark = $mark }
        [AppDomain]::CurrentDomain.SetData($mark, $shared)
    }
    $shared.Runs++
    $Machine.Shared = $shared
    foreach ($name in $Preferences.Keys) {
        if (-not $shared.Before.ContainsKey($name)) {
            $shared.Before[$name] = Microsoft.PowerShell.Utility\Get-Variable -Name $name -Scope Global -ValueOnly -ErrorAction Ignore
        }
        Microsoft.PowerShell.Utility\Set-Variable -Name $name -Value $Preferences[$name] -Scope Global -Force
    }
}

# Makes ready for a script that runs in the session's own scope, outside of all this: so what it leaves is there for all nodes. The functions
# that it calls come before it, and are gone after it.
$machine.Provide = {
    param($Machine, $Call)
    . $Machine.Quiet
    Microsoft.PowerShell.Core\Set-StrictMode -Off
    if (-not $Machine.First) {
        & $Machine.Remember $Machine
        $Machine.First = $Machine.Snapshot
    }
    $Machine.Snapshot = $null
    if ($Call.Forgets) { $Machine.Scripts.Clear() }
    if ($Call.New) { & $Machine.Prepare $Machine $Call.New }
    $missing = if ($Call.Modules) { & $Machine.Import $Machine $Call.Modules }
    if ($missing) { return @{ Module = $missing } }
    $Machine.Provided = @{ Variables = @(); Functions = @() }
    if ($Call.Functions) {
        $items = $ExecutionContext.InvokeProvider.Item
        foreach ($function in $Call.Functions.GetEnumerator()) {
            if ($items.Exists("function:$($function.Key)")) { continue }
            $private:body = & { . $args[0]; $args[1].Get("function:$($args[2])")[0].ScriptBlock } $Machine.Scripts[$function.Value] $items $function.Key
            $null = $items.Set("function:global:$($function.Key)", $private:body)
            $Machine.Provided.Functions += $function.Key
        }
    }
    $values = @{}
    if ($Call.Script.Using) { foreach ($set in $Call.Script.Using.GetEnumerator()) { $values[$set.Key] = $set.Value } }
    if ($Call.Script.Blocks) { foreach ($set in $Call.Script.Blocks.GetEnumerator()) { $values[$set.Key] = $Machine.Scripts[$set.Value] } }
    foreach ($set in $values.GetEnumerator()) {
        Microsoft.PowerShell.Utility\Set-Variable -Name $set.Key -Value $set.Value -Scope Global -Force
        $Machine.Provided.Variables += $set.Key
    }
    $Machine.Ended = @{}
    $Machine.Here = $Call.Script.Id
    $Machine.Nested = $null
    if ($Call.Script.MayExit) {
        $global:LASTEXITCODE = 0
        $Machine.Nested = [powershell]::Create('CurrentRunspace')
        $null = $Machine.Nested.AddScript("
            . ([AppDomain]::CurrentDomain.GetData('KEY').Scripts[$($Machine.Here)])
            [AppDomain]::CurrentDomain.GetData('KEY').Ended.IsDone = `$true", $false)
    }
}

# Runs such a script. Dot-sourced where it is to run, so that it has no variables. What may exit is run nested.
$machine.RunHere = {
    try {
        if ([AppDomain]::CurrentDomain.GetData('KEY').Nested) { $null = [AppDomain]::CurrentDomain.GetData('KEY').Nested.Invoke() }
        else {
            . ([AppDomain]::CurrentDomain.GetData('KEY').Scripts[[AppDomain]::CurrentDomain.GetData('KEY').Here])
            [AppDomain]::CurrentDomain.GetData('KEY').Ended.IsDone = $true
        }
    }
    catch { [AppDomain]::CurrentDomain.GetData('KEY').Ended.Failed = $_ }
}

# Takes back what came before such a script, and says how it failed.
$machine.Withdraw = {
    param($Machine)
    . $Machine.Quiet
    Microsoft.PowerShell.Core\Set-StrictMode -Off
    $ended = $Machine.Ended
    if ($Machine.Nested) {
        foreach ($record in $Machine.Nested.Streams.Information.ReadAll()) { Microsoft.PowerShell.Utility\Write-Information $record }
        $Machine.Nested.Dispose()
        if ($ended.Failed -and $ended.Failed.Exception.InnerException -is [System.Management.Automation.IContainsErrorRecord]) {
            $ended.Failed = $ended.Failed.Exception.InnerException.ErrorRecord
        }
        elseif (-not $ended.Failed -and -not $ended.IsDone -and $global:LASTEXITCODE) { $ended.Exit = $global:LASTEXITCODE }
    }
    elseif (-not $ended.IsDone -and -not $ended.Failed) { $ended.Flow = 'break' }
    foreach ($name in $Machine.Provided.Functions) { Microsoft.PowerShell.Management\Remove-Item -LiteralPath "function:$name" -Force -ErrorAction Ignore }
    foreach ($name in $Machine.Provided.Variables) { Microsoft.PowerShell.Utility\Remove-Variable -Name $name -Scope Global -Force -ErrorAction Ignore }
    & $Machine.ForgetErrors $Machine
    $Machine.Location = $PWD
    if (& $Machine.HasFailed $ended) {
        $failed = $ended.Failed
        @{ Message = & $Machine.FailureText $ended; Stack = $failed.ScriptStackTrace; File = $failed.InvocationInfo.ScriptName
            Line = $failed.InvocationInfo.ScriptLineNumber }
    }
}

# Leaves the session as it was found.
$machine.TearDown = {
    param($Machine)
    . $Machine.Quiet
    Microsoft.PowerShell.Core\Set-StrictMode -Off
    & $Machine.ForgetErrors $Machine
    if ($Machine.First) {
        $Machine.Snapshot = $Machine.First
        $Machine.Location = $Machine.Found
        & $Machine.CleanUp $Machine
    }
    $shared = $Machine.Shared
    $shared.Runs--
    if ($shared.Runs -eq 0) {
        foreach ($name in $shared.Before.Keys) {
            Microsoft.PowerShell.Utility\Set-Variable -Name $name -Value $shared.Before[$name] -Scope Global -Force
        }
        [AppDomain]::CurrentDomain.SetData($shared.Mark, $null)
    }
    if ($Machine.Imported) { Microsoft.PowerShell.Core\Remove-Module -ModuleInfo $Machine.Imported -Force -ErrorAction Ignore }
    if ($Machine.Clock) {
        $Machine.Clock.Dispose()
        $Machine.Looker.Dispose()
    }
    [AppDomain]::CurrentDomain.SetData('KEY', $null)
}

[AppDomain]::CurrentDomain.SetData('KEY', $machine)
$machine.RunId = $args[1]
$machine.Host = if ($args[2]) { $args[2] } else { [Environment]::MachineName }
$machine.StrictMode = $args[3]
& $machine.SetUp $machine $args[0]
$aliases = @{}
foreach ($alias in $ExecutionContext.InvokeProvider.ChildItem.Get('alias:', $false)) { $aliases[$alias.Name] = $alias.Definition }
@{ Machine = [Environment]::MachineName; Version = "$($PSVersionTable.PSVersion)"; Aliases = $aliases }

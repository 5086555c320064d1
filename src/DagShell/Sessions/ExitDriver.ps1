# Notices in a session that a script file ended with a code other than 0 as the last thing that a node called. Sent with the first node there
# that may call one. The rules are those of the run's own process (ExitCodeWatch, LastStatement).
param($machine)
if ($machine.WatchExit) { return }

# Whether one place is in another.
$machine.HasPlace = { param($Ast, $Place) $Ast.Extent.StartOffset -le $Place.StartOffset -and $Ast.Extent.EndOffset -ge $Place.EndOffset }

# Whether what stands at a place is the last of some statements.
$machine.IsLastOf = {
    param($Machine, $Statements, $Place)
    $around = foreach ($statement in $Statements) { if (& $Machine.HasPlace $statement $Place) { $statement; break } }
    if (-not $around) { return $false }
    if ($around -ne @($Statements)[-1]) {
        return $null -ne $around.Find({ $args[0] -is [System.Management.Automation.Language.ReturnStatementAst] -and (& $Machine.HasPlace $args[0] $Place) }, $false)
    }
    $blocks = switch ($around.GetType().Name) {
        'IfStatementAst' { $around.Clauses.Item2; $around.ElseClause }
        'SwitchStatementAst' { $around.Clauses.Item2; $around.Default }
        'TryStatementAst' { $around.Body; $around.CatchClauses.Body; $around.Finally }
        'BlockStatementAst' { $around.Body }
        'ReturnStatementAst' { return $true }
        'PipelineChainAst' { return & $Machine.IsLastOfChain $Machine $around $Place }
        default {
            if ($around -isnot [System.Management.Automation.Language.LoopStatementAst]) { return & $Machine.IsCall $around }
            $around.Body
        }
    }
    foreach ($block in $blocks) { if ($block -and (& $Machine.HasPlace $block $Place) -and (& $Machine.IsLastOf $Machine $block.Statements $Place)) { return $true } }
    $false
}

# Of a && b, after a failure of a there is no b.
$machine.IsLastOfChain = {
    param($Machine, $Chain, $Place)
    if (& $Machine.HasPlace $Chain.RhsPipeline $Place) { return & $Machine.IsLastOf $Machine @($Chain.RhsPipeline) $Place }
    "$($Chain.Operator)" -eq 'AndAnd' -and (& $Machine.IsLastOf $Machine @($Chain.LhsPipelineChain) $Place)
}

# Whether a statement can be a call of a script file: PowerShell says of a call in an argument that it is where its statement is.
$machine.IsCall = {
    param($Statement)
    $pipeline = if ($Statement -is [System.Management.Automation.Language.AssignmentStatementAst]) { $Statement.Right } else { $Statement }
    if ($pipeline -isnot [System.Management.Automation.Language.PipelineAst]) { return $false }
    foreach ($element in $pipeline.PipelineElements) {
        if ($element -is [System.Management.Automation.Language.CommandAst]) {
            $name = $element.GetCommandName()
            $command = if ($name) { Microsoft.PowerShell.Core\Get-Command -Name $name -ErrorAction Ignore | Microsoft.PowerShell.Utility\Select-Object -First 1 }
            if ($command -is [System.Management.Automation.AliasInfo]) { $command = $command.ResolvedCommand }
            if ($command -isnot [System.Management.Automation.CmdletInfo] -or
                $element.CommandElements.Where{ $_ -is [System.Management.Automation.Language.ScriptBlockExpressionAst] }) { return $true }
        }
        elseif ($element.Expression -is [System.Management.Automation.Language.ParenExpressionAst] -or
            $element.Expression -is [System.Management.Automation.Language.ArrayExpressionAst]) { return $true }
    }
    $false
}

# Whether what stands at a place is the last thing that the script block does which it is in; and whether that is the whole script.
$machine.IsLastAt = {
    param($Machine, $Place, $Whole)
    $tokens = $errors = $null
    $text = $Place.StartScriptPosition.GetFullScript()
    $file = [System.Management.Automation.Language.Parser]::ParseInput($text, [ref] $tokens, [ref] $errors)
    $around = @($file.FindAll({ $args[0] -is [System.Management.Automation.Language.ScriptBlockAst] -and (& $Machine.HasPlace $args[0] $Place) }, $true))
    $innermost = if ($around) { $around[-1] } else { $file }
    $last = if ($innermost.EndBlock) { $innermost.EndBlock } elseif ($innermost.ProcessBlock) { $innermost.ProcessBlock } else { $innermost.BeginBlock }
    @{ IsLast = $last -and (& $Machine.HasPlace $last $Place) -and (& $Machine.IsLastOf $Machine $last.Statements $Place)
        IsWhole = $innermost.Extent.StartOffset -le $Whole.StartOffset }
}

# The call in the node's script, if it and all calls on the way to the file are last statements.
$machine.CallAtEnd = {
    param($Machine, $Frames)
    $whole = $Machine.Watched.Ast.Extent
    $text = $whole.StartScriptPosition.GetFullScript()
    $call = $null
    foreach ($frame in $Frames) {
        $place = $frame.Position
        if (-not $place -or -not $place.StartScriptPosition) { continue }
        $isOwn = "$($place.File)" -eq "$($whole.File)" -and $place.StartOffset -ge $whole.StartOffset -and $place.EndOffset -le $whole.EndOffset -and
            $place.StartScriptPosition.GetFullScript() -ceq $text
        $end = & $Machine.IsLastAt $Machine $place $whole
        if (-not $end.IsLast) { return }
        if ($isOwn) {
            if (-not $call) { $call = $place }
            if ($end.IsWhole) { return $call }
        }
    }
}

# Whether the value of $LASTEXITCODE comes from the exit of a script, and neither from a program nor from an assignment: PowerShell says it
# nowhere else than in who sets it.
$machine.IsSetByScriptFile = {
    $setters = 'ArgumentTransformationAttribute', 'PSVariable', 'SessionStateScope', 'SessionStateInternal', 'ExecutionContext'
    $isInside = $false
    foreach ($frame in [System.Diagnostics.StackTrace]::new().GetFrames()) {
        $method = $frame.GetMethod()
        $type = if ($method -and $method.DeclaringType) { $method.DeclaringType.Name } else { '' }
        if ($type -eq 'ValidateScriptAttribute') { $isInside = $true }
        elseif ($isInside -and $type -notin $setters -and $type -notlike 'Validate*') { return $type -like '*ScriptCommandProcessor' }
    }
    $false
}

# Asked by PowerShell before it sets the variable. Whatever it finds, the value is a good one.
$machine.ExitWatch = [ValidateScript]::new({
    $machine.Exited = $null
    if ($_ -is [int] -and $_ -ne 0 -and (& $machine.IsSetByScriptFile)) {
        # The first frame is this one.
        $call = & $machine.CallAtEnd $machine @(Microsoft.PowerShell.Utility\Get-PSCallStack | Microsoft.PowerShell.Utility\Select-Object -Skip 1)
        if ($call) { $machine.Exited = @{ Code = $_; Call = $call.Text; File = $call.File; Line = $call.StartLineNumber } }
    }
    $true
}.GetNewClosure())

# Begins and ends to watch while a script runs.
$machine.WatchExit = {
    param($Machine, $Script)
    $Machine.Exited = $null
    $Machine.Watched = $Script
    if ($null -eq $global:LASTEXITCODE) { $global:LASTEXITCODE = 0; $Machine.HadNoCode = $true }
    (Microsoft.PowerShell.Utility\Get-Variable -Name LASTEXITCODE -Scope Global).Attributes.Add($Machine.ExitWatch)
}
$machine.EndWatch = {
    param($Machine)
    $variable = Microsoft.PowerShell.Utility\Get-Variable -Name LASTEXITCODE -Scope Global
    $null = $variable.Attributes.Remove($Machine.ExitWatch)
    if ($Machine.HadNoCode -and $variable.Value -eq 0) { Microsoft.PowerShell.Utility\Remove-Variable -Name LASTEXITCODE -Scope Global -Force }
    $Machine.HadNoCode = $false
}

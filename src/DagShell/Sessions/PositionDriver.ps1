# Says, as the time of a node runs out, where its script is: a stop ends all of its frames before anybody in the session could look. Sent
# with the first node there that has a timeout. The session's own thread is busy then, so a second runspace looks. What a clock calls cannot
# be a script, which would wait for that thread: it is compiled here, and begins the script that looks.
param($machine)
$machine.Clock = $null
$machine.Runspace = [runspace]::DefaultRunspace
$machine.Running = [runspace].GetMethod('GetCurrentlyRunningPipeline', [System.Reflection.BindingFlags] 'NonPublic, Instance')
$look = {
    param($Machine)
    try {
        $watch = $Machine.Watch
        $ui = $Machine.UI
        $frames = @($Machine.Runspace.Debugger.GetCallStack())
        if (-not $watch -or ++$Machine.Looks -gt 30) {
            # Where the connection is lost no stop may come.
            $null = $Machine.Clock.Change(-1, -1)
            return
        }

        # Once it is being stopped it is in its finally, or soon will be.
        if ($Machine.Running.Invoke($Machine.Runspace, $null).PipelineStateInfo.State -ne 'Running') { return }
        $inner = $null
        foreach ($frame in $frames) {
            $place = $frame.Position
            if (-not $place -or $place.StartLineNumber -le 0) { continue }
            if (-not $inner) { $inner = $place }
            $text = $place.StartScriptPosition.GetFullScript()
            for ($i = 3; $i -lt $watch.Count; $i++) {
                $script = $Machine.Scripts[[int] $watch[$i]]
                if (-not [object]::ReferenceEquals($text, $script.Ast.Extent.StartScriptPosition.GetFullScript())) { continue }
                $sighted = "$($Machine.Key) $($watch[2]) $($watch[$i]) $($place.StartLineNumber) $($place.StartColumnNumber) $($place.EndLineNumber) " +
                    "$($place.EndColumnNumber) $($inner.StartLineNumber) $($inner.File)"
                if ($Machine.Sighted -cne $sighted) {
                    $Machine.Sighted = $sighted
                    $ui.WriteDebugLine($sighted)
                }
                return
            }
        }
    }
    catch {
        # The stack changes while it is looked at.
    }
}
try {
    $state = [initialsessionstate]::Create()
    $state.LanguageMode = 'FullLanguage'
    $machine.Looker = [powershell]::Create($state).AddScript($look.ToString()).AddArgument($machine)
    $begin = [System.Linq.Expressions.Expression]::Call(
        [System.Linq.Expressions.Expression]::Constant($machine.Looker), [powershell].GetMethod('BeginInvoke', [type]::EmptyTypes))
    $body = [System.Linq.Expressions.Expression]::TryCatch(
        [System.Linq.Expressions.Expression]::Block([void], $begin),
        [System.Linq.Expressions.Expression]::Catch([Exception], [System.Linq.Expressions.Expression]::Empty()))
    $ignored = [System.Linq.Expressions.ParameterExpression[]] @([System.Linq.Expressions.Expression]::Parameter([object], 'state'))
    $tick = [System.Linq.Expressions.Expression]::Lambda([System.Threading.TimerCallback], $body, $ignored).Compile()
    $machine.Clock = [System.Threading.Timer]::new($tick, $null, -1, -1)
}
catch {
    # Then it is not told.
}

using System.Collections;
using System.Globalization;
using System.Management.Automation;
using DagShell.Engine.Analysis;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;

namespace DagShell.Texts;

/// <summary>What the module says to its users, in one place: what happened, to which node, and what to do.</summary>
internal static class Messages
{
    public static string NotANode(object? value) =>
        $"{Describe(value)} is neither a node nor a dag. "
        + (value?.ToString()?.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase) == true
            ? "A dag file is run by Invoke-Dag -Path, or by its file object: Get-Item x.dag.ps1 | Invoke-Dag."
            : "A dag is made of the nodes that New-DagNode gives out; if a dag file emits other objects too, send those to Out-Null or "
                + "assign them.");

    public static string NotADagFile(string path, object? value) =>
        $"The dag file '{path}' gave out something other than nodes and dags: {Describe(value)}. "
        + "Send such output to Out-Null or assign it.";

    public static string DagFileNotFound(string path) =>
        $"There is no dag file '{path}'. Give the path of a script that emits nodes or a dag, relative to the current location.";

    public static string NotAScript(string path) =>
        $"'{path}' is not a dag file: a dag file is a PowerShell script, and its name ends in '.ps1'.";

    public static string BadDuration(object? value) =>
        $"{ForDuration(value)} not a duration. Give a number of seconds, a number with a unit (500ms, 2s, 5m, 1h, 1d), or a TimeSpan.";

    private static string ForDuration(object? value)
    {
        const int Most = 3;
        if (value is not IList list)
        {
            return value is null ? "Nothing ($null) is" : $"'{value}' is";
        }

        string first = string.Join(", ", list.Cast<object?>().Take(Most).Select(static item => item is null ? "$null" : $"'{item}'"));
        string more = list.Count > Most ? ", …" : string.Empty;
        return list.Count switch
        {
            0 => "An empty list is",
            1 => $"A list ({first}) is",
            _ => $"{list.Count} values ({first}{more}) are",
        };
    }

    public static string BadVariableName(string name) =>
        $"'{name}' is not the name of a variable. Give the name alone: -RunVariable {(name.TrimStart('$', '+') is { Length: > 0 } bare
            ? bare : "run")}.";

    public static string NoVariableName(object? value) =>
        $"{Describe(value)} is not the name of a variable. Give the name alone, without a dollar sign: -RunVariable run.";

    public static string NegativeDuration(object? value) => $"A duration cannot be negative: '{value}'.";

    /// <summary>Nodes of a path that are told.</summary>
    private const int MostOfPath = 8;

    public const string NoActivity = "Write-Progress needs an -Activity, but for -Completed.";

    public const string SequentialAlone =
        "-Sequential runs the nodes in this very session; it does not go with -AsJob, -UseNewRunspace or -InitialSessionState.";

    public const string ZeroRunTimeout = "The -Timeout of a run must be longer than zero. Leave it out for no limit.";

    public static string ZeroTimeout(string node) => $"The -Timeout of node '{node}' must be longer than zero. Leave it out for no limit.";

    public static string ZeroInterval(string node) =>
        $"The -PreconditionInterval of node '{node}' must be longer than zero. Leave it out for a second.";

    public static string CleanUpIsNoFallback(string node) =>
        $"Node '{node}' cannot be both clean-up (-CleanUpOf) and a fallback (-FallbackFor): the one runs in any case, the other after a "
            + "failure alone.";

    public static string CleanUpHasNoRule(string node) =>
        $"Node '{node}' is clean-up (-CleanUpOf), which runs however the nodes before it ended. Leave -TriggerRule out.";

    public static string DurationTooLong(string parameter, TimeSpan value, TimeSpan longest) =>
        $"-{parameter} is {DurationText.Of(value)}; the most it can be is {DurationText.Of(longest)}.";

    public static string TooManyItems(int most) =>
        $"-ForEach gives more than {most:N0} items, which is the most that a node may have: it seems to have no end.";

    public static string NotKnownYet => "not known yet";

    public static string Count(int count) => $"{count:N0}";

    public static string DagInItself(string node, IReadOnlyList<string> path) =>
        $"Node '{node}' stands for a dag that is inside of itself: {string.Join(" → ", path)}. Let one of them stand for another dag.";

    public static string DagIsNoScript(string node, string parameter) =>
        $"Node '{node}' stands for a dag (-Dag), and -{parameter} is for a script: give it to the nodes of that dag.";

    public static string RateComesLate(string node, string pool) =>
        $"The dag of node '{node}' limits how often nodes of pool '{pool}' start, and the run has begun without that. Give it to "
            + $"Invoke-Dag: -PoolLimit @{{ '{pool}' = … }}.";

    public static string InsideNotKnown(string parameter, string name, string node) =>
        $"-{parameter} '{name}': what is inside of node '{node}' is known only when its turn has come. "
            + $"Name '{node}', which means all of it.";

    public static string SeveralDagFiles(string path, int count) =>
        $"-Dag '{path}' stands for {count:N0} files. Give one; New-Dag gathers several dags into one.";

    public static string NoInnerDag(object? value) =>
        $"-Dag takes a dag, nodes, a script block that gives them, or the path of a dag file; not {Describe(value)}.";

    private static string ItemCount(int count) => count == 1 ? "1 item" : $"{count:N0} items";

    public static string ItemsFailed(string node, string failure) =>
        $"Node '{node}': {failure}{(failure.EndsWith('.') ? string.Empty : ".")}";

    /// <param name="done">How many items have ended.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="failed">How many of those that have ended failed.</param>
    public static string ItemProgress(int done, int total, int failed) =>
        $"{done:N0} of {total:N0}" + (failed == 0 ? string.Empty : $", {failed:N0} failed");

    public static string BadNodeName(string? name) =>
        $"'{name}' cannot be a node's name: it must not be empty, and must have no control characters.";

    public static string BadPoolLimit(object? pool, object? limit) =>
        $"The limit of the pool '{pool}' must be a whole number, 1 or more, a rate such as '120/1m', or both; it is "
            + $"'{(limit is System.Collections.IEnumerable parts and not string ? string.Join(", ", parts.Cast<object?>()) : limit)}'.";

    public static string Problem(GraphProblem problem) => problem.Pool is { } pool
        ? $"{problem.Message} A limit is given with -PoolLimit @{{ {HashTableKey(pool)} = 2 }}."
        : problem.Message;

    public static string EmptyInnerDag(string node) => $"The dag of node '{node}' has no nodes. Give it at least one.";

    public static string UsingNotSet(string expression) =>
        $"The value of {expression} cannot be retrieved, because the variable is not set where the node is made. "
        + "Set it before New-DagNode, or hand it in with -Parameter.";

    public static string NodeNotFound(string parameter, string name, string? nearest) =>
        $"-{parameter} '{name}' is no node of the dag." + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?");

    public static string NodeFailed(string node, NodeFailure failure, string? position)
    {
        string where = position is null ? string.Empty : $" at {position}";
        return failure.Kind switch
        {
            FailureKind.Error => $"Node '{node}' failed{where}: {failure.Message}",
            FailureKind.ItemsFailed or FailureKind.InnerNodesFailed => ItemsFailed(node, failure.Message),
            _ => failure.Message,
        };
    }

    /// <param name="status">How the run ended.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="failed">How many nodes failed.</param>
    /// <param name="harmless">How many of these the run did not fail by: tolerated, or with a fallback that stands for them.</param>
    /// <param name="skipped">How many were skipped.</param>
    /// <param name="cancelled">How many were cancelled.</param>
    public static string RunEnded(RunStatus status, TimeSpan duration, int failed, int harmless, int skipped, int cancelled)
    {
        List<string> counts = [];
        if (failed > 0)
        {
            counts.Add($"{failed} failed{(harmless > 0 ? $" ({harmless} tolerated)" : string.Empty)}");
        }

        if (skipped > 0)
        {
            counts.Add($"{skipped} skipped");
        }

        if (cancelled > 0)
        {
            counts.Add($"{cancelled} cancelled");
        }

        string end = $"{status} in {DurationText.Of(duration)}";
        return counts.Count == 0 ? end : $"{end}: {string.Join(", ", counts)}";
    }

    public static string FailedLine(string failure, bool isHarmless) => isHarmless ? $"  ✗ {failure} (tolerated)" : $"  ✗ {failure}";

    public static string MoreFailed(int more) => $"  … and {more} more";

    public static string ResumeWith(string command) => $"To go on with what is left: {command}";

    public static string FailedNode(string node, string? position, string cause) =>
        position is null ? $"{node}: {cause}" : $"{node} at {position}: {cause}";

    /// <param name="failed">How many nodes failed.</param>
    /// <param name="causes">What became of the first of them, a line each.</param>
    public static string RunFailed(int failed, IReadOnlyCollection<string> causes) => string.Join(
        Environment.NewLine + "  ",
        [
            failed == 1 ? "The run failed: 1 node failed." : $"The run failed: {failed} nodes failed.",
            .. causes,
            .. failed > causes.Count ? new[] { $"… and {failed - causes.Count} more" } : [],
        ]);

    /// <param name="node">Its name.</param>
    /// <param name="precondition">What does not hold, see <see cref="Precondition"/>.</param>
    /// <param name="polled">For how long it was asked; null for once.</param>
    /// <param name="cause">What it failed with, if it failed.</param>
    public static string PreconditionNotMet(string node, string precondition, TimeSpan? polled, string? cause) =>
        $"Node '{node}' did not run: its precondition {precondition} does not hold"
        + (polled is { } time ? $", and did not within {DurationText.Of(time)}" : string.Empty)
        + (cause is null ? "." : $": {cause}");

    public static string PreconditionCut(string node, string precondition, TimeSpan polled, string? cause) =>
        $"Node '{node}' did not run: its precondition {precondition} did not hold for {DurationText.Of(polled)}, "
            + "until the run was cut short"
            + (cause is null ? "." : $": {cause}");

    public static string PreconditionPolled(string precondition, string? cause) =>
        $"The precondition {precondition} does not hold" + (cause is null ? "." : $": {cause}");

    /// <param name="text">Its script.</param>
    /// <param name="values">What the variables in it stand for.</param>
    /// <param name="position">Where it is written.</param>
    public static string Precondition(string text, IReadOnlyCollection<string> values, string position) =>
        $"{{ {text} }}{(values.Count == 0 ? string.Empty : $" with {string.Join(", ", values)}")} at {position}";

    public static string ValueOf(string expression, string value) => $"{expression} = {value}";

    public static string MandatoryParameter(string node, string parameter) =>
        $"The script of node '{node}' has a mandatory parameter '{parameter}', and neither a dependency nor -Parameter has that name. "
        + $"Add -DependsOn '{parameter}', or -Parameter @{{ {parameter} = … }} to Invoke-Dag.";

    public static string ExitCode(string node, object? code) => $"The script of node '{node}' ended with 'exit {code}'.";

    public static string ScriptExitCode(string node, string call, object? code) =>
        $"'{call.Trim()}', the last call of node '{node}', ended with 'exit {code}'. If that is no failure, let something follow: "
            + "'exit 0', or a look at $LASTEXITCODE.";

    public static string StrayFlow(string node, string keyword) =>
        $"The script of node '{node}' came upon a '{keyword}' outside of a loop, which ended it. Use 'return' to end a node early.";

    public static string StrayFlowInDag(string? file, string keyword) =>
        (string.IsNullOrEmpty(file) ? "The script block that makes the nodes" : $"The dag file '{file}'")
        + $" came upon a '{keyword}' outside of a loop, which ended it. Use 'return' to end it early.";

    public static string Position(string? file, int line) => string.IsNullOrEmpty(file) ? $"line {line}" : $"{file}:{line}";

    public static string UnknownCommand(string node, string command, string position, string? module) =>
        $"Node '{node}' calls '{command}' at {position}, "
        + (module is null
            ? "and no such command is known here. If the node brings it along itself, this does no harm."
            : $"and the module '{module}' that has it cannot be loaded again: it has no file. Import it in the node, or run with "
                + "-Sequential.");

    public static string UnknownParameter(string key, string? nearest) =>
        $"-Parameter has '{key}', and no script of a node and no dag file has a parameter of that name."
        + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?");

    public static string UnknownPool(string parameter, string key, string? nearest) =>
        $"-{parameter} has '{key}', and no node is in a pool of that name."
            + (nearest is null ? string.Empty : $" Did you mean '{nearest}'?");

    public static string Mocked(string command) =>
        $"'{command}' is mocked here with Pester's Mock, which works in the session of the test alone and not in the runspaces of nodes. "
            + "Run the dag with Invoke-Dag -Sequential in this test.";

    public static string WaitsForDebugger(string node) =>
        $"Node '{node}' calls Wait-Debugger, which holds it until someone enters it with Debug-Runspace in another session of this "
            + "process. "
        + "Use -Sequential to debug a node, or give the node a -Timeout.";

    public static string BoundToCaller(string node, string where, string type) =>
        $"Node '{node}' calls a method of {where}, an object of the class '{type}'. PowerShell runs methods of its classes in the "
            + "session that made the "
        + "object, which is this one: not in the node's runspace, and not beside other nodes; results may be lost. "
        + $"Write [NoRunspaceAffinity()] above 'class {type}'.";

    public static string BoundToOther(string where, string type) =>
        $"A method of {where} is called, an object of the class '{type}'. "
            + $"PowerShell runs methods of its classes in the session that made the "
            + "object, which is that of another node: not in this node's runspace, and perhaps not at all, if that is busy or closed. "
            + $"Write [NoRunspaceAffinity()] above 'class {type}'.";

    public static string DriveMissing(string node, string drive, string module) =>
        $"Node '{node}' names the drive '{drive}', which the module '{module}' has made here and which nodes do not have. Make it in the "
            + "node, or in -InitializationScript, or run with -Sequential.";

    public static string LocationMissing(string location, string module, string folder) =>
        $"The location '{location}' is on a drive of the module '{module}', which nodes do not have. They start in '{folder}'.";

    public static string FolderMissing(string folder) =>
        $"The current folder '{folder}' is not there any more. Nodes start in the folder in which PowerShell starts without one; use "
            + "full paths, "
        + "or Set-Location before Invoke-Dag.";

    public static string ModuleNotLoaded(string module, string? file, string cause) =>
        $"The module '{module}'{(file is null ? string.Empty : $" ({file})")} could not be loaded in the node's runspace: {cause}";

    public static string NestedModuleNotFound(string parent) => $"It is not among the modules that '{parent}' comes with.";

    public static string CommandHidden(string cmdlet, string? module, string other) =>
        $"'{cmdlet}' is {(module is null ? "PowerShell's own cmdlet" : $"a cmdlet of the module '{module}'")} here, "
        + $"and in the node's runspace that of the module '{other}' hides it. Call it by "
            + $"'{module ?? "Microsoft.PowerShell.Core"}\\{cmdlet}'.";

    public static string RunspaceLost(string node) =>
        $"The runspace of node '{node}' was closed while its script ran in it. A node must not close its own runspace.";

    public static string ClosureOfSession(string parameter) =>
        $"-{parameter} is a closure, or of a module without a file (GetNewClosure(), New-Module): the variables of that are not there for "
        + "it in the runspaces of nodes. Give it their values with $using:.";

    public static string InitializationFailed(string cause) => $"The session could not be initialized (-InitializationScript): {cause}";

    public static string FinalizationFailed(string cause) => $"-FinalizationScript did not end well: {cause}";

    public static string RunspaceNotOpened(string node, string cause) => $"No runspace could be opened for node '{node}': {cause}";

    public static string NotAPath(object? value) => IsNotAPath(Describe(value));

    public static string NotAPath(string type, string value) => IsNotAPath(Describe(type, value));

    public static string InputWithoutOutput(string node) =>
        $"Node '{node}' has -InputPath, and nothing that is made of it. Say with -OutputPath what the node writes.";

    public static string InputMissing(string path) => $"The input '{path}' is not there, so the node is run, whatever outputs are there.";

    public static string OutputMissing(string path) => $"The node has run, and its output '{path}' is not there.";

    public static string ReadsUnordered(string reader, string writer, string path) =>
        $"Node '{reader}' reads '{path}', which node '{writer}' writes, and nothing says which of them comes first. "
            + $"Add -DependsOn '{writer}' to '{reader}'.";

    public static string BothWrite(string one, string other, string path) =>
        $"Nodes '{one}' and '{other}' both write '{path}', and nothing says which of them comes first. "
            + $"Add -DependsOn '{one}' to '{other}', or give each a file of its own.";

    public const string FilesStale = "runs again: its output files are not all there, or older than what it reads";

    public const string FilesAskedThere = "runs, if its files say so: they are where its session is, and are asked there";

    public const string UpToDate = "up to date";

    public static string UpToDateNode(string node) => $"[{node}] up to date";

    public const string NotInteractive =
        "Nobody can be asked here. Ask before Invoke-Dag, and hand the answer in with $using: or -Parameter.";

    public static string Asks(string node, string? caption) => $"[{node}] {caption}";

    public static string AsksForKey(string node) => $"[{node}] waits for a key. ";

    public static string AnswerDropped(string node) =>
        $"[{node}] Its question is answered too late: the node has ended meanwhile, and the answer is dropped.";

    public const string NoNestedPrompt = "A node has no prompt to enter. Use -Sequential to debug it at this prompt.";

    public const string SkipOutsideOfNode =
        "Skip-DagNode ends the node whose script calls it, and there is none here. Call it in a node's script, or in a function that "
            + "this calls.";

    public static string SkipReason(SkipCause cause, string? skippedBy, string? reason = null) => cause switch
    {
        SkipCause.Itself => reason ?? "it skipped itself (Skip-DagNode)",
        SkipCause.NotNeeded => $"'{skippedBy}', which it is the fallback for, did not fail",
        SkipCause.NothingToCleanUp => "none of the nodes that it cleans up after had started",
        SkipCause.DagNotStarted => $"'{skippedBy}', whose dag it is in, did not start",
        SkipCause.ConditionFalse => "its condition (-When) was false",
        SkipCause.DependencyFailed => $"dependency '{skippedBy}' failed",
        SkipCause.DependencySkipped => $"dependency '{skippedBy}' was skipped",
        SkipCause.DependencyCancelled => $"dependency '{skippedBy}' was cancelled",
        SkipCause.NoneSucceeded => "no dependency succeeded",
        SkipCause.NoneFailed => "no dependency failed",
        _ => string.Empty,
    };

    /// <param name="position">A file and a line of the node's script.</param>
    /// <param name="statement">The statement that stands there.</param>
    /// <param name="inner">Where that had led to, if it was in another file; else empty.</param>
    public static string StoppedAt(string position, string statement, string inner) =>
        $"{position} ({statement})" + (inner.Length == 0 ? string.Empty : $", in {inner}");

    public static string CancelReason(CancelCause cause, string? cancelledBy, string? stoppedAt) =>
        CancelReason(cause, cancelledBy) + (stoppedAt is null ? string.Empty : $"; it was at {stoppedAt}");

    public static string CancelReason(CancelCause cause, string? cancelledBy) => cause switch
    {
        CancelCause.FailFast => $"fail-fast after '{cancelledBy}'",
        CancelCause.RunTimedOut => "the run's timeout",
        CancelCause.CleanUpTimedOut => "the time for clean-up (-CleanUpTimeout) was over",
        CancelCause.JournalLost => "the checkpoint could not be written any more",
        _ => "stopped",
    };

    public static string FallbackStands(string message, string fallback) =>
        $"{message}{(message.EndsWith('.') ? string.Empty : ".")} Its fallback '{fallback}' succeeded and stands for it.";

    /// <param name="node">Its name.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="why">Why it ended so, if it did not succeed.</param>
    /// <param name="duration">How long it took.</param>
    public static string CleanUpEnded(string node, NodeState status, string? why, TimeSpan duration) => status switch
    {
        NodeState.Failed => $"Clean-up '{node}' failed: {why}",
        NodeState.Cancelled => $"Clean-up '{node}' was cancelled: {why}.",
        NodeState.Skipped => $"Clean-up '{node}' was skipped: {why}.",
        _ => $"Clean-up '{node}' succeeded in {DurationText.Of(duration)}.",
    };

    public static string TargetSkipped(string node, string? reason) => $"The target '{node}' was skipped: {reason}.";

    public static string WasRunning() => "was running when the journal broke off";

    public static string Restored(RunOrigin? origin) => origin is null
        ? "restored from the checkpoint, not run again"
        : string.Create(
            CultureInfo.CurrentCulture, $"restored from the checkpoint, not run again: done in the run of {origin.StartTime:g}");

    public static string NotADagOrRun(object? value) =>
        $"{Describe(value)} is none of what can be shown: nodes, a dag, a run (of Invoke-Dag -RunVariable), or results of Invoke-Dag.";

    public static string NotARun(object? value) =>
        $"{Describe(value)} is neither a run (of Invoke-Dag -RunVariable) nor a result of Invoke-Dag.";

    public static string DagAndRun() => "Nodes and a run cannot go into one picture. Give either.";

    public static string SeveralRuns(int count) =>
        $"The results are those of {count} runs, and this takes one. Give one run, or the results of one. "
            + "Several make a page beside one another: Export-DagRun history.html.";

    public static string NothingGiven() => "Nothing came through the pipeline: no node, no dag, no run.";

    public static string MermaidTooLarge(string path, int characters, int edges, int mostCharacters, int mostEdges) => string.Create(
        CultureInfo.InvariantCulture,
        $"The chart in '{path}' has {characters:#,0} characters and {edges:#,0} edges; Mermaid draws {mostCharacters:#,0} and "
            + $"{mostEdges:#,0} at most, unless maxTextSize and maxEdges are set where it draws. Export-Dag also writes .svg and .html.");

    public static string FileExists(string path) => $"The file '{path}' exists already. Give -Force to overwrite it.";

    public static string FileNotWritten(string path, string cause) => $"The file '{path}' could not be written: {cause}";

    public static string BadPattern(string pattern) =>
        $"'{pattern}' is not a valid pattern: a '[' is not closed, or what is in it is no set of characters. For a '[' itself write '`['.";

    public static string BadPathPattern(string node, string parameter, string path) =>
        $"-{parameter} of node '{node}': {BadPattern(path)}";

    public static string BadPatternOf(string parameter, string pattern) => $"-{parameter}: {BadPattern(pattern)}";

    public static string NotAFilePath(string path) => $"'{path}' is not a path in the file system.";

    public static string UnknownFormat(string path, string known) =>
        $"The name of '{path}' does not say which format is meant. Give -Format, or one of these extensions: {known}.";

    public static string RunTarget(string? dag, int nodes, int? restored, string? journal)
    {
        string count = nodes == 1 ? "1 node" : $"{nodes} nodes";
        count = restored is null or 0 ? count : $"{count}, of which {restored} are restored from '{journal}'";
        return dag is null ? count : $"dag '{dag}' ({count})";
    }

    public static string RunTimedOut(RunCounts counts) => counts.Cancelled == 0
        ? $"The run took longer than its timeout, but no node was cut short by it: {counts.Succeeded} of {counts.Total} nodes succeeded."
        : $"The run took longer than its timeout and was cut short: {counts.Succeeded} of {counts.Total} nodes succeeded, "
            + $"{counts.Cancelled} {(counts.Cancelled == 1 ? "was" : "were")} cancelled.";

    public static string AttemptStarted(string node, int attempt) =>
        attempt == 1 ? $"[{node}] started" : $"[{node}] attempt {attempt} started";

    public static string Waiting(string node, FailureKind failure, string message, TimeSpan delay) =>
        failure == FailureKind.PreconditionNotMet
        ? $"[{node}] a precondition does not hold yet; asked again in {DurationText.Of(delay)}"
        : $"[{node}] failed, next attempt in {DurationText.Of(delay)}: {message}";

    public static string Skipped(string node, string? reason) => $"[{node}] skipped: {reason}";

    public static string Failed(string node, TimeSpan after, string? message) =>
        $"[{node}] failed after {DurationText.Of(after)}: {message}";

    public static string Cancelled(string node, string? reason) => $"[{node}] cancelled: {reason}";

    public static string Succeeded(string node, TimeSpan duration) => $"[{node}] succeeded in {DurationText.Of(duration)}";

    public static string GroupGoesOn(string node) => $"[{node}] goes on";

    public static string NodeFailedTitle(string node) => $"Node '{node}' failed";

    public const string RunCutShort = "The run was cut short";

    public const string CIFormatOfJob =
        "-CIFormat does not go with -AsJob: a job keeps what its nodes say apart, stream by stream, and shows it when it is received.";

    public static string RestoredNode(string node) => $"[{node}] restored from the checkpoint";

    /// <summary>A line that is told while a run goes on.</summary>
    public static string AtTime(DateTime time, string line) => string.Create(CultureInfo.InvariantCulture, $"{time:HH:mm:ss.fff} {line}");

    public static string RunFigures(RunFigures figures)
    {
        List<string> parts = [$"{figures.CountOf(NodeState.Succeeded)} of {figures.Run.Graph.Count} nodes succeeded"];
        foreach (NodeState state in new[] { NodeState.Failed, NodeState.Skipped, NodeState.Cancelled })
        {
            if (figures.CountOf(state) is > 0 and var count)
            {
                parts.Add($"{count} {state.ToString().ToLowerInvariant()}");
            }
        }

        string work = string.Create(
            CultureInfo.CurrentCulture,
            $"{DurationText.Of(figures.TotalWork)} of work, {figures.AverageParallelism:0.0} at once on average "
                + $"of {figures.Run.ThrottleLimit}");
        IReadOnlyList<int> path = figures.CriticalPath;
        string critical = path.Count == 0
            ? string.Empty
            : $"; longest path {DurationText.Of(figures.CriticalPathLength)}: "
                + string.Join(" → ", path.Take(MostOfPath).Select(node => figures.Run.Graph[node].Name))
                + (path.Count > MostOfPath ? $" → … ({path.Count} nodes)" : string.Empty);
        return $"run {figures.Run.Status.ToString().ToLowerInvariant()} in {DurationText.Of(figures.Run.Makespan)}: "
            + $"{string.Join(", ", parts)}; {work}{critical}";
    }

    public static string RunBegun(string? dag, Guid id, int nodes) =>
        $"run {id} {(dag is null ? string.Empty : $"of dag '{dag}' ")}started: {(nodes == 1 ? "1 node" : $"{nodes} nodes")}";

    /// <param name="status">How the run ended.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="ends">How many nodes ended in each state.</param>
    public static string LogEnd(RunStatus status, TimeSpan duration, IEnumerable<(NodeState State, int Count)> ends) =>
        $"run {status.ToString().ToLowerInvariant()} in {duration.TotalSeconds:0.###} s: "
        + string.Join(", ", ends.Where(end => end.Count > 0).Select(end => $"{end.Count} {end.State.ToString().ToLowerInvariant()}"));

    public static string LogLine(string node, DagLogLine line) =>
        $"[{node}] attempt {line.Attempt}, {line.Stream.ToString().ToLowerInvariant()}: {line.Text}";

    public static string LogStart(string node, int attempt) => $"[{node}] attempt {attempt} started";

    public static string LogPathNotAFile(string path) => $"The -LogPath '{path}' is not a path of the file system.";

    public static string LogNotOpened(string file, string cause) =>
        $"The log '{file}' cannot be written: {cause} Nothing was run. Give another path to -LogPath.";

    public static string LogLost(string file, string cause) => $"The log '{file}' could not be written to its end: {cause}";

    public static string RetryIfFailed(string cause) => $"-RetryIf failed, so the node is not tried again: {cause}";

    public static string RetryDelayFailed(string cause) => $"-RetryDelay failed, so the node is not tried again: {cause}";

    public static string NodeJobNotStopped(string node) =>
        $"The job of node '{node}' is a part of a run and cannot be stopped alone: the node ends by the rules of its run. Stop the job of "
            + "the run, or give the node a -Timeout.";

    public static string RunTitle(string? dag) => dag is null ? "Running a dag" : $"Running dag '{dag}'";

    public static string RunCounts(RunCounts counts) => string.Create(
        CultureInfo.CurrentCulture,
        $"{counts.Done} of {counts.Total} done, {counts.Running} running, {counts.Waiting} waiting, {counts.Failed} failed");

    public static string WaitsForPoll(TimeSpan left) => $"a precondition does not hold, asked again in {DurationText.OfSeconds(left)}";

    public static string WaitsForRetry(int retry, int retries, TimeSpan left, string message) =>
        $"retry {retry} of {retries} in {DurationText.OfSeconds(left)}: {message}";

    public static string MoreLines(int count) => $"… and {count} more";

    public static string Elapsed(int attempt, TimeSpan time)
    {
        string elapsed = DurationText.OfSeconds(time);
        return attempt == 1 ? elapsed : $"attempt {attempt}, {elapsed}";
    }

    public const string ResumeWithoutCheckpoint =
        "-Resume and -Force say what to do with the journal of an earlier run. Name it with -Checkpoint.";

    public const string OutputIsSecret = "there is a SecureString or a PSCredential in it, and secrets are never written";

    public const string OutputTooDeep = "it contains itself, or is nested deeper than 64 levels";

    public const string OutputTooLong = "it is longer than 64 MB";

    public const string OutputTookTooLong = "it could not be read within 5 s";

    public const string OutputStopped = "the run was stopped while it was read";

    public static string OutputNotReadable(string cause) => $"it could not be read: {cause}";

    public static string OutputNotWritten(string node, string obstacle) =>
        $"What node '{node}' gave out is not written to the checkpoint: {obstacle}. If the run is resumed, the node runs again, and all "
            + "that depends on it.";

    public static string OutputOfItemNotWritten(string item, string obstacle) =>
        $"What item '{item}' gave out is not written to the checkpoint: {obstacle}. If the run is resumed, this item is done again, and so "
            + "is every other one of its node of which that holds.";

    public static string ItemsNotKnown(string node, int count, string obstacle) =>
        $"Whether {ItemCount(count)} of node '{node}' will be the same in a later run cannot be known: {obstacle}. With -Resume they are "
        + "done again in any case.";

    public static string CheckpointNotAFile(string path) => $"The checkpoint '{path}' is not a path of the file system.";

    public static string CheckpointUnfinished(string file, int done, int total) =>
        $"The checkpoint '{file}' has an unfinished run, of which {done} of {total} nodes are done. "
        + "Use -Resume to go on with it, or -Force to start over.";

    public static string CheckpointOfAnother(string file, JournalHeader header, string? dag)
    {
        string whose = header.DagName is { } name ? $"the dag '{name}'" : $"a dag with the node '{header.Nodes[0].Name}'";
        string own = dag is null ? "the dag that is to be run" : $"the dag '{dag}'";
        return $"The checkpoint '{file}' is that of {whose}, run on {header.StartTime.LocalDateTime:g}, and not of {own}. "
            + "It is left alone; give another path to -Checkpoint, or -Force to start over.";
    }

    public static string CheckpointFolderOpen(string file, string folder) =>
        $"Everybody may write to the folder '{folder}', and so put another file in the place of the checkpoint '{file}'.";

    public static string CheckpointOpenToOthers(string file) =>
        $"The checkpoint '{file}' belongs to somebody else, and others can read what the nodes give out.";

    public static string RecordNotRead(string node, string file) =>
        $"What node '{node}' gave out cannot be read from the checkpoint '{file}'. It runs again, and all that depends on it.";

    public static string RecordOfItemNotRead(string item, string file) =>
        $"What item '{item}' gave out cannot be read from the checkpoint '{file}'. It is done again.";

    public static string ValueNotKnown(string part, string obstacle, IReadOnlyList<string> nodes)
    {
        string who = nodes.Count switch
        {
            1 => $"node '{nodes[0]}' runs",
            2 => $"the nodes '{nodes[0]}' and '{nodes[1]}' run",
            _ => $"node '{nodes[0]}' and {nodes.Count - 1} others run",
        };
        return $"Whether {part} is the same in a later run cannot be known: {obstacle}. With -Resume {who} again in any case.";
    }

    public const string ValueChanges = "it was changed while it was looked at";

    public const string ValueTooLarge = "it has more in it than can be looked at in a second";

    public const string ValueTooDeep = "it is nested deeper than 200 levels";

    public static string ValueOfUnknownType(Type type) =>
        $"it is, or has in it, a {type}, which cannot be looked at without running its code";

    public static string KeyOfUnknownType(Type type) => $"it has a table in it whose keys are {type}";

    public static string ClassNotSeen(Type type) =>
        $"it is, or has in it, an object of the class {type.Name}, which is defined in another file";

    public static string MemberNotRead(string member) => $"its member '{member}' cannot be read without running code";

    public static string RestoredOrNot(string node, string why) => $"[{node}] {why}";

    public const string RestoredUnchanged = "restored from the checkpoint: it is done, and has not changed";

    public const string RestoredFallenBack = "restored from the checkpoint: it failed, and its fallback stands for it";

    public const string SetUpTornDown = "runs again: it was cleaned up after, and a node that is left needs it";

    public const string NamedByRerun = "runs again: -Rerun names it";

    public const string NothingRecorded = "runs: there is no run that could go on";

    public static string RerunOutside(IReadOnlyList<string> nodes) =>
        $"-Rerun names {string.Join(", ", nodes.Select(node => $"'{node}'"))}, which -Target leaves aside: run again by the next run with "
            + "-Resume.";

    public static string OlderRunGoesOn(string journal, string newest) =>
        $"The run in '{journal}' is unfinished and goes on. A newer one in '{newest}' is finished.";

    public const string NotDone = "runs: it was not done, or what it gave out was not written";

    public static string WithItemsDone(string why, int count) =>
        $"{why}; {ItemCount(count)} of it are done, and are not done again if they are still in its list";

    public static string RestoredItems(string node, int restored, int total) =>
        $"[{node}] {restored:N0} of {ItemCount(total)} restored from the checkpoint: they are done, and have not changed";

    public const string NotInJournal = "runs: the checkpoint does not know it";

    public const string OutputNotRead = "runs again: what it gave out cannot be read from the checkpoint";

    public const string WasLeftOut = "runs: the run before left it out, and it was not done";

    public const string FilesUpToDate = "need not run: its output files are up to date";

    public static string InsideRuns(string node) => $"runs again: '{node}', which is inside of it, runs";

    public static string OuterRunsAgain(string dag) => $"runs again: '{dag}', which it is inside of, runs again";

    public static string UpstreamRunsAgain(string dependency) => $"runs again: it depends on '{dependency}', which runs";

    public static string Changed(IReadOnlyList<string> parts) => $"runs again: {string.Join(", ", parts)} changed";

    public static string DagInUse(string file, string? dag, string? process, DateTime? since) =>
        (dag is null ? "This dag is being run already" : $"The dag '{dag}' is being run already")
            + $"{By(process, since)}, in the journal '{file}'. Wait for its end, or stop it.";

    public static string JournalInUse(string file, string? dag, string? process, DateTime? since) =>
        $"Another run is using the journal '{file}'"
            + (dag is null ? string.Empty : $": that of the dag '{dag}'") + $"{By(process, since)}. Wait for its end, or stop it.";

    public static string CheckpointNotFound(string file) =>
        $"There is no checkpoint '{file}'. Give the path that Invoke-Dag -Checkpoint was given, relative to the current location.";

    public static string CheckpointNotRead(string file, string cause) => $"The checkpoint '{file}' cannot be read: {cause}";

    public static string CheckpointEmpty(string file) => $"No run has begun yet in the checkpoint '{file}'.";

    public static string RunNotInJournal(string file) =>
        $"The checkpoint '{file}' does not have that run any more: it was started over since.";

    public static string CheckpointTorn(string file) =>
        $"The last line of the checkpoint '{file}' was not written to its end, and is dropped. What it was about is run again, if it "
            + "was not done otherwise.";

    public static string CheckpointInvalid(JournalException exception) => exception.IsForeign
        ? $"{exception.Message} It is left alone; give another path to -Checkpoint."
        : $"{exception.Message} The file is left alone. Use -Force to start over, or mend it.";

    public static string CheckpointNotOpened(string file, string cause) =>
        $"The checkpoint '{file}' cannot be written: {cause}";

    public static string JournalLost(string cause) =>
        $"The checkpoint cannot be written any more: {cause} No node was started since but clean-up; those that were running have "
            + "finished. "
        + "With -Resume, those whose success could not be written run again.";

    private static string By(string? process, DateTime? since) => (process is null ? string.Empty : $", by {process}")
        + (since is null ? string.Empty : string.Create(CultureInfo.CurrentCulture, $", since {since:g}"));

    /// <summary>A key as it can be pasted between @{ and =.</summary>
    private static string HashTableKey(string name)
    {
        bool isBareWord = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return isBareWord ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string IsNotAPath(string what) => $"{what} is not a path. Give paths, files, or script blocks that give them.";

    private static string Describe(object? value)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        return bare is null ? "Nothing ($null)" : Describe($"{bare.GetType()}", $"{value}");
    }

    private static string Describe(string type, string value) => $"A {type} ('{value}')";
}

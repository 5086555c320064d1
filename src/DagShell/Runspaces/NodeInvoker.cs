using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using DagShell.Capture;
using DagShell.Engine.Running;
using DagShell.Logs;
using DagShell.Parameters;
using DagShell.Scripts;

namespace DagShell.Runspaces;

/// <summary>Runs the scripts of a node's attempt in the session of one pump: condition, preconditions, the script itself.</summary>
/// <remarks>Belongs to the pump's thread.</remarks>
internal sealed class NodeInvoker
{
    /// <summary>Script blocks are compiled once a session for each script; more than these few are hardly used twice.</summary>
    private const int MostCachedScripts = 64;

    /// <summary>
    /// How long after a program's failure a stop may come and still explain it: the first where the exit code says that the program was
    /// interrupted, the second where it says something else. Long enough for this process to note an interrupt that both got.
    /// </summary>
    private static readonly TimeSpan DoubtAboutInterrupt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DoubtAboutProgram = TimeSpan.FromMilliseconds(100);

    private static readonly ScriptBlock Nothing = TrustedScript.Create(string.Empty);

    /// <summary>Whether a node's script runs on this thread.</summary>
    [ThreadStatic]
    private static bool t_isInNode;

    /// <summary>What Skip-DagNode asked for on this thread, until the script has ended of it.</summary>
    [ThreadStatic]
    private static SkipRequest? t_skip;

    /// <summary>The values for the nodes that are made on this thread, while the dag of a node is.</summary>
    [ThreadStatic]
    private static IDictionary? t_usingOfDag;

    private readonly PSCmdlet _command;
    private readonly PumpOutput _output;
    private readonly Hashtable _usingValues;
    private readonly NodeSession? _session;
    private readonly EngineIntrinsics _engine;
    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly Dictionary<(NodeScript Script, PSModuleInfo? Home), ScriptBlock> _scriptBlocks = [];
    private readonly CallScripts _calls;

    /// <summary>Whether <c>$_</c> is set in the pump's scope.</summary>
    private bool _hasCurrentObject;
    private DagNode _node = null!;
    private NodeAttempt _attempt = null!;

    /// <summary>One for all attempts.</summary>
    private readonly Action<object?> _addToLog;

    /// <summary>What <c>$LASTEXITCODE</c> held before the attempt; a program sets it to another object, if to the same number.</summary>
    private object? _exitCodeBefore;

    /// <summary>Makes an invoker.</summary>
    /// <param name="command">The pump's command, which is in the session.</param>
    /// <param name="output">What scripts put out there.</param>
    /// <param name="usingValues">Where <c>$using:</c> expressions find the values of the node that is running.</param>
    /// <param name="session">Furnishes the session; null for the caller's own, in which scripts run as they are bound.</param>
    /// <param name="calls">Calls scripts in the session.</param>
    /// <param name="context">The run.</param>
    /// <param name="sink">Takes warnings about the node.</param>
    public NodeInvoker(
        PSCmdlet command, PumpOutput output, Hashtable usingValues, NodeSession? session, CallScripts calls, RunContext context,
        INodeStreamSink sink)
    {
        _command = command;
        _output = output;
        _usingValues = usingValues;
        _session = session;
        _calls = calls;
        _context = context;
        _sink = sink;
        _addToLog = item => _context.Log.AddOutput(_attempt, item);
        _engine = (EngineIntrinsics)command.SessionState.PSVariable.GetValue("ExecutionContext");
    }

    /// <summary>Whether a node's script runs on the calling thread.</summary>
    public static bool IsInNode => t_isInNode;

    /// <summary>
    /// What <c>$using:</c> means to the nodes that the calling thread makes for the dag of a node; null where it is making none.
    /// </summary>
    public static IDictionary? UsingValuesOfDag => t_usingOfDag;

    /// <summary>Has the exit that the calling thread's script ends with next mean that its node is skipped.</summary>
    public static void RequestSkip(SkipRequest request) => t_skip = request;

    /// <summary>Runs an attempt to its end, whatever its scripts do. What they do is part of the attempt's span, if there is one.</summary>
    public AttemptOutcome Run(NodeAttempt attempt)
    {
        if (attempt.Activity is not { IsStopped: false } span)
        {
            return RunScripts(attempt);
        }

        Activity? current = Activity.Current;
        Activity.Current = span;
        try
        {
            return RunScripts(attempt);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private AttemptOutcome RunScripts(NodeAttempt attempt)
    {
        var node = DagNode.Of(attempt.Node);
        _node = node;
        SetUsingValues(node.UsingValues);
        var variables = new NodeVariables(attempt, _context);
        _exitCodeBefore = _session is null ? LastExitCode() : null;
        try
        {
            try
            {
                _session?.Prepare(node, attempt.StopToken);
            }
            catch (Exception exception) when (exception is not (PipelineStoppedException or OutOfMemoryException))
            {
                return Failed(attempt, exception, canRetry: true);
            }

            if (_session?.MockedInModule is { } mocked)
            {
                return AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, Messages.Mocked(mocked), canRetry: false));
            }

            if (attempt.IsInquiry)
            {
                RetryDecision answer = AskRetry(node, attempt, FailureRecord.Of(attempt.LastFailure!), variables);
                return answer.Skip is { } instead ? AttemptOutcome.Skipped(null, instead.Reason)
                    : answer.IsYes ? AttemptOutcome.TryAgain(answer.Delay)
                    : AttemptOutcome.ConditionFalse;
            }

            if (attempt.AsksCondition && node.When is not null)
            {
                ScriptEnd asked = Invoke(node.When, variables);
                if (asked.Failure is { } failure)
                {
                    return Failed(attempt, failure, canRetry: false);
                }

                if (asked.Skip is { } skip)
                {
                    return AttemptOutcome.Skipped(null, skip.Reason, hasStarted: false);
                }

                if (!asked.IsTrue)
                {
                    return AttemptOutcome.ConditionFalse;
                }
            }

            if (attempt.AsksForItems)
            {
                return AskForItems(node, attempt, variables);
            }

            NodeFiles? files = node.OutputPath.Length == 0
                ? null
                : new NodeFiles(node, _command.SessionState.Path, script => Invoke(script, variables));
            if (files is not null && AskForFiles(node, attempt, files, variables) is { } known)
            {
                return known;
            }

            foreach (ScriptBlock precondition in attempt.Node is { IsMapped: true, IsDag: true } ? [] : node.Precondition)
            {
                ScriptEnd asked = Invoke(precondition, variables);
                if (asked.Failure is not null && attempt.StopToken.IsCancellationRequested)
                {
                    return AttemptOutcome.Stopped;
                }

                if (asked.Skip is { } skip)
                {
                    return AttemptOutcome.Skipped(null, skip.Reason, hasStarted: false);
                }

                if (!asked.IsTrue)
                {
                    // A node whose preconditions are polled waits, and a stop cancels what waits.
                    return AttemptOutcome.Failed(
                        NotMet(attempt, node, precondition, asked.Failure, variables),
                        node.PreconditionTimeout is null ? Doubt() : TimeSpan.Zero);
                }
            }

            if (attempt.AsksForDag)
            {
                return AskForDag(node, attempt, variables);
            }

            if (variables.MissingParameterOf(node.Script) is { } missing)
            {
                return AttemptOutcome.Failed(new NodeFailure(
                    FailureKind.Error, Messages.MandatoryParameter(attempt.Name, missing), canRetry: false));
            }

            WarnOfBoundObjects(attempt, node, variables);
            ScriptEnd end = InvokeMain(attempt, node, variables, files, out NodeFailure? exit);
            if (attempt.StopToken.IsCancellationRequested && _context.NeedsOf(node.ScriptBlock, node) is { WaitsForDebugger: true })
            {
                // A stop releases a script that waits in Wait-Debugger, which then goes on as if someone had let it.
                return AttemptOutcome.Stopped;
            }

            if (_command.Stopping && attempt.StopToken.IsCancellationRequested)
            {
                // A script can keep a stop from itself, with a trap that goes on.
                return AttemptOutcome.Stopped;
            }

            if (end.Skip is { } request)
            {
                return AttemptOutcome.Skipped(end.Output, request.Reason);
            }

            if (exit is not null)
            {
                RetryDecision answer = AskRetry(node, attempt, FailureRecord.Of(exit), variables);
                return answer.Skip is { } skip
                    ? AttemptOutcome.Skipped(null, skip.Reason)
                    : AttemptOutcome.Failed(answer.IsYes ? exit : exit.WithoutRetry(), Doubt(), answer.Delay);
            }

            return end.Failure is { } error
                ? FailedOrSkipped(node, attempt, error, variables, node.ScriptBlock)
                : AttemptOutcome.Succeeded(end.Output, MayRunPrograms(node) ? Doubt() : TimeSpan.Zero);
        }
        catch (PipelineStoppedException) when (attempt.StopToken.IsCancellationRequested || _session is null)
        {
            // In the caller's session PowerShell stops the innermost pipeline first, which is this one.
            return AttemptOutcome.Stopped;
        }
        catch (PipelineStoppedException exception)
        {
            return AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, Messages.RunspaceLost(node.Name), exception));
        }
    }

    /// <summary>Warns of objects that dependencies gave out whose methods would run in the runspace of another node.</summary>
    private void WarnOfBoundObjects(NodeAttempt attempt, DagNode node, NodeVariables variables)
    {
        if (_session is null || attempt.Number > 1 || attempt.Upstream.Length == 0)
        {
            return;
        }

        IReadOnlySet<string> methods =
            _context.NeedsOf(node.ScriptBlock, node)?.MethodsCalled ?? NodeScript.Of(node.ScriptBlock).MethodsCalled;
        if (methods.Count == 0)
        {
            return;
        }

        foreach (DictionaryEntry given in variables.Upstream)
        {
            if (BoundClass.Of(given.Value, methods) is { } type)
            {
                _sink.Write(attempt, new WarningRecord(Messages.BoundToOther($"$Upstream['{given.Key}']", type)));
            }
        }
    }

    /// <summary>The failure of a precondition that does not hold.</summary>
    private NodeFailure NotMet(
        NodeAttempt attempt, DagNode node, ScriptBlock precondition, Exception? failure, NodeVariables variables)
    {
        NodeScript script = NodeScript.Of(precondition);
        Hashtable parameters = variables.ParametersOf(script, static value => value);
        IReadOnlyCollection<string> values = UsedValues.Of(
            script,
            node.UsingValues,
            variables.Upstream,
            name => parameters.ContainsKey(name) ? parameters[name] : _command.SessionState.PSVariable.GetValue(name),
            text => _context.Secrets.Of(text));
        string what = _context.Secrets.Of(Messages.Precondition(script.Text, values, script.Position));
        return PreconditionFailure.Of(
            attempt, what, TextOf(failure, node), failure is null ? null : _context.Secrets.Of(failure), script.Position);
    }

    /// <summary>Finds out what the node is to be run for.</summary>
    private AttemptOutcome AskForItems(DagNode node, NodeAttempt attempt, NodeVariables variables)
    {
        if (node.ItemScript is not { } script)
        {
            return Mapped(attempt, node.ForEach!);
        }

        ScriptEnd asked = Invoke(script, variables, isLimited: true);
        if (asked.Skip is { } skip)
        {
            return AttemptOutcome.Skipped(null, skip.Reason, hasStarted: false);
        }

        if (asked.Failure is { } error)
        {
            return FailedOrSkipped(node, attempt, error, variables);
        }

        // What gave nothing is $null to whoever assigns it, and it is what an output like that is in $Upstream.
        return Mapped(attempt, asked.Output is [null] ? [] : asked.Output);
    }

    /// <summary>Finds out which dag the node stands for, or which dags, one for each item.</summary>
    private AttemptOutcome AskForDag(DagNode node, NodeAttempt attempt, NodeVariables variables)
    {
        object?[]? items = node.ForEach;
        if (node.ItemScript is { } script)
        {
            ScriptEnd asked = Invoke(script, variables, isLimited: true);
            if (EndOf(asked) is { } end)
            {
                return end;
            }

            items = asked.Output is [null] ? [] : asked.Output;
        }

        IDictionary? before = t_usingOfDag;
        t_usingOfDag = _usingValues;
        try
        {
            DagExpansion expansion = new(node, attempt, _context, _command);
            for (int item = 0; item < (items?.Length ?? 1); item++)
            {
                if (items is not null)
                {
                    variables.SetItem(items[item], item);
                }

                ScriptEnd given = node.InnerDag is ScriptBlock block ? Invoke(block, variables) : new ScriptEnd([node.InnerDag], null);
                if (EndOf(given) is { } end)
                {
                    return end;
                }

                expansion.Add(given.Output, variables);
            }

            return expansion.End(items);
        }
        catch (OperationCanceledException)
        {
            return AttemptOutcome.Stopped;
        }
        catch (Exception exception) when (exception is (CommandErrorException or RuntimeException or InvalidDagException)
            and not PipelineStoppedException)
        {
            return FailedOrSkipped(node, attempt, exception, variables);
        }
        finally
        {
            t_usingOfDag = before;
            if (_hasCurrentObject)
            {
                ForgetCurrentObject();
            }
        }

        AttemptOutcome? EndOf(ScriptEnd asked) =>
            asked.Skip is { } skip ? AttemptOutcome.Skipped(null, skip.Reason, hasStarted: false)
            : asked.Failure is { } error ? FailedOrSkipped(node, attempt, error, variables)
            : null;
    }

    /// <summary>Finds out which files the node is about, and whether it need not run for them.</summary>
    /// <returns>What the attempt comes to by that; null if it goes on.</returns>
    private AttemptOutcome? AskForFiles(DagNode node, NodeAttempt attempt, NodeFiles files, NodeVariables variables)
    {
        if (files.Ask() is { } problem)
        {
            return problem.Skip is { } skip
                ? AttemptOutcome.Skipped(null, skip.Reason, hasStarted: false)
                : FailedOrSkipped(node, attempt, problem.Failure!, variables);
        }

        // What an earlier attempt has left says nothing.
        if (attempt.Number > 1)
        {
            return null;
        }

        foreach (string path in files.MissingInputs)
        {
            _sink.Write(attempt, new WarningRecord(Messages.InputMissing(path)));
        }

        return _context.MustRunNode(node.Name) || !files.AreUpToDate ? null : AttemptOutcome.UpToDate(files.Outputs);
    }

    /// <summary>How a script ended well whose output is files.</summary>
    private ScriptEnd EndWith(NodeFiles files, NodeAttempt attempt, object?[] output)
    {
        if (files.AskForOutputs() is { } problem)
        {
            return problem.Skip is null ? problem : problem with { Output = output };
        }

        foreach (string path in files.MissingOutputs)
        {
            _sink.Write(attempt, new WarningRecord(Messages.OutputMissing(path)));
        }

        return new ScriptEnd(files.Outputs, null);
    }

    private AttemptOutcome Mapped(NodeAttempt attempt, object?[] items)
    {
        try
        {
            return _context.Map(attempt, items);
        }
        catch (OperationCanceledException)
        {
            return AttemptOutcome.Stopped;
        }
    }

    /// <summary>Takes <c>$_</c> out of the pump's scope, where the next node would find it.</summary>
    private void ForgetCurrentObject()
    {
        _command.SessionState.PSVariable.Set("_", null);
        _hasCurrentObject = false;
    }

    /// <summary>
    /// The outcome of a script that failed. A stop can look like any error of what it interrupts: that the module being loaded is broken.
    /// </summary>
    private AttemptOutcome Failed(
        NodeAttempt attempt, Exception error, bool canRetry, TimeSpan? retryDelay = null, ScriptBlock? script = null) =>
        attempt.StopToken.IsCancellationRequested
            ? AttemptOutcome.Stopped
            : AttemptOutcome.Failed(
                new NodeFailure(
                    FailureKind.Error,
                    _context.Secrets.TextOf(error, attempt.Name),
                    _context.Secrets.Of(error),
                    canRetry)
                {
                    Position = error is not FlowControlException ? ErrorText.Position(ErrorText.RecordOf(error))
                        : script is null ? null
                        : FlowPlace.In(script, error is ExitException ? "exit" : error is ContinueException ? "continue" : "break"),
                },
                Doubt(),
                retryDelay);

    /// <summary>
    /// How long a stop may still come that explains how the script ended. At a terminal, programs get Ctrl+C themselves and end before the
    /// stop comes; their script must not fail for that.
    /// </summary>
    private TimeSpan Doubt()
    {
        object? exitCode = LastExitCode();
        return ReferenceEquals(exitCode, _exitCodeBefore) ? TimeSpan.Zero : exitCode switch
        {
            null or 0 => TimeSpan.Zero,
            ProgramInterrupted.OnUnix or ProgramInterrupted.OnWindows => DoubtAboutInterrupt,
            _ => DoubtAboutProgram,
        };
    }

    private string? TextOf(Exception? failure, DagNode node) =>
        failure is null ? null : _context.Secrets.TextOf(failure, node.Name);

    private object? LastExitCode() => _command.SessionState.PSVariable.GetValue("global:LASTEXITCODE");

    /// <summary>Whether a script may leave an exit code behind: one that is known not to need not be looked after.</summary>
    private bool MayRunPrograms(DagNode node) =>
        _session is null || _context.NeedsOf(node.ScriptBlock, node) is { MayRunPrograms: true };

    /// <summary>The outcome of a script that failed, as -RetryIf sees it, which may skip the node as well.</summary>
    private AttemptOutcome FailedOrSkipped(
        DagNode node, NodeAttempt attempt, Exception error, NodeVariables variables, ScriptBlock? script = null)
    {
        // Of exit and break there is no record: what is asked about is what the result says of them.
        ErrorRecord asked = error is FlowControlException
            ? FailureRecord.Of(new NodeFailure(FailureKind.Error, _context.Secrets.TextOf(error, attempt.Name), error))
            : ErrorText.RecordOf(error);
        RetryDecision answer = AskRetry(node, attempt, asked, variables);
        return answer.Skip is { } skip && !attempt.StopToken.IsCancellationRequested
            ? AttemptOutcome.Skipped(null, skip.Reason)
            : Failed(attempt, error, answer.IsYes, answer.Delay, script);
    }

    /// <summary>Asks -RetryIf and -RetryDelay whether, and when, a node is to be tried again after an error.</summary>
    private RetryDecision AskRetry(DagNode node, NodeAttempt attempt, ErrorRecord error, NodeVariables variables)
    {
        if (node.RetryIf is { } retryIf)
        {
            ScriptEnd asked = AskAbout(error, retryIf, variables);
            if (asked.Failure is { } failure)
            {
                _sink.Write(attempt, new WarningRecord(Messages.RetryIfFailed(_context.Secrets.TextOf(failure, node.Name))));
            }

            if (!asked.IsTrue)
            {
                return new RetryDecision(IsYes: false, null, asked.Skip);
            }
        }

        // After the last attempt nobody waits.
        if (node.RetryDelay is not { } retryDelay || attempt.Number > (node.Retry?.Count ?? 0))
        {
            return new RetryDecision(IsYes: true, null, null);
        }

        ScriptEnd told = AskAbout(error, retryDelay, variables);
        if (told.Skip is { } skip)
        {
            return new RetryDecision(IsYes: false, null, skip);
        }

        try
        {
            return told.Failure is { } failure
                ? Refused(_context.Secrets.TextOf(failure, node.Name))
                : new RetryDecision(IsYes: true, DurationAttribute.ReadOutput(told.Output), null);
        }
        catch (ArgumentTransformationMetadataException exception)
        {
            return Refused(exception.Message);
        }

        RetryDecision Refused(string cause)
        {
            _sink.Write(attempt, new WarningRecord(Messages.RetryDelayFailed(cause)));
            return new RetryDecision(IsYes: false, null, null);
        }
    }

    private ScriptEnd AskAbout(ErrorRecord error, ScriptBlock question, NodeVariables variables)
    {
        variables.SetCurrentObject(error);
        try
        {
            return Invoke(question, variables);
        }
        finally
        {
            ForgetCurrentObject();
        }
    }

    /// <summary>Runs the node's own script: what it says is noted, and with which code the last thing that it calls ends.</summary>
    private ScriptEnd InvokeMain(
        NodeAttempt attempt, DagNode node, NodeVariables variables, NodeFiles? files, out NodeFailure? exit)
    {
        exit = null;
        bool isDone = false;
        using ExitCodeWatch? watch = MayRunPrograms(node) ? new ExitCodeWatch(_command.SessionState.PSVariable, node.Script) : null;
        _attempt = attempt;
        _output.Added = _addToLog;
        try
        {
            ScriptEnd end = Invoke(node.ScriptBlock, variables);
            if (end.Failure is IContainsErrorRecord { ErrorRecord: { } error } && NativeError.IsExitCode(error))
            {
                ProgramCall[] calls = ProgramCall.Around(ProgramCall.Of(error), node.ScriptBlock.Ast);
                NativeError.AddLines(error, _context.Log.WrittenByProgram(attempt, calls));
            }

            if (end is { Failure: null, Skip: null } && watch?.Failure is var (code, call))
            {
                exit = new NodeFailure(FailureKind.Error, Messages.ScriptExitCode(attempt.Name, call.Text, code))
                {
                    Position = Messages.Position(call.File, call.StartLineNumber),
                };
            }

            isDone = end.Skip is not null || (end.Failure is null && exit is null && !attempt.StopToken.IsCancellationRequested);
            if (!isDone || end.Skip is not null || files is null)
            {
                return end;
            }

            // What gives the paths says nothing for the node.
            _output.Added = null;
            return EndWith(files, attempt, end.Output);
        }
        finally
        {
            if (!isDone)
            {
                files?.NoteUnfinished();
            }

            _output.Added = null;
            _context.Log.EndAttempt(attempt);
        }
    }

    /// <summary>Runs one script. A stop goes through; all else that a script can end with is in the result.</summary>
    private ScriptEnd Invoke(ScriptBlock scriptBlock, NodeVariables variables, bool isLimited = false)
    {
        NodeScript script = NodeScript.Of(scriptBlock);
        int before = _output.Count;
        bool wasInNode = t_isInNode;
        t_isInNode = true;
        t_skip = null;
        try
        {
            // What a plainly called script gave out before an exit would be lost, or would be told too late; and in the caller's session
            // what it writes as an error would be.
            ScriptNeeds? needs = _context.NeedsOf(scriptBlock, _node);
            PSModuleInfo? home = _session is not null ? _session.HomeOf(needs)
                : scriptBlock.Module is { SessionState: not null } module ? module
                : null;
            ScriptBlock callable = Callable(scriptBlock, script, home);
            bool isHeard = _output.Added is not null && (needs?.PutsOutEarly ?? script.PutsOutEarly);
            if (_session is not null && script.IsPlain && !isHeard && !isLimited && needs is not { MayExit: true })
            {
                object?[] output = [.. callable.InvokeWithContext(null, VariablesAround(script, variables, home))];
                if (_output.Added is { } added)
                {
                    Array.ForEach(output, item => added(item));
                }

                return new ScriptEnd(output, null);
            }

            InvokeBound(callable, script, variables, home, isLimited);
            return new ScriptEnd(_output.TakeFrom(before), null);
        }
        catch (ExitException) when (t_skip is not null)
        {
            return new ScriptEnd(_output.TakeFrom(before), null, t_skip with { Reason = _context.Secrets.Of(t_skip.Reason) });
        }
        catch (ExitException exit) when (IsZero(exit.Argument))
        {
            return new ScriptEnd(_output.TakeFrom(before), null);
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _output.TakeFrom(before);
            if (exception is IContainsErrorRecord { ErrorRecord: { } record })
            {
                if (exception is ParameterBindingException)
                {
                    ErrorPosition.PointToParameters(record, scriptBlock.Ast);
                }

                ErrorPosition.PointInto(record, scriptBlock.Ast);
            }

            return new ScriptEnd([], exception);
        }
        finally
        {
            t_isInNode = wasInNode;
            t_skip = null;
        }
    }

    /// <summary>
    /// Sets the variables of a plainly called script. In a session of its own they are set in the pump's scope, which each node
    /// finds them in: variables of the script's own scope would cost as much as all the rest of the call.
    /// </summary>
    /// <returns>Those to set in the script's own scope; null if there are none.</returns>
    private List<PSVariable>? VariablesAround(NodeScript script, NodeVariables variables, PSModuleInfo? home)
    {
        if (home is not null)
        {
            // For functions that it calls and that are not the module's.
            SetInPump(variables);
            List<PSVariable> own = variables.ForPlainScript(script, setsPreferences: false);
            own.AddRange(UsingVariables(script));
            return own;
        }

        if (_session is null || script.ReadsInput)
        {
            return variables.ForPlainScript(script, setsPreferences: _session is null);
        }

        SetInPump(variables);
        return null;
    }

    private void SetInPump(NodeVariables variables)
    {
        if (_hasCurrentObject && !variables.HasCurrentObject)
        {
            ForgetCurrentObject();
        }

        _hasCurrentObject = variables.HasCurrentObject;
        foreach (var (name, value) in variables.ForSession(setsPreferences: _session is null))
        {
            _command.SessionState.PSVariable.Set(name, value);
        }
    }

    /// <summary>
    /// Calls a script that has parameters, named blocks or an exit as PowerShell calls a function: bound by name, fed through the pipeline.
    /// </summary>
    private void InvokeBound(
        ScriptBlock callable, NodeScript script, NodeVariables variables, PSModuleInfo? home, bool isLimited)
    {
        // In the pump also for a module's script: functions that it calls and that are not the module's are called in that scope.
        SetInPump(variables);
        if (home is null)
        {
            Call(callable, script, variables, isLimited);
            return;
        }

        // A module's scopes do not lead to the pump's; so the variables are in the module's own while the script runs.
        PSVariableIntrinsics scope = home.SessionState.PSVariable;
        List<PSVariable> own =
        [
            .. variables.ForSession(setsPreferences: _session is null).Select(set => new PSVariable(set.Name, set.Value)),
            .. _session is null ? [] : UsingVariables(script),
        ];
        List<(string Name, PSVariable? Before)> before =
            own.ConvertAll(variable => (variable.Name, (PSVariable?)scope.Get("script:" + variable.Name)));
        List<object?> values = before.ConvertAll(variable => variable.Before?.Value);
        try
        {
            if (_session is null && variables.HasCurrentObject)
            {
                // $_ is found only in a scope that a script has run in, and GetNewClosure() makes a module of which none has.
                ScriptBlock nothing = home.NewBoundScriptBlock(TrustedScript.Fresh(Nothing));
                _command.InvokeCommand.InvokeScript(useLocalScope: false, nothing, input: null);
            }

            own.ForEach(variable => scope.Set("script:" + variable.Name, variable.Value));
            Call(callable, script, variables, isLimited);
        }
        finally
        {
            for (int i = 0; i < before.Count; i++)
            {
                if (before[i].Before is null && before[i].Name != "_")
                {
                    scope.Remove("script:" + before[i].Name);
                }
                else
                {
                    // PowerShell does not let $_ be removed.
                    scope.Set("script:" + before[i].Name, values[i]);
                }
            }
        }
    }

    private IEnumerable<PSVariable> UsingVariables(NodeScript script) => script.UsingExpressions
        .Select(expression => new PSVariable(UsingRewriter.VariableOf(expression), UsingReader.VariableIn(_usingValues, expression)))
        .DistinctBy(variable => variable.Name, StringComparer.OrdinalIgnoreCase);

    private void Call(ScriptBlock callable, NodeScript script, NodeVariables variables, bool isLimited)
    {
        using SteppablePipeline pipeline = _calls.Pipeline(
            _command.SessionState, callable, variables.ParametersOf(script, OfThisSession), isLimited);
        bool isFed = variables.Feeds(script);
        pipeline.Begin(isFed, _engine);
        if (isFed)
        {
            foreach (object? item in variables.Input())
            {
                pipeline.Process(item);
            }
        }
        else
        {
            pipeline.Process();
        }

        pipeline.End();
    }

    private static bool IsZero(object? exitCode) =>
        exitCode is null || (LanguagePrimitives.TryConvertTo(exitCode, out int code) && code == 0);

    /// <summary>The script block to call: in the caller's own session the author's, elsewhere one that belongs to no session.</summary>
    private ScriptBlock Callable(ScriptBlock scriptBlock, NodeScript script, PSModuleInfo? home)
    {
        if (_session is null)
        {
            return scriptBlock;
        }

        if (!_scriptBlocks.TryGetValue((script, home), out ScriptBlock? unbound))
        {
            if (_scriptBlocks.Count >= MostCachedScripts)
            {
                _scriptBlocks.Clear();
            }

            unbound = home is null ? script.NewUnboundScriptBlock() : home.NewBoundScriptBlock(script.NewScriptBlockForModule());
            _scriptBlocks.Add((script, home), unbound);
        }

        return unbound;
    }

    /// <summary>
    /// A script block of the caller's would run in the caller's session, at the same time as others there: this session gets its own.
    /// </summary>
    private object? OfThisSession(object? value) =>
        _session is not null && (value is PSObject wrapped ? wrapped.BaseObject : value) is ScriptBlock block
            ? NodeScript.Of(block).NewUnboundScriptBlock()
            : value;

    private void SetUsingValues(IDictionary? values)
    {
        if (_usingValues.Count > 0)
        {
            _usingValues.Clear();
        }

        if (values is not null)
        {
            foreach (DictionaryEntry entry in values)
            {
                _usingValues[entry.Key] = OfThisSession(entry.Value);
            }
        }
    }

    /// <summary>Whether a node is to be tried again, and after how long; or that it skips itself instead.</summary>
    private readonly record struct RetryDecision(bool IsYes, TimeSpan? Delay, SkipRequest? Skip);

    /// <summary>The exit codes of programs that an interrupt ended.</summary>
    private static class ProgramInterrupted
    {
        /// <summary>128 and the number of SIGINT, as shells have it.</summary>
        public const int OnUnix = 130;

        /// <summary>STATUS_CONTROL_C_EXIT.</summary>
        public const int OnWindows = unchecked((int)0xC000013A);
    }
}

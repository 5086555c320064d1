using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.ExceptionServices;
using DagShell.Capture;
using DagShell.Engine.Running;

namespace DagShell.Runspaces;

/// <summary>
/// Runs attempts in the caller's own session, on the thread of its pipeline: breakpoints and the debugger stop inside nodes,
/// and what the session mocks is mocked.
/// </summary>
internal sealed class CallerRunner : IScriptRunner
{
    private const string BodyAndEnd = "try { & $args[0] $args[1] $args[2] } finally { & $args[0] $args[3] }";

    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly Action _wake;
    private readonly IReadOnlyList<KeyValuePair<string, object>> _preferences;
    private readonly ConcurrentQueue<NodeAttempt> _waiting = new();
    private readonly CallScripts _calls = new();
    private readonly CancellationTokenSource _endOfSession = new();
    private readonly Hashtable _usingValues = [];
    private readonly bool _isTimed;
    private volatile bool _refuses;

    /// <summary>The pipeline that <see cref="_around"/> is in.</summary>
    private PowerShell? _shell;
    private Task? _stopping;
    private bool _isEnding;

    /// <summary>The command around all nodes, and around the end of the run; null where nothing can be run any more.</summary>
    private PSCmdlet? _around;
    private NodeAttempt? _last;
    private bool _isSetUp;

    /// <summary>Where nodes begin: where the run did, or where -InitializationScript went.</summary>
    private SessionLocation? _start;

    /// <summary>Makes a runner.</summary>
    /// <param name="context">The run.</param>
    /// <param name="sink">Takes what nodes write to the streams other than output.</param>
    /// <param name="wake">Has the thread of the pipeline look whether there is work for it.</param>
    /// <param name="preferences">The preference variables that the command's own parameters stand for.</param>
    /// <param name="isTimed">Whether the run has a timeout.</param>
    public CallerRunner(
        RunContext context, INodeStreamSink sink, Action wake, IReadOnlyList<KeyValuePair<string, object>> preferences, bool isTimed)
    {
        _preferences = preferences;
        _isTimed = isTimed;
        _context = context;
        _sink = sink;
        _wake = wake;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// PowerShell runs a script's <c>finally</c>, and what that calls, as if the pipeline was not being stopped. Nothing else is let in
    /// then. A stop ends the innermost pipeline first, which is a node's, then this one, and only then that of Invoke-Dag; so the
    /// <c>finally</c> must not begin before the stop has come here.
    /// </remarks>
    public void RunAround(Action body, Action stop, Action end)
    {
        ExceptionDispatchInfo? thrown = null;
        bool hasEnded = false;
        var stopped = new ManualResetEventSlim();
        using (PowerShell shell = _shell = PowerShell.Create(RunspaceMode.CurrentRunspace))
        {
            shell.AddScript(BodyAndEnd, useLocalScope: true)
                .AddArgument(PumpCommand.Info)
                .AddArgument((Action<PSCmdlet>)RunBody)
                .AddArgument((Action)OnStopped)
                .AddArgument((Action<PSCmdlet>)End)
                .AddParameter("--%", _usingValues);
            thrown = Catch(() => shell.Invoke(input: null, new PumpOutput(), CallerHistory.NewSettings())) is { } ofShell
                ? thrown ?? ofShell
                : thrown;
            Interlocked.Exchange(ref _stopping, null)?.Wait();
            _shell = null;
            CallerHistory.Forget(BodyAndEnd);
        }

        if (!hasEnded)
        {
            End(null);
        }

        thrown?.Throw();

        void RunBody(PSCmdlet command)
        {
            _around = command;
            _start = SessionLocation.Of(command.SessionState);
            thrown = Catch(body);
            if (thrown?.SourceException is PipelineStoppedException)
            {
                stopped.Wait(RunTimes.GracePeriod);
            }
        }

        void OnStopped()
        {
            stop();
            stopped.Set();
        }

        void End(PSCmdlet? command)
        {
            _around = command;
            hasEnded = _isEnding = true;
            end();
        }
    }

    /// <inheritdoc/>
    public bool HasWorkForCaller => !_waiting.IsEmpty;

    /// <inheritdoc/>
    public void Start(NodeAttempt attempt)
    {
        _waiting.Enqueue(attempt);
        if (_refuses)
        {
            RefuseWorkForCaller();
        }
        else
        {
            _wake();
        }
    }

    /// <inheritdoc/>
    public void RunForCaller(Action stop)
    {
        if (_waiting.TryDequeue(out NodeAttempt? attempt))
        {
            Run(attempt, stop);
        }
    }

    /// <inheritdoc/>
    public void RefuseWorkForCaller()
    {
        _refuses = true;
        while (_waiting.TryDequeue(out NodeAttempt? attempt))
        {
            attempt.Complete(AttemptOutcome.Stopped);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        RefuseWorkForCaller();
        TearDown();
    }

    /// <inheritdoc/>
    public bool EndsSessions => _context.Scripts?.Finalization is not null;

    /// <inheritdoc/>
    public void LimitEndOfSessions(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            _endOfSession.CancelAfter(time);
        }
        else
        {
            _endOfSession.Cancel();
        }
    }

    /// <summary>
    /// Runs what comes before the first node, in the scope around the nodes: what it sets is there for all of them, and gone with the run.
    /// </summary>
    /// <returns>What the attempt comes to; null if it may go on.</returns>
    private AttemptOutcome? SetUp(NodeAttempt attempt)
    {
        _last = attempt;
        if (_context.Scripts?.Initialization is not { } initialization || _isSetUp || _around is null)
        {
            return null;
        }

        try
        {
            _context.Scripts.SetUsingValues(_usingValues);
            if (SessionScripts.Run(_around, initialization, isCallers: true) is { } failure)
            {
                string cause = _context.Secrets.Of(ErrorText.Of(failure, attempt.Node.Name));
                Exception shown = _context.Secrets.Of(failure);
                return AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, Messages.InitializationFailed(cause), shown)
                {
                    Position = ErrorText.Position(ErrorText.RecordOf(failure)),
                });
            }
        }
        catch (PipelineStoppedException)
        {
            return AttemptOutcome.Stopped;
        }

        _isSetUp = true;
        _start = SessionLocation.Of(_around.SessionState);
        return null;
    }

    private void TearDown()
    {
        if (_context.Scripts?.Finalization is not { } finalization || _last is not { } last || _around is null
            || _endOfSession.IsCancellationRequested)
        {
            return;
        }

        _last = null;
        AtStart(() => Finalize(finalization, last));
    }

    private void Finalize(ScriptBlock finalization, NodeAttempt last)
    {
        Exception? failure = null;
        using Pump pump = Pump.InCurrentSession(
            command => failure = SessionScripts.Run(command, finalization, isCallers: true), record => _sink.Write(last, record));
        using (_endOfSession.Token.UnsafeRegister(static pump => ((Pump)pump!).RequestStop(), pump))
        {
            _context.Scripts!.SetUsingValues(pump.UsingValues);
            string? problem = pump.Run();
            string? cause = _endOfSession.IsCancellationRequested ? Messages.CancelReason(CancelCause.CleanUpTimedOut, null)
                : failure is null ? problem : ErrorText.Of(failure, last.Node.Name);
            if (cause is not null)
            {
                _sink.Write(last, new SessionEndWarning(Messages.FinalizationFailed(cause)));
            }
        }
    }

    /// <inheritdoc/>
    public void Abandon(NodeAttempt attempt)
    {
        // The thread is the caller's; it comes back when what blocks it does. The engine has given the node up by then.
    }

    /// <summary>What an action throws, whatever it is: what ends pipelines goes through here too.</summary>
    private static ExceptionDispatchInfo? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return ExceptionDispatchInfo.Capture(exception);
        }
    }

    private void Run(NodeAttempt attempt, Action stop)
    {
        AttemptOutcome outcome = AttemptOutcome.Stopped;
        if (!attempt.IsCompleted && !attempt.StopToken.IsCancellationRequested)
        {
            attempt.Begin();
            AtStart(() => outcome = SetUp(attempt)
                ?? (MayEndAlone(attempt) || _around is not { } around ? RunAlone(attempt) : RunAmongOthers(attempt, around)));
        }

        End(attempt, outcome, stop);
    }

    /// <summary>
    /// Does something where nodes begin, and goes back after it: what follows in the pipeline may be somewhere else meanwhile.
    /// </summary>
    private void AtStart(Action action)
    {
        if (_around is null || _start is null)
        {
            action();
            return;
        }

        SessionLocation start = _start;
        SessionLocation before = start.IsOf(_around.SessionState) ? start : SessionLocation.Of(_around.SessionState);
        if (before != start)
        {
            start.TryRestore(_around.SessionState, mayHavePushed: true);
        }

        try
        {
            action();
        }
        finally
        {
            before.TryRestore(_around.SessionState, mayHavePushed: true);
        }
    }

    /// <summary>Whether an attempt may be stopped for another reason than that all of the run is.</summary>
    private bool MayEndAlone(NodeAttempt attempt) => _isEnding || _isTimed || attempt.Node.Timeout is not null;

    /// <summary>Runs an attempt in a pipeline of its own, which can be stopped.</summary>
    private AttemptOutcome RunAlone(NodeAttempt attempt)
    {
        AttemptOutcome outcome = AttemptOutcome.Stopped;
        Pump? pump = null;
        using (pump = Pump.InCurrentSession(
            command => outcome = Run(attempt, command, pump!.Output, pump.UsingValues), record => _sink.Write(attempt, record)))
        using (StopOnRequest(attempt, pump.RequestStop))
        {
            return pump.Run() is { } problem ? AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, problem)) : outcome;
        }
    }

    /// <summary>Runs an attempt in the pipeline around all nodes: to start and end one costs more than most scripts do.</summary>
    private AttemptOutcome RunAmongOthers(NodeAttempt attempt, PSCmdlet around)
    {
        AttemptOutcome outcome = AttemptOutcome.Stopped;
        PumpOutput output = [];
        using (StopOnRequest(attempt, StopAll))
        {
            try
            {
                using SteppablePipeline pipeline = _calls.Pipeline(
                    around.SessionState,
                    command => outcome = Run(attempt, command, output, _usingValues),
                    ReceiveOutputCommand.Into(output, record => _sink.Write(attempt, record)));
                pipeline.Begin(expectInput: false, EngineOf(around));
                pipeline.Process();
                pipeline.End();
                return outcome;
            }
            catch (PipelineStoppedException)
            {
                return outcome;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, exception.Message));
            }
        }
    }

    /// <summary>Has the pipeline around all nodes stopped, without waiting for that, as <see cref="Pump.RequestStop"/>.</summary>
    private void StopAll()
    {
        if (_shell is { } shell)
        {
            _stopping = Task.Factory.StartNew(
                shell.Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private CancellationTokenRegistration StopOnRequest(NodeAttempt attempt, Action stop)
    {
        Runspace session = Runspace.DefaultRunspace;
        Action askToStop = () =>
        {
            StopPosition.Note(attempt, session, _context.Secrets);
            stop();
        };
        return attempt.StopToken.UnsafeRegister(static ask => ((Action)ask!)(), askToStop);
    }

    private AttemptOutcome Run(NodeAttempt attempt, PSCmdlet command, PumpOutput output, Hashtable usingValues)
    {
        foreach (var (name, value) in _preferences)
        {
            command.SessionState.PSVariable.Set(name, value);
        }

        BringBack(DagNode.Of(attempt.Node).Surroundings, command);
        return new NodeInvoker(command, output, usingValues, session: null, _calls, _context, _sink).Run(attempt);
    }

    private static EngineIntrinsics EngineOf(PSCmdlet command) =>
        (EngineIntrinsics)command.SessionState.PSVariable.GetValue("ExecutionContext");

    private static void End(NodeAttempt attempt, AttemptOutcome outcome, Action stop)
    {
        if (outcome.Kind == AttemptOutcomeKind.Stopped && !attempt.StopToken.IsCancellationRequested)
        {
            stop();
        }

        attempt.Complete(outcome);
    }

    /// <summary>
    /// Defines in the pump's scope the functions and aliases that were there when the node was made and are gone now, or are others.
    /// </summary>
    private static void BringBack(Surroundings? surroundings, PSCmdlet command)
    {
        foreach (SeenCommand then in surroundings?.Commands ?? [])
        {
            string name = then.Command.Name;
            CommandInfo? now = command.InvokeCommand.GetCommands(name, CommandTypes.All, nameIsPattern: false).FirstOrDefault();
            if (now is not null && !(then.IsOfFile && now is FunctionInfo function && function.ScriptBlock != then.Body))
            {
                continue;
            }

            if (then.Body is not null)
            {
                command.InvokeProvider.Item.Set([$"function:{name}"], then.Body, force: true, literalPath: true);
            }
            else
            {
                command.InvokeProvider.Item.Set([$"alias:{name}"], then.Definition, force: true, literalPath: true);
            }
        }
    }
}

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using DagShell.Engine.Running;
using DagShell.Logs;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>A session in which nodes run, one at a time. It has no thread: what it does here it does on those of the pool.</summary>
/// <remarks>
/// Belongs to its <see cref="SessionPlaces"/>, which hands it an attempt only when the one before has ended; so what is in it is touched by
/// one thread at a time.
/// </remarks>
internal sealed class RemoteSession
{
    /// <summary>How long what comes before the end of a session may take to stop, before that costs the session.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(1);

    /// <summary>How many pipelines that end before they have taken an attempt are a sign that none will.</summary>
    private const int MostPipelines = 3;

    private readonly SessionSetUp _setUp;
    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly SentScripts _sent = new();
    private readonly RemoteScripts _scripts;

    /// <summary>What the session's process knows the driver by, and what marks the end of an attempt: no other output has it.</summary>
    private readonly string _key;
    private IDictionary _aliases = new Hashtable();

    /// <summary>Whether -InitializationScript has been run, or is not there.</summary>
    private bool _isSetUp;

    /// <summary>The attempt that -FinalizationScript is told with: the last one that began here.</summary>
    private NodeAttempt? _last;
    private Task _prepared = Task.CompletedTask;

    /// <summary>What attempts go through; null until one has, and perhaps ended by now.</summary>
    private CallPipeline? _calls;
    private EventHandler<RunspaceStateEventArgs>? _watcher;

    /// <summary>Whether something goes on in it that could not be stopped.</summary>
    private bool _isStuck;

    /// <summary>Makes a place of a session.</summary>
    /// <param name="session">The session, open.</param>
    /// <param name="isOwn">Whether it is closed when it is of no more use.</param>
    /// <param name="setUp">What is to hold there.</param>
    /// <param name="context">The run.</param>
    /// <param name="sink">Takes what nodes write to the streams other than output.</param>
    public RemoteSession(PSSession session, bool isOwn, SessionSetUp setUp, RunContext context, INodeStreamSink sink)
    {
        Session = session;
        IsOwn = isOwn;
        _setUp = setUp;
        _context = context;
        _sink = sink;
        _key = DriverKey.Take(session.Runspace);
        _scripts = new RemoteScripts(_key, context, sink, NewShell);
        _isSetUp = context.Scripts?.Initialization is null;
        Host = session.ComputerName;
    }

    /// <summary>The session.</summary>
    public PSSession Session { get; }

    /// <summary>Whether it is closed when it is of no more use.</summary>
    public bool IsOwn { get; }

    /// <summary>The machine: as the user calls it, where the session knows that, else as it calls itself.</summary>
    public string Host { get; private set; }

    /// <summary>Whether it can take an attempt.</summary>
    public bool IsOpen => Session.Runspace.RunspaceStateInfo.State == RunspaceState.Opened;

    /// <summary>When it was last of use.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether other attempts wait for a session such as this.</summary>
    public Func<bool> HasMore { get; set; } = static () => false;

    /// <summary>Whether the engine counts it as a place.</summary>
    public bool IsPlace { get; set; }

    /// <summary>Whether an attempt has ended in it.</summary>
    public bool HasServed { get; set; }

    /// <summary>Whether what was to be run first in it failed, so that no node is to run there.</summary>
    public bool IsSpoilt { get; private set; }

    /// <summary>What was said of how the session was lost.</summary>
    public string? Loss { get; private set; }

    /// <summary>The attempt under way.</summary>
    public NodeAttempt? Attempt { get; set; }

    /// <summary>Has somebody told of every change of the session's state.</summary>
    public void Watch(Action<RunspaceStateInfo> tell)
    {
        _watcher = (_, changed) => tell(changed.RunspaceStateInfo);
        Session.Runspace.StateChanged += _watcher;
    }

    /// <summary>Ends that.</summary>
    public void Unwatch() => Session.Runspace.StateChanged -= _watcher;

    /// <summary>Makes it ready for nodes.</summary>
    /// <exception cref="RuntimeException">It cannot be.</exception>
    public Task PrepareAsync() => _prepared = SetUpAsync();

    private async Task SetUpAsync()
    {
        SshWriter.Guard(Session);
        using PowerShell shell = NewShell();
        string? host = SessionKind.IsOverCommand(Session) ? null : Host;
        shell.AddScript(NodeDriver.SetUp, useLocalScope: true).AddArgument(NodeDriver.TextFor(_key))
            .AddArgument(_setUp.Preferences).AddArgument(_context.RunId).AddArgument(host).AddArgument(_setUp.StrictMode);
        PSDataCollection<PSObject> output = await InvokeAsync(shell).ConfigureAwait(false);
        if (output.LastOrDefault()?.BaseObject is not Hashtable told)
        {
            throw new RuntimeException(SessionMessages.NotPrepared(Session.Name, shell.Streams.Error.FirstOrDefault()?.ToString()));
        }

        _aliases = told["Aliases"] as IDictionary ?? _aliases;
        if (host is null && told["Machine"] is string machine)
        {
            Host = machine;
        }
    }

    /// <summary>Warns of something, with an attempt that is about to run here.</summary>
    public void Warn(NodeAttempt attempt, string message) => _sink.Write(attempt, new WarningRecord(message));

    /// <summary>Starts an attempt, and returns.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="ended">Told how it ended; null if the session was lost, with whether the script may have begun.</param>
    public void Begin(NodeAttempt attempt, Action<AttemptOutcome?, bool> ended)
    {
        attempt.Host = Host;
        if (!IsOpen)
        {
            ended(null, false);
            return;
        }

        attempt.Begin();
        _last = attempt;
        _ = BeginAsync(attempt, ended);
    }

    private async Task BeginAsync(NodeAttempt attempt, Action<AttemptOutcome?, bool> ended)
    {
        try
        {
            if (!_isSetUp && await InitializeAsync(attempt).ConfigureAwait(false) is { } failure)
            {
                IsSpoilt = IsOwn;
                ended(failure, false);
                return;
            }

            var node = new NodeCall(attempt, _context, _sent, _aliases);
            if (node.ToTable() is { } call)
            {
                Invoke(attempt, call, node, ended);
            }
            else
            {
                ended(WithoutScript(attempt, node.MissingParameter, null), false);
            }
        }
        catch (UnsendableException exception)
        {
            ended(Failed(exception.Message), false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            if (IsOpen)
            {
                ended(Failed(SessionMessages.CallFailed(attempt.Node.Name, Host, exception.Message)), false);
            }
            else
            {
                // No script of the node's had begun.
                Loss = _context.Secrets.Of(exception.Message);
                ended(null, false);
            }
        }
    }

    /// <summary>Runs what comes before the first node, as a part of the attempt that needs it.</summary>
    /// <returns>How it failed; null if it did not.</returns>
    private async Task<AttemptOutcome?> InitializeAsync(NodeAttempt attempt)
    {
        try
        {
            NodeFailure? failure = await _scripts.RunAsync(
                _context.Scripts!.Initialization!, attempt, Host, _sent, _aliases, attempt.StopToken).ConfigureAwait(false);
            if (failure is not null)
            {
                return AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, Messages.InitializationFailed(failure.Message))
                {
                    Position = failure.Position,
                });
            }

            _isSetUp = true;
            return null;
        }
        catch (Exception) when (attempt.StopToken.IsCancellationRequested)
        {
            return AttemptOutcome.Stopped;
        }
    }

    /// <summary>
    /// Ends its use: runs what comes before a session is closed, and then closes it or, if it is the caller's, leaves it as it was found.
    /// </summary>
    public async Task EndAsync()
    {
        try
        {
            if (!IsOwn)
            {
                // A run may end before a session is ready: what is set up there must not come after it has been left. This throws nothing.
                await Task.WhenAny(_prepared).ConfigureAwait(false);
            }

            if (IsOpen && Attempt is null)
            {
                await EndCallsAsync().ConfigureAwait(false);
                await FinalizeAsync().ConfigureAwait(false);
                if (!IsOwn && !_isStuck)
                {
                    await LeaveAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It was lost meanwhile: there is nothing left to do in it.
        }

        if (IsOwn || _isStuck)
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the pipeline of calls, of which none is under way: the session runs no other before.</summary>
    private async Task EndCallsAsync()
    {
        if (_calls is { } calls)
        {
            calls.Close();
            await Task.WhenAny(calls.Ended, Task.Delay(TimeToStop, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <summary>Runs what comes before the session is closed. What is wrong with it is a warning.</summary>
    private async Task FinalizeAsync()
    {
        CancellationToken over = _setUp.EndOfSessions;
        if (_context.Scripts?.Finalization is not { } finalization || _last is null || over.IsCancellationRequested)
        {
            return;
        }

        string? cause;
        Task<NodeFailure?> running = _scripts.RunAsync(finalization, _last, Host, _sent, _aliases, over);
        try
        {
            cause = (await running.WaitAsync(over).ConfigureAwait(false))?.Message;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            cause = over.IsCancellationRequested
                ? Messages.CancelReason(CancelCause.CleanUpTimedOut, null)
                : _context.Secrets.Of(exception.Message);
        }

        if (cause is not null)
        {
            _sink.Write(_last, new SessionEndWarning(Messages.FinalizationFailed(cause)));
        }

        _isStuck = !running.IsCompleted
            && await Task.WhenAny(running, Task.Delay(TimeToStop, CancellationToken.None)).ConfigureAwait(false) != running;
    }

    /// <summary>Leaves a session of the caller's as it was found.</summary>
    private async Task LeaveAsync()
    {
        using PowerShell shell = NewShell();
        await InvokeAsync(shell.AddScript(NodeDriver.TearDown(_key), useLocalScope: true)).ConfigureAwait(false);
        DriverKey.Return(Session.Runspace, _key);
    }

    /// <summary>Closes it, whatever goes on in it, on a thread that nobody waits for.</summary>
    public Task CloseAsync() => Task.Factory.StartNew(
        static session => ((PSSession)session!).Runspace.Dispose(), Session, CancellationToken.None, TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static AttemptOutcome Failed(string message) =>
        AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, message, canRetry: false));

    /// <summary>What an attempt comes to that ran no script of the node itself, or one that gave its items.</summary>
    private AttemptOutcome WithoutScript(NodeAttempt attempt, string? missingParameter, object?[]? items)
    {
        if (missingParameter is not null)
        {
            return Failed(Messages.MandatoryParameter(attempt.Name, missingParameter));
        }

        try
        {
            return _context.Map(attempt, items ?? DagNode.Of(attempt.Node).ForEach!);
        }
        catch (OperationCanceledException)
        {
            return AttemptOutcome.Stopped;
        }
    }

    private static Task<PSDataCollection<PSObject>> InvokeAsync(PowerShell shell) =>
        Task.Factory.FromAsync(shell.BeginInvoke(), shell.EndInvoke);

    private PowerShell NewShell()
    {
        PowerShell shell = PowerShell.Create();
        shell.Runspace = Session.Runspace;
        return shell;
    }

    private void Invoke(NodeAttempt attempt, Hashtable table, NodeCall node, Action<AttemptOutcome?, bool> ended)
    {
        ReceivedOutput received = new(_setUp.MostReceived, attempt.AsksForItems ? null : item => Log(attempt, item));
        RemoteCall call = new(
            attempt, table, _key, received, node.StopPosition, record => _sink.Write(attempt, record),
            (call, thrown) => End(call, thrown, node.MissingParameter, ended));
        for (int begun = 0; _calls?.TrySend(call) != true; begun++)
        {
            if (attempt.StopToken.IsCancellationRequested)
            {
                ended(AttemptOutcome.Stopped, false);
                return;
            }

            if (begun == MostPipelines)
            {
                ended(Failed(SessionMessages.CallFailed(attempt.Node.Name, Host, SessionMessages.NoEnd)), false);
                return;
            }

            PowerShell shell = NewShell();
            try
            {
                _calls = CallPipeline.Begin(shell.AddScript(NodeDriver.Run(_key), useLocalScope: true), _key, HasMore);
            }
            catch (Exception exception) when (exception is InvalidRunspaceStateException or InvalidOperationException
                or PSRemotingTransportException or PSRemotingDataStructureException or IOException)
            {
                // Found broken before anything was sent.
                ended(null, false);
                return;
            }
        }
    }

    private void End(RemoteCall call, Exception? thrown, string? missingParameter, Action<AttemptOutcome?, bool> ended)
    {
        NodeAttempt attempt = call.Attempt;
        ReceivedOutput received = call.Received;
        object?[] output = received.ToArray();
        _context.Log.EndAttempt(attempt);

        // Of a stop that overtakes the call PowerShell may say the same as of a session that is lost.
        bool isStop = thrown is PSRemotingDataStructureException && (attempt.StopToken.IsCancellationRequested || received.IsTooMuch);
        bool isLost = !IsOpen
            || (thrown is PSRemotingTransportException or PSRemotingDataStructureException or InvalidRunspaceStateException && !isStop);
        if (isLost)
        {
            Loss = _context.Secrets.Of(thrown?.Message ?? Session.Runspace.RunspaceStateInfo.Reason?.Message);
            ended(null, call.MayHaveBegun);
            return;
        }

        if (_setUp.TellsSizes)
        {
            _sink.Write(attempt, new VerboseRecord(
                SessionMessages.Sizes(DataSize.Of(call.Table, long.MaxValue), DataSize.Of(output, long.MaxValue), Host)));
        }

        if (received.IsTooMuch || (attempt.AsksForItems && output.Length > ItemLimit.Most))
        {
            ended(
                Failed(received.IsTooMuch
                    ? SessionMessages.ReceivesTooMuch(attempt.Node.Name, Host, _setUp.MostReceived)
                    : Messages.TooManyItems(ItemLimit.Most)),
                true);
            return;
        }

        AttemptOutcome outcome = OutcomeOf(attempt, output, thrown);
        if (outcome.Kind == AttemptOutcomeKind.Succeeded && !attempt.IsInquiry && (missingParameter is not null || attempt.AsksForItems))
        {
            // What gave nothing is $null to whoever assigns it, and it is what an output like that is in $Upstream.
            object?[] items = (object?[])outcome.Output!;
            outcome = WithoutScript(
                attempt, missingParameter, DagNode.Of(attempt.Node).ItemScript is null ? null : items is [null] ? [] : items);
        }

        ended(outcome, true);
    }

    private void Log(NodeAttempt attempt, object? item)
    {
        if (item is not PSObject { BaseObject: string text } || text != _key)
        {
            _context.Log.AddOutput(attempt, RemoteRecord.AdaptOutput(item));
        }
    }

    private AttemptOutcome OutcomeOf(NodeAttempt attempt, object?[] output, Exception? thrown)
    {
        if (attempt.StopToken.IsCancellationRequested || thrown is PipelineStoppedException)
        {
            return AttemptOutcome.Stopped;
        }

        if (RemoteCall.EndIn(output.LastOrDefault(), _key) is { } end)
        {
            if (thrown is IContainsErrorRecord { ErrorRecord: { } error } && NativeError.IsExitCode(error))
            {
                ProgramCall[] calls = ProgramCall.Around(RemoteEnd.CallIn(end), DagNode.Of(attempt.Node).ScriptBlock.Ast);
                NativeError.AddLines(error, _context.Log.WrittenByProgram(attempt, calls));
            }

            return RemoteEnd.OutcomeOf(
                attempt,
                Host,
                output[..^1],
                end,
                thrown is null ? null : _context.Secrets.Of(thrown),
                _context.Secrets,
                message => Warn(attempt, message));
        }

        string cause = _context.Secrets.Of(thrown?.Message ?? SessionMessages.NoEnd);
        return AttemptOutcome.Failed(new NodeFailure(
            FailureKind.Error,
            SessionMessages.CallFailed(attempt.Node.Name, Host, cause),
            thrown is null ? null : _context.Secrets.Of(thrown)));
    }
}

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using DagShell.Engine.Running;
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
    private readonly SessionSetUp _setUp;
    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly SentScripts _sent = new();

    /// <summary>What the session's process knows the driver by, and what marks the end of an attempt: no other output has it.</summary>
    private readonly string _key = "DagShell " + Guid.NewGuid().ToString("N");
    private IDictionary _aliases = new Hashtable();
    private EventHandler<RunspaceStateEventArgs>? _watcher;

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

    /// <summary>Whether the engine counts it as a place.</summary>
    public bool IsPlace { get; set; }

    /// <summary>Whether an attempt has ended in it.</summary>
    public bool HasServed { get; set; }

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
    public async Task PrepareAsync()
    {
        using PowerShell shell = NewShell();
        string? host = SessionKind.IsOverCommand(Session) ? null : Host;
        shell.AddScript(NodeDriver.SetUp(_key), useLocalScope: true)
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
        if (StaysHere(attempt) is { } problem)
        {
            ended(Failed(problem), false);
            return;
        }

        Hashtable call;
        try
        {
            if (!attempt.IsInquiry && MissingParameterOf(attempt) is { } missing)
            {
                ended(Failed(Messages.MandatoryParameter(attempt.Node.Name, missing)), false);
                return;
            }

            call = new NodeCall(attempt, _context, _sent, _aliases).ToTable();
        }
        catch (UnsendableException exception)
        {
            ended(Failed(exception.Message), false);
            return;
        }

        Invoke(attempt, call, ended);
    }

    /// <summary>Leaves a session of the caller's as it was found.</summary>
    public async Task LeaveAsync()
    {
        using PowerShell shell = NewShell();
        await InvokeAsync(shell.AddScript(NodeDriver.TearDown(_key), useLocalScope: true)).ConfigureAwait(false);
    }

    /// <summary>Closes it, whatever goes on in it, on a thread that nobody waits for.</summary>
    public Task CloseAsync() => Task.Factory.StartNew(
        static session => ((PSSession)session!).Runspace.Dispose(), Session, CancellationToken.None, TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Has what is under way stopped, without waiting for it.</summary>
    private static void RequestStop(PowerShell shell)
    {
        try
        {
            shell.BeginStop(null, null);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or RuntimeException or InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Why a node cannot run in a session; null if it can.</summary>
    private static string? StaysHere(NodeAttempt attempt) =>
        attempt.Node.IsMapped ? SessionMessages.ItemsStayHere(attempt.Node.Name)
        : DagNode.Of(attempt.Node).RetryDelay is not null ? SessionMessages.RetryDelayStaysHere(attempt.Node.Name)
        : null;

    private static AttemptOutcome Failed(string message) =>
        AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, message, canRetry: false));

    private string? MissingParameterOf(NodeAttempt attempt)
    {
        NodeScript script = DagNode.Of(attempt.Node).Script;
        return script.Parameters.Count == 0 ? null : new NodeVariables(attempt, _context).MissingParameterOf(script);
    }

    private static Task<PSDataCollection<PSObject>> InvokeAsync(PowerShell shell) =>
        Task.Factory.FromAsync(shell.BeginInvoke(), shell.EndInvoke);

    private PowerShell NewShell()
    {
        PowerShell shell = PowerShell.Create();
        shell.Runspace = Session.Runspace;
        return shell;
    }

    private void Invoke(NodeAttempt attempt, Hashtable call, Action<AttemptOutcome?, bool> ended)
    {
        PowerShell shell = NewShell();
        var output = new PSDataCollection<PSObject>();
        var input = new PSDataCollection<PSObject>();
        input.Complete();
        NodeStreams.ForwardAll(shell, record => _sink.Write(attempt, RemoteRecord.Adapt(record)));
        CancellationTokenRegistration stop = default;
        try
        {
            shell.AddScript(NodeDriver.Run(_key), useLocalScope: true).AddArgument(call);
            IAsyncResult begun = shell.BeginInvoke(
                input,
                output,
                new PSInvocationSettings { Host = SilentHost.Instance, RemoteStreamOptions = RemoteStreamOptions.AddInvocationInfo },
                result => End(shell, result, attempt, call, output, stop, ended),
                null);
            stop = attempt.StopToken.UnsafeRegister(static stopped => RequestStop((PowerShell)stopped!), shell);
            if (begun.IsCompleted)
            {
                stop.Dispose();
            }
        }
        catch (Exception exception) when (exception is InvalidRunspaceStateException or InvalidOperationException
            or PSRemotingTransportException or PSRemotingDataStructureException or IOException)
        {
            // Found broken before anything was sent.
            shell.Dispose();
            ended(null, false);
        }
    }

    private void End(
        PowerShell shell,
        IAsyncResult result,
        NodeAttempt attempt,
        Hashtable call,
        PSDataCollection<PSObject> output,
        CancellationTokenRegistration stop,
        Action<AttemptOutcome?, bool> ended)
    {
        Exception? thrown = null;
        try
        {
            shell.EndInvoke(result);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            thrown = exception;
        }

        stop.Dispose();
        shell.Dispose();
        bool isLost = !IsOpen
            || thrown is PSRemotingTransportException or PSRemotingDataStructureException or InvalidRunspaceStateException;
        if (isLost)
        {
            Loss = thrown?.Message ?? Session.Runspace.RunspaceStateInfo.Reason?.Message;
            ended(null, true);
            return;
        }

        if (_setUp.TellsSizes)
        {
            _sink.Write(attempt, new VerboseRecord(SessionMessages.Sizes(SizeOf(call), SizeOf(output.ToArray()), Host)));
        }

        ended(OutcomeOf(attempt, output, thrown), true);
    }

    /// <summary>What was said of how the session was lost.</summary>
    public string? Loss { get; private set; }

    private AttemptOutcome OutcomeOf(NodeAttempt attempt, PSDataCollection<PSObject> output, Exception? thrown)
    {
        if (attempt.StopToken.IsCancellationRequested || thrown is PipelineStoppedException)
        {
            return AttemptOutcome.Stopped;
        }

        if (output.Count > 0 && output[^1]?.BaseObject is Hashtable end && end.ContainsKey(_key))
        {
            return RemoteEnd.OutcomeOf(
                attempt,
                Host,
                [.. output.Take(output.Count - 1)],
                end,
                thrown is null ? null : _context.Secrets.Of(thrown),
                _context.Secrets,
                message => _sink.Write(attempt, new WarningRecord(message)));
        }

        string cause = _context.Secrets.Of(thrown?.Message ?? SessionMessages.NoEnd);
        return AttemptOutcome.Failed(new NodeFailure(
            FailureKind.Error,
            SessionMessages.CallFailed(attempt.Node.Name, Host, cause),
            thrown is null ? null : _context.Secrets.Of(thrown)));
    }

    private static long SizeOf(object value) => PSSerializer.Serialize(value).Length;
}

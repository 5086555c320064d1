using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Capture;
using DagShell.Engine.Running;
using DagShell.Hosts;

namespace DagShell.Runspaces;

/// <summary>
/// A thread that owns a runspace and runs one attempt after the other in it, inside one long pipeline (the pump), because
/// starting a pipeline costs more than most script blocks do. The pump is started anew only after an attempt was stopped.
/// </summary>
/// <remarks>
/// A worker lives as long as its runspace. The lock of the pool guards <see cref="Lifecycle"/>, <see cref="Attempt"/> and
/// <see cref="BeginClose"/>. All else belongs to the worker's own thread.
/// </remarks>
internal sealed class Worker : IDisposable
{
    /// <summary>
    /// Enough for 3,000 calls of script functions, or of methods of classes, inside each other (bytes). Methods are not guarded: where the
    /// stack ends the process does. The time that a runaway recursion of functions takes to come back grows with the square of the depth.
    /// </summary>
    private const int StackSize = 8_000_000;

    [ThreadStatic]
    private static Worker? t_current;

    private readonly IWorkerOwner _owner;
    private readonly SessionTemplate _template;
    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private volatile NodeAttempt? _attempt;
    private NodeAttempt? _kept;

    /// <summary>The last attempt that was begun here.</summary>
    private NodeAttempt? _last;
    private bool _isSetUp;
    private bool _isInSessionScript;
    private NodeRunspace? _opened;
    private Task? _closing;
    private NodeSession? _session;
    private Pump? _pump;
    private NodeInvoker? _invoker;

    /// <summary>Whether the runspace is as it was when it was opened, so that another run may have it.</summary>
    private bool _isClean;

    /// <summary>Makes a worker, whose thread is still to be started.</summary>
    /// <param name="owner">Gives it attempts.</param>
    /// <param name="template">Opens its runspace.</param>
    /// <param name="context">The run.</param>
    /// <param name="sink">Takes what nodes write to the streams other than output.</param>
    /// <param name="culture">The culture of its thread.</param>
    /// <param name="uiCulture">The culture of messages on its thread.</param>
    public Worker(
        IWorkerOwner owner, SessionTemplate template, RunContext context, INodeStreamSink sink, CultureInfo culture, CultureInfo uiCulture)
    {
        _owner = owner;
        _template = template;
        _context = context;
        _sink = sink;
        _thread = new Thread(Run, StackSize)
        {
            // A node that cannot be stopped must not keep the process alive.
            IsBackground = true,
            Name = "DagShell worker",
            CurrentCulture = culture,
            CurrentUICulture = uiCulture,
        };
    }

    /// <summary>The worker whose thread this is.</summary>
    public static Worker? OfThisThread => t_current;

    /// <summary>Where it stands.</summary>
    public WorkerLifecycle Lifecycle { get; } = new();

    /// <summary>The attempt it was given, until that has ended. Only a worker that is running or abandoned has one.</summary>
    public NodeAttempt? Attempt
    {
        get => _attempt;
        set => _attempt = value;
    }

    private bool IsOpen => _opened!.Runspace.RunspaceStateInfo.State == RunspaceState.Opened;

    public bool BelongsTo(IWorkerOwner owner) => _owner == owner;

    public void Start() => _thread.Start();

    /// <returns>Whether its thread has ended.</returns>
    public bool Join(TimeSpan time) => _thread.Join(time);

    /// <summary>Lets the worker's thread sleep until <see cref="Wake"/>, which may have come before.</summary>
    public void Sleep() => _wake.WaitOne();

    public void Wake() => _wake.Set();

    /// <summary>
    /// Takes an attempt that the worker's own last attempt made ready. To be called on the worker's thread: nobody else changes
    /// the state of a worker that runs and has no attempt.
    /// </summary>
    public bool TryKeep(NodeAttempt attempt)
    {
        if (_kept is not null || _attempt is not null || Lifecycle.State != WorkerState.Running)
        {
            return false;
        }

        _kept = attempt;
        return true;
    }

    /// <summary>
    /// Begins to close the runspace of an abandoned worker, on another thread, which waits there until the code that was given up
    /// returns: a host that ends waits for each runspace that is open, but not for one that is closing already.
    /// </summary>
    public void BeginClose() =>
        _closing = Task.Factory.StartNew(
            () => RunspaceClosing.Quietly(_opened!.Runspace.Close),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <summary>Closes the runspace, or leaves it to a later run. Called on the worker's thread, at its end.</summary>
    public void Dispose()
    {
        // Two threads must not close a runspace at once.
        _closing?.Wait();
        if (_opened is { } opened)
        {
            opened.Runspace.StateChanged -= OnRunspaceStateChanged;
            opened.Host.SendToNobody();
            if (!_isClean || !_template.TryKeep(opened))
            {
                opened.Dispose();
            }
        }

        _wake.Dispose();
    }

    private void Run()
    {
        t_current = this;
        string? problem = TryOpen();
        if (problem is null)
        {
            while (Take() && RunPump())
            {
                // One pump after the other, each until an attempt is stopped.
            }
        }

        _owner.Close(this, _kept, problem);
        TearDown();
        Dispose();
        _owner.Remove(this);
    }

    private bool Take()
    {
        NodeAttempt? kept = _kept;
        _kept = null;
        return _owner.Take(this, kept);
    }

    /// <summary>Runs a pipeline, and attempts in it until one is stopped or the runspace is of no use any more.</summary>
    /// <returns>Whether the runspace can be used further.</returns>
    private bool RunPump()
    {
        bool isFirst = _session is null;
        _isClean = false;
        if (_context.Scripts?.Initialization is { } initialization && !_isSetUp && !TrySetUp(initialization))
        {
            return false;
        }

        _invoker = null;
        using Pump pump = _pump = Pump.InRunspace(_opened!.Runspace, RunAttempts, Forward);
        string? problem = pump.Run();
        if (_attempt is { } unfinished && (_invoker is not null || isFirst))
        {
            // A new runspace could not be made ready, so another could not either; or the script closed this one.
            string message = _invoker is null
                ? Messages.RunspaceNotOpened(unfinished.Node.Name, problem ?? "its pipeline was stopped.")
                : Messages.RunspaceLost(unfinished.Node.Name);
            End(unfinished, AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, message)));
            return false;
        }

        // Another worker runs what this one could not begin.
        return problem is null && _attempt is null && IsUsable();
    }

    /// <summary>Runs attempts until there are none, or the pipeline around them is of no use any more. Called inside the pump.</summary>
    private void RunAttempts(PSCmdlet command)
    {
        _session ??= new NodeSession(_context, _opened!.Shipped);
        _session.Enter(command);
        _invoker = new NodeInvoker(command, _pump!.Output, _pump.UsingValues, _session, new CallScripts(), _context, _sink);
        while (_attempt is { } attempt)
        {
            bool goesOn = IsDue(attempt) ? RunAttempt(attempt) : End(attempt, AttemptOutcome.Stopped);
            if (!goesOn)
            {
                return;
            }

            Take();
        }

        // The run is over.
        _isClean = _session.TryLeave() && _context.Scripts is null;
    }

    /// <summary>
    /// Runs what comes before the first node of the session, as a part of the attempt that needs it. Where it fails, or is stopped, so does
    /// that, and the session is not used.
    /// </summary>
    private bool TrySetUp(ScriptBlock initialization)
    {
        while (_attempt is { } due && !IsDue(due))
        {
            End(due, AttemptOutcome.Stopped);
            Take();
        }

        if (_attempt is not { } attempt)
        {
            return false;
        }

        attempt.Begin();
        _last = attempt;
        (string? problem, Exception? failure) = RunOnce(initialization, attempt.StopToken);
        if (attempt.StopToken.IsCancellationRequested)
        {
            End(attempt, AttemptOutcome.Stopped);
            return false;
        }

        if (failure is not null || problem is not null)
        {
            string cause = failure is null ? _context.Secrets.Of(problem!) : _context.Secrets.TextOf(failure, attempt.Node.Name);
            Exception? shown = failure is null ? null : _context.Secrets.Of(failure);
            End(attempt, AttemptOutcome.Failed(
                new NodeFailure(FailureKind.Error, Messages.InitializationFailed(cause), shown)
                {
                    Position = failure is null ? null : ErrorText.Position(ErrorText.RecordOf(failure)),
                }));
            return false;
        }

        _isSetUp = true;
        return true;
    }

    /// <summary>Runs what comes before the session is closed. What is wrong with it is a warning.</summary>
    private void TearDown()
    {
        CancellationToken over = _owner.EndOfSessions;
        if (_context.Scripts?.Finalization is { } finalization && _last is not null && _closing is null && IsOpen
            && !over.IsCancellationRequested)
        {
            (string? problem, Exception? failure) = RunOnce(finalization, over);
            string? cause = over.IsCancellationRequested ? Messages.CancelReason(CancelCause.CleanUpTimedOut, null)
                : failure is null ? _context.Secrets.Of(problem) : _context.Secrets.TextOf(failure, _last.Node.Name);
            if (cause is not null)
            {
                _sink.Write(_last, new SessionEndWarning(Messages.FinalizationFailed(cause)));
            }
        }
    }

    private (string? Problem, Exception? Failure) RunOnce(ScriptBlock script, CancellationToken stop)
    {
        _session ??= new NodeSession(_context, _opened!.Shipped);
        Exception? failure = null;
        using Pump pump = Pump.InRunspace(
            _opened!.Runspace,
            command =>
            {
                try
                {
                    _session.Supply(command, _context.Needs.GetValueOrDefault(ScriptKey.Of(script, null)), stop);
                    failure = SessionScripts.Run(command, script, isCallers: false);
                }
                catch (RuntimeException exception) when (exception is not PipelineStoppedException)
                {
                    failure = exception;
                }
            },
            Forward,
            isLocal: false);
        _context.Scripts!.SetUsingValues(pump.UsingValues);
        using (stop.UnsafeRegister(static pump => ((Pump)pump!).RequestStop(), pump))
        {
            _isInSessionScript = true;
            string? problem = pump.Run();
            _opened!.Host.Flush();
            _isInSessionScript = false;
            return (problem, failure);
        }
    }

    /// <summary>Whether there is anything to run: an attempt may have been stopped or given up while it waited for its worker.</summary>
    private static bool IsDue(NodeAttempt attempt) => !attempt.IsCompleted && !attempt.StopToken.IsCancellationRequested;

    /// <summary>Runs an attempt, ends it, and removes what it left in the session.</summary>
    /// <returns>Whether another can be run in this pipeline.</returns>
    private bool RunAttempt(NodeAttempt attempt)
    {
        if (_last != attempt)
        {
            attempt.Begin();
            _last = attempt;
        }

        AttemptOutcome outcome;

        // Disposing of the registration waits for a stop that is on its way, so a late one cannot hit the next attempt.
        using (attempt.StopToken.UnsafeRegister(static worker => ((Worker)worker!).OnStop(), this))
        {
            outcome = _invoker!.Run(attempt);
            _opened!.Host.Flush();
            DropInterrupt();
        }

        bool isOpen = IsOpen;
        if (!isOpen)
        {
            outcome = AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, Messages.RunspaceLost(attempt.Node.Name)));
        }

        bool wasStopped = attempt.StopToken.IsCancellationRequested;
        if (!End(attempt, outcome) || wasStopped || !isOpen || _context.UseNewRunspace)
        {
            return false;
        }

        _session!.CleanUp();
        return !_session.IsSpoilt;
    }

    /// <summary>The attempt that runs is asked to stop. Called on the thread that asks.</summary>
    private void OnStop()
    {
        if (_attempt is { } attempt)
        {
            StopPosition.Note(attempt, _opened?.Runspace, _context.Secrets);
        }

        _pump!.RequestStop();
    }

    /// <summary>Ends an attempt. What that makes ready may come to this worker, by <see cref="TryKeep"/>.</summary>
    /// <returns>Whether the worker may take another: it was not given up.</returns>
    private bool End(NodeAttempt attempt, AttemptOutcome outcome)
    {
        bool goesOn = _owner.Release(this);
        attempt.Complete(outcome);
        return goesOn;
    }

    /// <summary>Whether further attempts may run in the runspace, in a new pipeline.</summary>
    private bool IsUsable() =>
        Lifecycle.State == WorkerState.Running && IsOpen && !_context.UseNewRunspace && _session is { IsSpoilt: false };

    /// <summary>Hands on what is written while a script runs. Nothing else that is written in the session belongs to a node.</summary>
    private void Forward(object record)
    {
        if ((_invoker is not null || _isInSessionScript) && (_attempt ?? (_isInSessionScript ? _last : null)) is { } attempt)
        {
            switch (record)
            {
                case ErrorRecord:
                    _opened!.Host.Flush();
                    break;
                case NodePrompt prompt:
                    prompt.Take(attempt.StopToken);
                    break;
            }

            _sink.Write(attempt, record);
        }
    }

    private string? TryOpen()
    {
        try
        {
            _opened = _template.Open();
            _opened.Host.SendTo(Forward);
            _opened.Runspace.StateChanged += OnRunspaceStateChanged;
            _isClean = true;
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.Message;
        }
    }

    /// <summary>
    /// A script that closes the runspace it runs in waits there for its own end, for ever. The interrupt breaks that wait as soon
    /// as it begins.
    /// </summary>
    private void OnRunspaceStateChanged(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State == RunspaceState.Closing && t_current == this)
        {
            Thread.CurrentThread.Interrupt();
        }
    }

    /// <summary>
    /// Takes back an interrupt of this thread that broke no wait: of a script that closed its runspace without waiting, or a script's own.
    /// It would break the next wait for one of our locks. A wait of the thread for itself ends at once, or takes the interrupt.
    /// </summary>
    private static void DropInterrupt()
    {
        try
        {
            Thread.CurrentThread.Join(0);
        }
        catch (ThreadInterruptedException)
        {
            // It is gone.
        }
    }
}

/// <summary>What gives workers their attempts. It guards what threads share of workers with its lock.</summary>
internal interface IWorkerOwner
{
    /// <summary>Cancelled when there is no time left for what comes before sessions are closed.</summary>
    CancellationToken EndOfSessions { get; }

    /// <summary>
    /// Gives a worker its next attempt, <see cref="Worker.Attempt"/>, and lets it sleep until there is one. Called by the worker,
    /// when its runspace is open and whenever it has ended an attempt.
    /// </summary>
    /// <param name="worker">The worker. It has no attempt.</param>
    /// <param name="kept">What it takes before all others; null for whatever is pending.</param>
    /// <returns>Whether it has an attempt; if not, it is to close.</returns>
    bool Take(Worker worker, NodeAttempt? kept);

    /// <summary>A worker has ended its attempt, which may have been given up meanwhile.</summary>
    /// <returns>Whether it has not been, so that the worker may take another.</returns>
    bool Release(Worker worker);

    /// <summary>
    /// A worker is about to close its runspace, which may take a while. Another may take its place, and what it was given and has
    /// not begun.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="kept">What it would have taken next.</param>
    /// <param name="problem">Why it could not open its runspace.</param>
    void Close(Worker worker, NodeAttempt? kept, string? problem = null);

    /// <summary>A worker has closed its runspace; its thread ends.</summary>
    void Remove(Worker worker);
}

using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Engine.Running;

namespace DagShell.Runspaces;

/// <summary>
/// A thread that owns a runspace and runs one attempt after the other in it, inside one long pipeline (the pump), because
/// starting a pipeline costs more than most script blocks do. The pump is started anew only after an attempt was stopped.
/// </summary>
/// <remarks>
/// Everything here belongs to the worker's own thread, but for <see cref="Assign"/>, <see cref="Current"/>,
/// <see cref="IsAbandoned"/> and <see cref="BeginClose"/>, which others use.
/// </remarks>
internal sealed class Worker
{
    /// <summary>
    /// Enough for thousands of calls of script functions inside each other (bytes). PowerShell's own threads have five times
    /// that; but the time a runaway recursion takes to come back grows with the square of its depth, to a minute there.
    /// </summary>
    private const int StackSize = 2_000_000;

    /// <summary>Never set: a wait for it ends at once, with an interrupt if one is pending.</summary>
    private static readonly ManualResetEvent InterruptSink = new(initialState: false);

    [ThreadStatic]
    private static Worker? t_current;

    private readonly WorkerPool _pool;
    private readonly SessionTemplate _template;
    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly Thread _thread;
    private readonly object _assignmentLock = new();
    private readonly object _closeLock = new();
    private NodeAttempt? _assignment;
    private bool _isAssigned;
    private NodeAttempt? _next;
    private NodeAttempt? _kept;
    private bool _mayKeep;
    private volatile NodeAttempt? _running;
    private volatile bool _isAbandoned;
    private volatile bool _isClosing;
    private Runspace? _runspace;
    private Thread? _closing;
    private NodeSession? _session;
    private Pump? _pump;

    public Worker(WorkerPool pool, SessionTemplate template, RunContext context, INodeStreamSink sink)
    {
        _pool = pool;
        _template = template;
        _context = context;
        _sink = sink;
        _thread = new Thread(Run, StackSize)
        {
            // A node that cannot be stopped must not keep the process alive.
            IsBackground = true,
            Name = "DagShell worker",
            CurrentCulture = CultureInfo.CurrentCulture,
            CurrentUICulture = CultureInfo.CurrentUICulture,
        };
    }

    /// <summary>The worker whose thread this is.</summary>
    public static Worker? OfThisThread => t_current;

    /// <summary>The attempt it is running.</summary>
    public NodeAttempt? Current => _running;

    /// <summary>Set when its attempt was given up: it ends, and closes its runspace, as soon as that code returns.</summary>
    public bool IsAbandoned
    {
        get => _isAbandoned;
        set => _isAbandoned = value;
    }

    public bool BelongsTo(WorkerPool pool) => _pool == pool;

    public void Start() => _thread.Start();

    public void Join(TimeSpan time) => _thread.Join(time);

    /// <summary>Gives the sleeping worker an attempt, or null to end it.</summary>
    public void Assign(NodeAttempt? attempt)
    {
        lock (_assignmentLock)
        {
            _assignment = attempt;
            _isAssigned = true;
            Monitor.Pulse(_assignmentLock);
        }
    }

    /// <summary>
    /// Begins to close the runspace of an abandoned worker, which goes on until that code returns: a host that ends waits for each
    /// runspace that is open, but not for one that is closing already.
    /// </summary>
    public void BeginClose()
    {
        lock (_closeLock)
        {
            if (_runspace is { } runspace)
            {
                _closing = new Thread(() => CloseEarly(runspace)) { IsBackground = true, Name = "DagShell closing" };
                _closing.Start();
            }
        }
    }

    /// <summary>Sleeps until <see cref="Assign"/>; the pool's end assigns too.</summary>
    public NodeAttempt? AwaitAssignment()
    {
        lock (_assignmentLock)
        {
            while (!_isAssigned)
            {
                Monitor.Wait(_assignmentLock);
            }

            _isAssigned = false;
            return _assignment;
        }
    }

    /// <summary>Takes an attempt that the worker's own last attempt made ready.</summary>
    public bool TryKeep(NodeAttempt attempt)
    {
        if (!_mayKeep || _kept is not null)
        {
            return false;
        }

        _kept = attempt;
        return true;
    }

    /// <summary>Runs attempts until there are none, or the pipeline around them is of no use any more. Called inside the pump.</summary>
    private void RunNodes(PSCmdlet command)
    {
        _session ??= new NodeSession(_context.Needs);
        _session.Enter(command);
        var invoker = new NodeInvoker(command, _pump!, _session, _context, _sink);
        while (_next is { } attempt)
        {
            _next = null;
            AttemptOutcome outcome = RunAttempt(invoker, attempt);
            bool wasStopped = attempt.StopToken.IsCancellationRequested;
            Complete(attempt, outcome);
            if (_isAbandoned)
            {
                return;
            }

            bool isUsable = !wasStopped && _runspace!.RunspaceStateInfo.State == RunspaceState.Opened && !_context.UseNewRunspace;
            if (!isUsable)
            {
                return;
            }

            _session.CleanUp();
            if (_session.IsSpoilt)
            {
                return;
            }

            _next ??= _pool.Take(this);
        }
    }

    private void Run()
    {
        t_current = this;
        try
        {
            // The first runspace is opened before there is an attempt to run in it: another worker may take that one meanwhile.
            string? problem = TryOpen();
            _pool.OnOpened();
            _next = _pool.Take(this);
            while (_next is not null && !_isAbandoned)
            {
                problem = _runspace is null ? TryOpen() : null;
                if (problem is null)
                {
                    RunPump();
                }
                else
                {
                    NodeAttempt attempt = _next;
                    _next = null;
                    Complete(attempt, AttemptOutcome.Failed(new NodeFailure(
                        FailureKind.Error, Messages.RunspaceNotOpened(attempt.Node.Name, problem))));
                }

                if (!_isAbandoned)
                {
                    _next ??= _pool.Take(this);
                }
            }
        }
        finally
        {
            CloseRunspace();
            t_current = null;
        }
    }

    private void RunPump()
    {
        NodeAttempt? first = _next;
        bool isFresh = _session is null;
        using Pump pump = _pump = Pump.InRunspace(_runspace!, RunNodes, Forward);
        string? problem = pump.Run();
        _pump = null;
        if (_running is { } unfinished)
        {
            Complete(unfinished, AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, Messages.RunspaceLost(unfinished.Node.Name))));
        }

        if (_next is not null && _next == first && isFresh)
        {
            // Not even a new runspace could be made ready. Another would not be either.
            _next = null;
            Complete(first, AttemptOutcome.Failed(new NodeFailure(
                FailureKind.Error, Messages.RunspaceNotOpened(first.Node.Name, problem ?? "its pipeline was stopped."))));
        }

        if (problem is not null || _context.UseNewRunspace || _session is { IsSpoilt: true } || _runspace?.RunspaceStateInfo.State != RunspaceState.Opened)
        {
            _pool.OnClosing();
            CloseRunspace();
            _pool.OnClosed();
        }
    }

    private void Forward(object record)
    {
        if (_running is { } attempt)
        {
            _sink.Write(attempt, record);
        }
    }

    private AttemptOutcome RunAttempt(NodeInvoker invoker, NodeAttempt attempt)
    {
        if (attempt.IsCompleted || attempt.StopToken.IsCancellationRequested)
        {
            return AttemptOutcome.Stopped;
        }

        _running = attempt;

        // Disposing of the registration waits for a stop that is on its way, so a late one cannot hit the next attempt.
        using CancellationTokenRegistration stop = attempt.StopToken.UnsafeRegister(static pump => ((Pump)pump!).RequestStop(), _pump);
        AttemptOutcome outcome = invoker.Run(attempt);
        ForgetInterrupt();
        return _isClosing
            ? AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, Messages.RunspaceLost(attempt.Node.Name)))
            : outcome;
    }

    /// <summary>
    /// Takes back an interrupt that a script left behind, or that the closing of its runspace called for and nothing waited
    /// for: it would strike at the next lock of ours that is taken.
    /// </summary>
    private static void ForgetInterrupt()
    {
        try
        {
            InterruptSink.WaitOne(0);
        }
        catch (ThreadInterruptedException)
        {
            // It is gone.
        }
    }

    private void Complete(NodeAttempt attempt, AttemptOutcome outcome)
    {
        _running = null;
        _mayKeep = !_isAbandoned;
        attempt.Complete(outcome);
        _mayKeep = false;
        if (_kept is not null)
        {
            _next = _kept;
            _kept = null;
        }
    }

    private string? TryOpen()
    {
        try
        {
            _runspace = _template.Open();
            _runspace.StateChanged += OnRunspaceStateChanged;
            _session = null;
            _isClosing = false;
            return null;
        }
        catch (Exception exception) when (exception is RuntimeException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private void OnRunspaceStateChanged(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State == RunspaceState.Closing && _running is not null)
        {
            _isClosing = true;
            if (t_current == this)
            {
                // The node's own script closes the runspace it runs in, which would wait for that script for ever. The
                // interrupt breaks that wait as soon as it begins.
                Thread.CurrentThread.Interrupt();
            }
        }
    }

    private void CloseRunspace()
    {
        Runspace? runspace;
        lock (_closeLock)
        {
            runspace = _runspace;
            _runspace = null;
        }

        if (runspace is not null)
        {
            // Two that close a runspace at once trip over each other.
            _closing?.Join();
            runspace.StateChanged -= OnRunspaceStateChanged;
            runspace.Dispose();
        }
    }

    private static void CloseEarly(Runspace runspace)
    {
        try
        {
            runspace.Close();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A host that ends may be closing it at the same moment.
        }
    }
}

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Capture;
using DagShell.Hosts;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>
/// Opens sessions by a script block of the caller's. It runs in runspaces that stay open until the run ends, since sessions end with the
/// runspace that they were opened in.
/// </summary>
/// <remarks>For any thread.</remarks>
internal sealed class SessionOpener : IDisposable
{
    /// <summary>How many are opened side by side: each waits for another machine most of the time.</summary>
    private const int MostAtOnce = 8;

    private readonly ScriptBlock _script;
    private readonly RunContext _context;
    private readonly Func<NodeRunspace> _openRunspace;
    private readonly IDictionary _usingValues;

    /// <summary>Runspaces are numbered as they are made: sessions have higher numbers if they were made after this one.</summary>
    private readonly int _lastBefore;
    private readonly SemaphoreSlim _turns = new(MostAtOnce);
    private readonly Stack<(NodeRunspace Opened, NodeSession Session)> _free = new();
    private bool _isEnded;

    /// <summary>Makes an opener.</summary>
    /// <param name="script">The script block.</param>
    /// <param name="context">The run, which knows what the script block needs of the caller's session.</param>
    /// <param name="session">The caller's session, for the values of <c>$using:</c>.</param>
    /// <param name="invoke">The caller's commands.</param>
    /// <param name="openRunspace">Opens a runspace like those of nodes.</param>
    public SessionOpener(
        ScriptBlock script, RunContext context, SessionState session, CommandInvocationIntrinsics invoke, Func<NodeRunspace> openRunspace)
    {
        _script = script;
        _context = context;
        _openRunspace = openRunspace;
        using (Runspace newest = RunspaceFactory.CreateRunspace(InitialSessionState.Create()))
        {
            _lastBefore = newest.Id;
        }

        // Of one with variables of its own (GetNewClosure) those count, as a loop that makes many needs.
        var reader = new UsingReader(script.Module?.SessionState ?? session, invoke);
        reader.Add(script);
        _usingValues = reader.Table ?? new Hashtable();
        context.Secrets.Add([_usingValues]);
    }

    /// <summary>Whether a session was opened for the run, and not by its caller before it: a script block can give out any.</summary>
    public bool HasOpened(PSSession session) => session.Runspace.Id > _lastBefore;

    /// <summary>Runs the script block.</summary>
    /// <param name="tell">Takes the records of what it writes to streams other than output and errors, on any thread.</param>
    /// <param name="stop">Set when no session is wanted any more.</param>
    /// <returns>The sessions that it gave out: one or more.</returns>
    /// <exception cref="RuntimeException">It gave out none; the message says why.</exception>
    public async Task<IReadOnlyList<PSSession>> OpenAsync(Action<object> tell, CancellationToken stop)
    {
        await _turns.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            // Opening a runspace, and the script itself, block their thread.
            return await Task.Factory.StartNew(() => Open(tell, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Ends it: its runspaces are closed, those in which something is being opened when that has ended.</summary>
    public void Dispose()
    {
        List<NodeRunspace> free;
        lock (_free)
        {
            _isEnded = true;
            free = [.. _free.Select(static taken => taken.Opened)];
            _free.Clear();
        }

        foreach (NodeRunspace runspace in free)
        {
            _ = Task.Run(runspace.Dispose);
        }
    }

    private PSSession[] Open(Action<object> tell, CancellationToken stop)
    {
        (NodeRunspace Opened, NodeSession Session) taken = Take();
        try
        {
            List<PSSession> opened = [];
            taken.Opened.Host.SendTo(shown =>
            {
                // A question is answered by nobody, and progress is that of nodes.
                if (shown is WarningRecord or VerboseRecord or DebugRecord or InformationRecord or ShownInformation)
                {
                    tell(shown);
                }
            });
            ErrorRecord? error = null;
            Exception? failure = null;
            using Pump pump = Pump.InRunspace(
                taken.Opened.Runspace,
                command =>
                {
                    try
                    {
                        taken.Session.Supply(command, _context.Needs.GetValueOrDefault(ScriptKey.Of(_script, null)), stop);
                        opened.AddRange(command.InvokeCommand
                            .InvokeScript(useLocalScope: true, NodeScript.Of(_script).NewUnboundScriptBlock(), input: null)
                            .Select(static item => item?.BaseObject).OfType<PSSession>());
                    }
                    catch (RuntimeException exception) when (exception is not PipelineStoppedException)
                    {
                        failure = exception;
                    }
                },
                record => error ??= record as ErrorRecord);
            foreach (DictionaryEntry entry in _usingValues)
            {
                pump.UsingValues[entry.Key] = entry.Value;
            }

            using (stop.UnsafeRegister(static pump => ((Pump)pump!).RequestStop(), pump))
            {
                string? problem = pump.Run();
                stop.ThrowIfCancellationRequested();
                return opened.Count > 0
                    ? [.. opened]
                    : throw new RuntimeException(_context.Secrets.Of(
                        failure?.Message ?? error?.ToString() ?? problem ?? SessionMessages.GaveNoSession));
            }
        }
        finally
        {
            Return(taken);
        }
    }

    private (NodeRunspace Opened, NodeSession Session) Take()
    {
        lock (_free)
        {
            ObjectDisposedException.ThrowIf(_isEnded, this);
            if (_free.TryPop(out (NodeRunspace Opened, NodeSession Session) free))
            {
                return free;
            }
        }

        NodeRunspace opened = _openRunspace();
        return (opened, new NodeSession(_context, opened.Shipped));
    }

    private void Return((NodeRunspace Opened, NodeSession Session) taken)
    {
        lock (_free)
        {
            if (!_isEnded)
            {
                _free.Push(taken);
                return;
            }
        }

        _ = Task.Run(taken.Opened.Dispose);
    }
}

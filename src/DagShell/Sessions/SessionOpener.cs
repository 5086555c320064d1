using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
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
    private readonly Func<Runspace> _openRunspace;
    private readonly Hashtable _usingValues;
    private readonly SemaphoreSlim _turns = new(MostAtOnce);
    private readonly Stack<Runspace> _free = new();
    private readonly List<PowerShell> _running = [];
    private bool _isEnded;

    /// <summary>Makes an opener.</summary>
    /// <param name="script">The script block.</param>
    /// <param name="session">The caller's session, for the values of <c>$using:</c>.</param>
    /// <param name="invoke">The caller's commands.</param>
    /// <param name="openRunspace">Opens a runspace like those of nodes.</param>
    public SessionOpener(ScriptBlock script, SessionState session, CommandInvocationIntrinsics invoke, Func<Runspace> openRunspace)
    {
        _script = script;
        _openRunspace = openRunspace;
        var reader = new UsingReader(session, invoke);
        reader.Add(script);
        _usingValues = reader.Table ?? [];
    }

    /// <summary>Runs the script block.</summary>
    /// <returns>The sessions that it gave out: one or more.</returns>
    /// <exception cref="RuntimeException">It gave out none; the message says why.</exception>
    public async Task<IReadOnlyList<PSSession>> OpenAsync(CancellationToken stop)
    {
        await _turns.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            // Opening a runspace, and the script itself, block their thread.
            return await Task.Factory.StartNew(() => Open(stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Ends it: what is being opened is stopped, and its runspaces are closed.</summary>
    public void Dispose()
    {
        List<Runspace> free;
        lock (_free)
        {
            _isEnded = true;
            free = [.. _free];
            _free.Clear();
            foreach (PowerShell shell in _running)
            {
                _ = Task.Run(shell.Stop);
            }
        }

        foreach (Runspace runspace in free)
        {
            _ = Task.Run(runspace.Dispose);
        }
    }

    private PSSession[] Open(CancellationToken stop)
    {
        Runspace runspace = Take();
        using PowerShell shell = PowerShell.Create();
        try
        {
            shell.Runspace = runspace;
            shell.AddScript("& $args[0]", useLocalScope: true).AddArgument(NodeScript.Of(_script).NewUnboundScriptBlock())
                .AddParameter("--%", _usingValues);
            lock (_free)
            {
                ObjectDisposedException.ThrowIf(_isEnded, this);
                _running.Add(shell);
            }

            using CancellationTokenRegistration stopping = stop.UnsafeRegister(
                static stopped => _ = Task.Run(((PowerShell)stopped!).Stop), shell);
            PSSession[] sessions = [.. shell.Invoke().Select(item => item?.BaseObject).OfType<PSSession>()];
            return sessions.Length > 0
                ? sessions
                : throw new RuntimeException(shell.Streams.Error.FirstOrDefault()?.ToString() ?? SessionMessages.GaveNoSession);
        }
        finally
        {
            Return(runspace, shell);
        }
    }

    private Runspace Take()
    {
        lock (_free)
        {
            if (_free.TryPop(out Runspace? free))
            {
                return free;
            }
        }

        return _openRunspace();
    }

    private void Return(Runspace runspace, PowerShell shell)
    {
        lock (_free)
        {
            _running.Remove(shell);
            if (!_isEnded)
            {
                _free.Push(runspace);
                return;
            }
        }

        _ = Task.Run(runspace.Dispose);
    }
}

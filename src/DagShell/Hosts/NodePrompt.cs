using System.Management.Automation;
using System.Management.Automation.Host;
using System.Runtime.ExceptionServices;

namespace DagShell.Hosts;

/// <summary>
/// A question of a node to its user: the node's thread waits for the answer, and the thread of the caller, which alone may use the caller's
/// host, asks.
/// </summary>
internal sealed class NodePrompt
{
    private readonly Func<PSHostUserInterface, string, Func<string?, string?>, object?> _ask;
    private Func<string?, string?> _withoutSecrets = static text => text;

    // Guards what follows; the node's thread waits on it.
    private readonly object _lock = new();
    private bool _isAnswered;
    private object? _answer;
    private ExceptionDispatchInfo? _error;
    private CancellationToken _stop;
    private bool _isTaken;

    /// <summary>Whether the console can be asked for a key that is there, so that nobody need wait for one that does not come.</summary>
    public bool PollsKeys { get; private set; }

    private bool IsDropped => _stop.IsCancellationRequested;

    /// <summary>Makes a prompt.</summary>
    /// <param name="ask">Asks, given the host's user interface, the node's name, and what takes secrets out of a text.</param>
    public NodePrompt(Func<PSHostUserInterface, string, Func<string?, string?>, object?> ask) => _ask = ask;

    /// <summary>Has it show no secrets.</summary>
    /// <param name="withoutSecrets">Takes them out of a text.</param>
    /// <returns>The same prompt.</returns>
    public NodePrompt Without(Func<string?, string?> withoutSecrets)
    {
        _withoutSecrets = withoutSecrets;
        return this;
    }

    /// <summary>Says who will ask or refuse it, and until when the node waits. Called on the node's thread.</summary>
    /// <param name="stop">Cancelled when the node is to stop.</param>
    public void Take(CancellationToken stop)
    {
        _isTaken = true;
        _stop = stop;
    }

    /// <summary>Waits for the answer. Called on the node's thread.</summary>
    /// <exception cref="PipelineStoppedException">The node was stopped meanwhile.</exception>
    /// <exception cref="HostException">Nobody can be asked.</exception>
    public object? Wait()
    {
        if (!_isTaken)
        {
            throw new HostException(Messages.NotInteractive);
        }

        using CancellationTokenRegistration registration = _stop.Register(Wake);
        lock (_lock)
        {
            while (!_isAnswered)
            {
                if (IsDropped)
                {
                    throw new PipelineStoppedException();
                }

                Monitor.Wait(_lock);
            }
        }

        _error?.Throw();
        return _answer;
    }

    /// <summary>Waits for a while, or until the node does not wait for the answer any more. Called on the caller's thread.</summary>
    /// <returns>Whether it does not.</returns>
    public bool WaitForDrop(TimeSpan most)
    {
        lock (_lock)
        {
            return IsDropped || (Monitor.Wait(_lock, most) && IsDropped);
        }
    }

    /// <summary>Asks on the caller's host, unless nobody waits for the answer any more. Called on the caller's thread.</summary>
    /// <param name="console">The user interface of the caller's host.</param>
    /// <param name="node">The name of the node.</param>
    /// <param name="pollsKeys">Whether the console can be asked whether a key was pressed.</param>
    /// <returns>Whether it asked, and the answer came too late.</returns>
    /// <exception cref="PipelineStoppedException">The caller was stopped meanwhile.</exception>
    public bool Ask(PSHostUserInterface console, string node, bool pollsKeys)
    {
        if (IsDropped)
        {
            return false;
        }

        PollsKeys = pollsKeys;
        try
        {
            object? answer = _ask(console, node, _withoutSecrets);
            End(answer, error: null);
            return IsDropped && answer is not null;
        }
        catch (PipelineStoppedException)
        {
            Refuse();
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // That there is nobody to ask the host says in its own way, and the node fails of it as a script would.
            End(answer: null, exception is RuntimeException ? exception : new HostException(exception.Message, exception));
        }

        return IsDropped;
    }

    /// <summary>Says that nobody can be asked.</summary>
    public void Refuse() => End(answer: null, new HostException(Messages.NotInteractive));

    private void End(object? answer, Exception? error)
    {
        lock (_lock)
        {
            _isAnswered = true;
            _answer = answer;
            _error = error is null ? null : ExceptionDispatchInfo.Capture(error);
            Monitor.PulseAll(_lock);
        }
    }

    private void Wake()
    {
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }
}

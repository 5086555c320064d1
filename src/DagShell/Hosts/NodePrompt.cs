using System.Management.Automation;
using System.Management.Automation.Host;

namespace DagShell.Hosts;

/// <summary>
/// A question of a node to its user: the node's thread waits for the answer, and the thread of the caller, which alone may use the caller's
/// host, asks.
/// </summary>
internal sealed class NodePrompt
{
    private readonly Func<PSHostUserInterface, string, object?> _ask;
    private readonly TaskCompletionSource<object?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _stop;
    private bool _isTaken;

    private bool IsDropped => _stop.IsCancellationRequested;

    /// <summary>Makes a prompt.</summary>
    /// <param name="ask">Asks, given the host's user interface and the node's name.</param>
    public NodePrompt(Func<PSHostUserInterface, string, object?> ask) => _ask = ask;

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

        try
        {
            // The exception as it is, and not inside an AggregateException.
            return _answer.Task.WaitAsync(_stop).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Asks on the caller's host, unless nobody waits for the answer any more. Called on the caller's thread.</summary>
    /// <param name="console">The user interface of the caller's host.</param>
    /// <param name="node">The name of the node.</param>
    /// <returns>Whether it asked, and the answer came too late.</returns>
    /// <exception cref="PipelineStoppedException">The caller was stopped meanwhile.</exception>
    public bool Ask(PSHostUserInterface console, string node)
    {
        if (IsDropped)
        {
            return false;
        }

        try
        {
            _answer.SetResult(_ask(console, node));
        }
        catch (PipelineStoppedException)
        {
            Refuse();
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // That there is nobody to ask the host says in its own way, and the node fails of it as a script would.
            _answer.SetException(exception is RuntimeException ? exception : new HostException(exception.Message, exception));
        }

        return IsDropped;
    }

    /// <summary>Says that nobody can be asked.</summary>
    public void Refuse() => _answer.TrySetException(new HostException(Messages.NotInteractive));
}

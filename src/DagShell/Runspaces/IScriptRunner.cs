using DagShell.Engine.Running;

namespace DagShell.Runspaces;

/// <summary>A runner of nodes' scripts. Disposed of at the end of its run, when no attempt is under way.</summary>
/// <remarks>
/// One that works on the thread of the caller's pipeline, which waits for the run, says so by the members here; one that has
/// threads of its own has nothing to do for that thread. They are called on it alone.
/// </remarks>
internal interface IScriptRunner : INodeRunner, IDisposable
{
    /// <summary>
    /// Runs the body of a run and then, however that ended, its end: in the caller's session, where attempts run there, so that clean-up
    /// can run there even while the caller's pipeline is being stopped.
    /// </summary>
    /// <param name="body">The body. What it throws goes on after the end.</param>
    /// <param name="stop">Has the body end: called on another thread if the caller's pipeline is being stopped.</param>
    /// <param name="end">The end. Throws nothing.</param>
    void RunAround(Action body, Action stop, Action end)
    {
        try
        {
            body();
        }
        finally
        {
            end();
        }
    }

    /// <summary>Whether something is run before sessions are closed, which <see cref="IDisposable.Dispose"/> waits for.</summary>
    bool EndsSessions => false;

    /// <summary>Sets how long that may take, from now on. A shorter time may be set later. For any thread.</summary>
    void LimitEndOfSessions(TimeSpan time)
    {
    }

    /// <summary>Whether an attempt waits to be run by the calling thread.</summary>
    bool HasWorkForCaller => false;

    /// <summary>Runs the attempt that has waited longest to its end.</summary>
    /// <param name="stop">Stops the run; called if the caller's own pipeline is being stopped, which the node is the first to feel.</param>
    void RunForCaller(Action stop)
    {
    }

    /// <summary>Ends, as stopped, the attempts that wait and those that still come: the thread will not run any more.</summary>
    void RefuseWorkForCaller()
    {
    }
}

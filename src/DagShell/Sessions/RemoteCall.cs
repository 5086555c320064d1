using System.Collections;
using System.Management.Automation;
using DagShell.Engine.Running;

namespace DagShell.Sessions;

/// <summary>An attempt in a session, from what is sent there to how it ended.</summary>
/// <remarks>Belongs to the <see cref="CallPipeline"/> that carries it, until that says that it has ended.</remarks>
internal sealed class RemoteCall
{
    private readonly Action<object> _write;
    private readonly Action<RemoteCall, Exception?> _ended;
    private readonly string _key;
    private readonly RemoteStopPosition? _position;
    private Action _requestStop = static () => { };
    private CancellationTokenRegistration _stop;

    /// <summary>Makes a call.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="table">What is sent.</param>
    /// <param name="key">What marks its end.</param>
    /// <param name="received">Takes what it gives out.</param>
    /// <param name="position">Takes what is said of where its script is; null if nothing is.</param>
    /// <param name="write">Takes the records of what is written there.</param>
    /// <param name="ended">Told that it has ended, and what the pipeline ended with that did.</param>
    public RemoteCall(
        NodeAttempt attempt, Hashtable table, string key, ReceivedOutput received, RemoteStopPosition? position, Action<object> write,
        Action<RemoteCall, Exception?> ended)
    {
        Attempt = attempt;
        Table = table;
        Received = received;
        _key = key;
        _position = position;
        _write = write;
        _ended = ended;
    }

    /// <summary>The attempt.</summary>
    public NodeAttempt Attempt { get; }

    /// <summary>What is sent.</summary>
    public Hashtable Table { get; }

    /// <summary>What it has given out.</summary>
    public ReceivedOutput Received { get; }

    /// <summary>Whether it may have come there.</summary>
    public bool MayHaveBegun { get; set; }

    /// <summary>Whether the mark of its end has come.</summary>
    public bool IsMarked { get; private set; }

    /// <summary>Has the pipeline stopped when the attempt is, or gives too much.</summary>
    public void StopWith(Action stop)
    {
        _requestStop = stop;
        _stop = Attempt.StopToken.UnsafeRegister(static call => ((RemoteCall)call!).OnStop(), this);
    }

    /// <summary>It was not sent there.</summary>
    public void Withdraw() => _stop.Dispose();

    /// <summary>Takes what the driver says of where the script is.</summary>
    public void TakePosition(string text) => _position?.Take(text);

    /// <summary>Takes a record of what is written there.</summary>
    public void Write(object record) => _write(record);

    /// <summary>Takes what is given out there.</summary>
    /// <returns>
    /// Whether the call has ended by it, and the pipeline goes on. Where the attempt failed there, or is stopped, the pipeline ends by
    /// that.
    /// </returns>
    public bool Take(PSObject item)
    {
        if (Received.Take(item))
        {
            _requestStop();
        }

        if (EndIn(item, _key) is not { } end)
        {
            return false;
        }

        IsMarked = true;
        return !end.ContainsKey("Failed") && !Received.IsTooMuch && !IsStopped();
    }

    /// <summary>It has ended. Not to be called twice.</summary>
    public void End(Exception? thrown)
    {
        _stop.Dispose();
        _ended(this, thrown);
    }

    /// <summary>What the driver says last of how the attempt ended: a table, or its key alone where there is nothing more to say.</summary>
    /// <param name="given">The last that was given out.</param>
    /// <param name="key">The key.</param>
    /// <returns>The table; null if this is something else.</returns>
    public static Hashtable? EndIn(object? given, string key) => given is not PSObject { BaseObject: var last } ? null
        : last is Hashtable table && table.ContainsKey(key) ? table
        : last is string text && text == key ? new Hashtable()
        : null;

    private void OnStop()
    {
        _position?.NoteStop();
        _requestStop();
    }

    /// <summary>Whether the pipeline is asked to stop for it. If it is not by now it will not be.</summary>
    private bool IsStopped()
    {
        _stop.Dispose();
        if (!Attempt.StopToken.IsCancellationRequested)
        {
            return false;
        }

        // What asks may just have been taken away.
        _requestStop();
        return true;
    }
}

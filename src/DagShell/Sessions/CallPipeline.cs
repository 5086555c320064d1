using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace DagShell.Sessions;

/// <summary>
/// A pipeline in a session through which one call after the other goes, as its input: to begin a pipeline for each takes several messages
/// there and back, which is longer than most nodes take.
/// </summary>
/// <remarks>
/// It carries one call at a time, and what comes back until the mark of its end is that call's. A session runs one pipeline, and others may
/// use it: so where no other call waits, a call has ended when the pipeline has, and now and then the pipeline ends in any case. The lock
/// guards which call it carries; nothing is called while it is held.
/// </remarks>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The end of the pipeline does it.")]
internal sealed class CallPipeline
{
    /// <summary>How long it waits for another call, of which it was said that there is one.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromMilliseconds(10);

    /// <summary>How long it takes calls.</summary>
    private static readonly TimeSpan LongestTime = TimeSpan.FromMilliseconds(200);

    private readonly object _lock = new();
    private readonly PowerShell _shell;
    private readonly string _key;
    private readonly Func<bool> _hasMore;
    private readonly PSDataCollection<PSObject> _input = [];
    private readonly PSDataCollection<PSObject> _output = [];
    private readonly SessionHost _host;
    private readonly Timer _idle;
    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RemoteCall? _call;

    /// <summary>Whether a call is under way, or about to be.</summary>
    private bool _isBusy;

    /// <summary>Whether it takes no more calls.</summary>
    private bool _isClosed;

    /// <summary>Whether it is to carry one call only.</summary>
    private bool _isForOne;

    private CallPipeline(PowerShell shell, string key, Func<bool> hasMore)
    {
        _shell = shell;
        _key = key;
        _hasMore = hasMore;
        _host = SessionHost.Of(shell, Write, TakePosition);
        _output.DataAdded += (_, _) => TakeOutput();
        _idle = new Timer(
            static pipeline => ((CallPipeline)pipeline!).Close(ifIdle: true), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completed when the pipeline has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins a pipeline.</summary>
    /// <param name="shell">A pipeline in the session, with the script that is to run the calls; it is disposed of at its end.</param>
    /// <param name="key">What the texts of that script begin with which are not to be shown.</param>
    /// <param name="hasMore">Whether another call waits.</param>
    /// <exception cref="RuntimeException">The session is broken.</exception>
    /// <exception cref="InvalidOperationException">The same.</exception>
    /// <exception cref="IOException">The same.</exception>
    public static CallPipeline Begin(PowerShell shell, string key, Func<bool> hasMore)
    {
        CallPipeline pipeline = new(shell, key, hasMore);
        try
        {
            shell.BeginInvoke(pipeline._input, pipeline._output, pipeline._host.Settings, pipeline.OnEnded, null);
            pipeline._isForOne = !PipelineInput.TryGuard(shell);
            return pipeline;
        }
        catch (Exception)
        {
            pipeline.Dispose();
            throw;
        }
    }

    /// <summary>Sends a call, unless it takes no more.</summary>
    /// <returns>Whether the call is told how it ended.</returns>
    public bool TrySend(RemoteCall call)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            _isBusy = true;
            _idle.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        // Before it is the pipeline's, which may end at any moment, and then ends the call too.
        call.StopWith(RequestStop);
        bool isCarried;
        lock (_lock)
        {
            isCarried = !_isClosed;
            _call = isCarried ? call : null;
        }

        if (!isCarried)
        {
            call.Withdraw();
            return false;
        }

        call.MayHaveBegun = true;
        try
        {
            _input.Add(PSObject.AsPSObject(call.Table));
            if (_isForOne)
            {
                Close();
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The pipeline may have ended just now, and has told the call of that.
            if (TakeCall(call))
            {
                call.MayHaveBegun = false;
                RequestStop();
                call.End(exception);
            }
        }

        return true;
    }

    /// <summary>Takes no more calls: the pipeline ends when that under way has.</summary>
    public void Close() => Close(ifIdle: false);

    private void Close(bool ifIdle)
    {
        lock (_lock)
        {
            if (_isClosed || (ifIdle && _isBusy))
            {
                return;
            }

            _isClosed = true;
        }

        _input.Complete();
    }

    private void RequestStop()
    {
        // A pipeline does not stop that may still get something.
        Close();
        PipelineStop.Request(_shell);
    }

    private void Write(object record) => _call?.Write(record);

    /// <summary>Takes a debug text that says where a script is. One that comes late is of a call that has ended.</summary>
    private bool TakePosition(string text)
    {
        bool isPosition = text.StartsWith(_key, StringComparison.Ordinal);
        if (isPosition)
        {
            _call?.TakePosition(text[_key.Length..]);
        }

        return isPosition;
    }

    private void TakeOutput()
    {
        foreach (PSObject item in _output.ReadAll())
        {
            if (_call is not { } call)
            {
                continue;
            }

            bool goesOn = call.Take(item);
            if (goesOn && Stopwatch.GetElapsedTime(_begin) < LongestTime && _hasMore())
            {
                // What was held back is the call's still.
                _host.EndCall();
                if (TakeCall(call))
                {
                    call.End(thrown: null);
                }
            }
            else if (call.IsMarked)
            {
                // It ends with the pipeline: by this, or before that by the failure or the stop, unless a preference there is against it.
                Close();
            }
        }
    }

    /// <summary>Takes the call out that is under way.</summary>
    /// <returns>Whether it was under way.</returns>
    private bool TakeCall(RemoteCall call)
    {
        lock (_lock)
        {
            if (_call != call)
            {
                return false;
            }

            _call = null;
            _isBusy = false;
            if (!_isClosed)
            {
                _idle.Change(IdleTime, Timeout.InfiniteTimeSpan);
            }
        }

        return true;
    }

    private void OnEnded(IAsyncResult result)
    {
        Exception? thrown = null;
        try
        {
            _shell.EndInvoke(result);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            thrown = exception;
        }

        TakeOutput();
        _host.EndCall();
        RemoteCall? call;
        lock (_lock)
        {
            call = _call;
            _call = null;
            _isClosed = true;
        }

        Dispose();
        _ended.SetResult();
        call?.End(thrown);
    }

    private void Dispose()
    {
        _idle.Dispose();
        _shell.Dispose();
    }
}

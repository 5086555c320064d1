using System.Collections.Concurrent;
using System.Management.Automation.Runspaces;

namespace DagShell.Checkpoints;

/// <summary>
/// A thread on which properties are read whose getters may do anything: sleep, wait for a task, never end. Who waits for that waits so long
/// and no longer; a thread that does not come back is left alone, ends when it does, and keeps no process.
/// </summary>
internal sealed class LiveReader
{
    /// <summary>How long a thread without work is kept.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(1);

    private static readonly ConcurrentStack<LiveReader> Idle = new();

    private readonly BlockingCollection<Action> _work = [];
    private bool _hasEnded;

    private LiveReader()
    {
        new Thread(Run) { IsBackground = true, Name = "DagShell output reader" }.Start();
    }

    /// <summary>Reads something.</summary>
    /// <param name="read">What to do; the token is cancelled when nobody waits for it any more.</param>
    /// <param name="time">How long to wait for it.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="result">What came of it.</param>
    /// <returns>Whether it was done in time.</returns>
    public static bool TryRead<T>(Func<CancellationToken, T> read, TimeSpan time, CancellationToken stop, out T? result)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(time);
        CancellationToken token = end.Token;
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        LiveReader reader = Take(() =>
        {
            try
            {
                done.SetResult(read(token));
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                done.SetException(exception);
            }
        });
        try
        {
            done.Task.Wait(token);
        }
        catch (Exception exception) when (exception is AggregateException or OperationCanceledException)
        {
            // Told by the task, or by its not having come to an end.
        }

        if (!done.Task.IsCompleted)
        {
            reader._work.CompleteAdding();
            result = default;
            return false;
        }

        Idle.Push(reader);
        result = done.Task.IsCompletedSuccessfully ? done.Task.Result : default;
        if (done.Task.Exception?.InnerException is { } failure and not OperationCanceledException)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }

        return done.Task.IsCompletedSuccessfully;
    }

    private static LiveReader Take(Action work)
    {
        while (Idle.TryPop(out LiveReader? reader))
        {
            if (reader.TryAdd(work))
            {
                return reader;
            }
        }

        var added = new LiveReader();
        added.TryAdd(work);
        return added;
    }

    private bool TryAdd(Action work)
    {
        lock (_work)
        {
            if (!_hasEnded)
            {
                _work.Add(work);
            }

            return !_hasEnded;
        }
    }

    /// <summary>Properties that are scripts, as of files and processes, need a session.</summary>
    private void Run()
    {
        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        while (TryTake(out Action? work))
        {
            work!();
        }
    }

    private bool TryTake(out Action? work)
    {
        if (_work.TryTake(out work, IdleTime))
        {
            return true;
        }

        lock (_work)
        {
            _hasEnded = !_work.TryTake(out work);
            return !_hasEnded;
        }
    }
}

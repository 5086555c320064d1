using DagShell.Engine.Running;
using DagShell.Runspaces;

namespace DagShell.Sessions;

/// <summary>Runs each node where it belongs: in a session of its pool, or of all nodes, or in this process.</summary>
internal sealed class SessionRunner : IScriptRunner
{
    private readonly IScriptRunner _here;
    private readonly SessionPlaces? _usual;
    private readonly CancellationTokenSource _endOfSessions;
    private readonly IReadOnlyDictionary<string, SessionPlaces> _byPool;

    /// <summary>Makes a runner.</summary>
    /// <param name="here">Runs nodes in this process.</param>
    /// <param name="places">Where they run else.</param>
    /// <param name="endOfSessions">Cancelled here when there is no time left for what comes before sessions are closed.</param>
    public SessionRunner(IScriptRunner here, SessionTable places, CancellationTokenSource endOfSessions)
    {
        _endOfSessions = endOfSessions;
        _here = here;
        _usual = places.Usual;
        _byPool = places.ByPool;
    }

    private IEnumerable<SessionPlaces> All => _usual is null ? _byPool.Values : _byPool.Values.Prepend(_usual);

    /// <inheritdoc/>
    public bool HasWorkForCaller => _here.HasWorkForCaller;

    /// <inheritdoc/>
    public bool EndsSessions => _here.EndsSessions;

    /// <inheritdoc/>
    public void LimitEndOfSessions(TimeSpan time)
    {
        _here.LimitEndOfSessions(time);
        _endOfSessions.CancelAfter(time > TimeSpan.Zero ? time : TimeSpan.Zero);
    }

    /// <summary>Opens the places of a run.</summary>
    public void Begin(Scheduler scheduler)
    {
        foreach (SessionPlaces places in All)
        {
            places.Begin(scheduler);
        }
    }

    /// <inheritdoc/>
    public void Start(NodeAttempt attempt)
    {
        if (PlacesOf(attempt) is { } places)
        {
            places.Start(attempt);
        }
        else
        {
            _here.Start(attempt);
        }
    }

    /// <inheritdoc/>
    public void Abandon(NodeAttempt attempt)
    {
        if (PlacesOf(attempt) is { } places)
        {
            places.Abandon(attempt);
        }
        else
        {
            _here.Abandon(attempt);
        }
    }

    /// <inheritdoc/>
    public void RunForCaller(Action stop) => _here.RunForCaller(stop);

    /// <inheritdoc/>
    public void RefuseWorkForCaller() => _here.RefuseWorkForCaller();

    /// <inheritdoc/>
    public void Dispose()
    {
        var ends = Task.WhenAll(All.Select(places => places.EndAsync()));
        _here.Dispose();
        while (EndsSessions && !ends.Wait(SessionPlaces.LongestEnd) && !_endOfSessions.IsCancellationRequested)
        {
            // What comes before sessions are closed takes its time.
        }

        ends.Wait(SessionPlaces.LongestEnd);
    }

    /// <summary>Null for this process, where nodes are asked for the dag that they stand for: from a session none can come.</summary>
    private SessionPlaces? PlacesOf(NodeAttempt attempt) =>
        attempt.Node.ExpandsAtTurn ? null
        : attempt.Node.Pool is { } pool && _byPool.TryGetValue(pool, out SessionPlaces? places) ? places : _usual;
}

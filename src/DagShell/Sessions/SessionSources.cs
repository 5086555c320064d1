using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Runspaces;

namespace DagShell.Sessions;

/// <summary>What -Session and -PoolSession say: sessions that are there, and script blocks that open some.</summary>
/// <remarks>Read on the caller's thread, before the run.</remarks>
internal sealed class SessionSources
{
    private readonly List<PSSession> _usual = [];
    private readonly Dictionary<string, List<PSSession>> _byPool = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ScriptBlock> _openers = new(StringComparer.OrdinalIgnoreCase);

    private SessionSources()
    {
    }

    /// <summary>Those of a run that says nothing.</summary>
    public static SessionSources None { get; } = new();

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _usual.Count + _byPool.Count + _openers.Count == 0;

    /// <summary>The script blocks that open sessions.</summary>
    public IEnumerable<ScriptBlock> Openers => _openers.Values;

    /// <summary>Whether the nodes of a pool run in sessions.</summary>
    /// <param name="pool">The pool; null for nodes that are in none.</param>
    public bool Take(string? pool) =>
        _usual.Count > 0 || (pool is not null && (_byPool.ContainsKey(pool) || _openers.ContainsKey(pool)));

    /// <summary>Reads the parameters.</summary>
    /// <param name="sessions">-Session.</param>
    /// <param name="byPool">-PoolSession.</param>
    /// <param name="warn">Takes warnings.</param>
    /// <exception cref="CommandErrorException">Something is no session, none is open, or one is named twice.</exception>
    public static SessionSources Of(PSSession[] sessions, Hashtable byPool, Action<string> warn)
    {
        if (sessions.Length == 0 && byPool.Count == 0)
        {
            return None;
        }

        var sources = new SessionSources();
        HashSet<PSSession> seen = [];
        if (sessions.Length > 0)
        {
            sources._usual.AddRange(Open(sessions, "-Session", seen, warn));
        }

        foreach (DictionaryEntry entry in byPool)
        {
            sources.AddPool(entry.Key.ToString() ?? string.Empty, entry.Value, seen, warn);
        }

        if (KeepAlive.HostsWithout(seen) is { Length: > 0 } hosts)
        {
            warn(SessionMessages.MayFallSilent(hosts));
        }

        return sources;
    }

    /// <summary>A pool with places of its own need not have a limit besides.</summary>
    /// <param name="dag">The dag.</param>
    /// <param name="limitOfOpeners">How many sessions a script block opens, where no limit says it.</param>
    public void SetPoolLimits(Dag dag, int limitOfOpeners)
    {
        foreach (string pool in _byPool.Keys.Concat(_openers.Keys))
        {
            dag.AddPoolLimit(pool, _byPool.TryGetValue(pool, out List<PSSession>? there) ? there.Count : limitOfOpeners);
        }
    }

    /// <summary>Makes the places of a run.</summary>
    /// <param name="graph">What is run: pools that no node is in get none.</param>
    /// <param name="caller">The command.</param>
    /// <param name="context">The run.</param>
    /// <param name="template">What runspaces are like in which script blocks open sessions.</param>
    /// <param name="makePlace">Makes a place of a session, that is closed or not when it is of no more use.</param>
    /// <param name="tell">Takes what is said with an attempt.</param>
    public SessionTable ToTable(
        DagGraph graph,
        PSCmdlet caller,
        RunContext context,
        SessionTemplate template,
        Func<PSSession, bool, RemoteSession> makePlace,
        Action<NodeAttempt, object> tell)
    {
        HashSet<string> used = new(StringComparer.OrdinalIgnoreCase);
        for (int node = 0; node < graph.Count; node++)
        {
            if (graph[node].ExpandsAtTurn)
            {
                // Nobody knows yet which pools its nodes are in.
                used.UnionWith(_byPool.Keys.Concat(_openers.Keys));
            }

            if (graph[node].Pool is { } pool)
            {
                used.Add(pool);
            }
        }

        Dictionary<string, SessionPlaces> places = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (pool, sessions) in _byPool.Where(pool => used.Contains(pool.Key)))
        {
            places.Add(pool, new SessionPlaces(pool, sessions.Count, sessions, opener: null, makePlace, tell));
        }

        foreach (var (pool, script) in _openers.Where(pool => used.Contains(pool.Key)))
        {
            string? module = caller.MyInvocation.MyCommand.Module?.Path;
            var opener = new SessionOpener(
                script, context, caller.SessionState, caller.InvokeCommand, () => OpenRunspace(template, module));
            places.Add(pool, new SessionPlaces(pool, graph.PoolLimits[pool], [], opener, makePlace, tell));
        }

        SessionPlaces? usual = _usual.Count == 0
            ? null
            : new SessionPlaces(string.Empty, _usual.Count, _usual, opener: null, makePlace, tell);
        return new SessionTable(usual, places);
    }

    /// <summary>A runspace like those of nodes, with New-DagSession.</summary>
    private static NodeRunspace OpenRunspace(SessionTemplate template, string? module)
    {
        NodeRunspace opened = template.Open();
        if (module is not null)
        {
            using PowerShell shell = PowerShell.Create();
            shell.Runspace = opened.Runspace;
            shell.AddCommand("Microsoft.PowerShell.Core\\Import-Module").AddParameter("Name", module).Invoke();
        }

        return opened;
    }

    private static List<PSSession> Open(IEnumerable<PSSession> sessions, string where, HashSet<PSSession> seen, Action<string> warn)
    {
        List<PSSession> open = [];
        foreach (PSSession session in sessions)
        {
            if (!seen.Add(session))
            {
                throw new CommandErrorException(
                    new PSArgumentException(SessionMessages.NamedTwice(session.Name)), "SessionNamedTwice", ErrorCategory.InvalidArgument,
                    session);
            }

            if (session.Runspace.RunspaceStateInfo.State == RunspaceState.Opened)
            {
                open.Add(session);
            }
            else
            {
                warn(SessionMessages.NotOpen(session.Name, session.Runspace.RunspaceStateInfo.State));
            }
        }

        return open.Count > 0
            ? open
            : throw new CommandErrorException(
                new PSArgumentException(SessionMessages.NoneOpen(where)), "NoSession", ErrorCategory.ConnectionError, null);
    }

    private void AddPool(string pool, object? value, HashSet<PSSession> seen, Action<string> warn)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is ScriptBlock script)
        {
            _openers.Add(pool, script);
            return;
        }

        PSSession?[] sessions = bare is PSSession one
            ? [one]
            : [.. (LanguagePrimitives.GetEnumerable(bare)?.Cast<object?>() ?? [bare])
                .Select(item => (item is PSObject inner ? inner.BaseObject : item) as PSSession)];
        if (sessions.Length == 0 || sessions.Contains(null))
        {
            throw new CommandErrorException(
                new PSArgumentException(SessionMessages.NeitherSessionNorScript(pool)), "InvalidPoolSession",
                ErrorCategory.InvalidArgument, value);
        }

        _byPool.Add(pool, Open(sessions.OfType<PSSession>(), $"-PoolSession @{{ '{pool}' = … }}", seen, warn));
    }
}

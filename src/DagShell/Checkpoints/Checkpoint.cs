using System.Collections;
using System.Management.Automation;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;

namespace DagShell.Checkpoints;

/// <summary>The journal of a run, from before it starts: what it says of earlier runs, and what of them is restored.</summary>
internal sealed class Checkpoint : IDisposable
{
    private readonly JournalFile _file;
    private readonly DagGraph _graph;
    private readonly string[] _definitions;
    private readonly Dictionary<int, object?> _restored = [];
    private readonly bool _isResumed;
    private bool _hasBegun;

    private Checkpoint(JournalFile file, string path, DagGraph graph, IDictionary parameters, bool startsOver)
    {
        _file = file;
        _graph = graph;
        Path = path;
        var definition = new NodeDefinition(parameters);
        _definitions = [.. Enumerable.Range(0, graph.Count).Select(index => definition.Of(graph, index))];
        _isResumed = !startsOver && IsUnfinished;
        if (_isResumed)
        {
            foreach ((int node, string output) in file.Contents.FindDone(graph, _definitions))
            {
                _restored.Add(node, new RestoredOutput(() => OutputText.Read(output)));
            }
        }
    }

    /// <summary>The journal.</summary>
    public string Path { get; }

    /// <summary>Whether a run was begun in it and has not succeeded.</summary>
    public bool IsUnfinished => _file.Contents is { IsFinished: false, Runs.Count: > 0 };

    /// <summary>How many nodes are done, of those the journal's last run has.</summary>
    public (int Done, int Total) Progress =>
        (_file.Contents.Done.Count, _file.Contents.Runs.Count == 0 ? 0 : _file.Contents.Runs[^1].Header.Nodes.Count);

    /// <summary>Whether its last line was being written when the process, or the machine, went down.</summary>
    public bool IsTorn => _file.Contents.IsTorn;

    /// <summary>The nodes that are not run again, with what they gave out.</summary>
    public IReadOnlyDictionary<int, object?> Restored => _restored;

    /// <summary>The file that -Checkpoint names.</summary>
    /// <exception cref="CommandErrorException">It is no path of the file system.</exception>
    public static string FileOf(string path, PathIntrinsics paths)
    {
        string file = paths.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? file : throw new CommandErrorException(
            new PSArgumentException(Messages.CheckpointNotAFile(path)), "DagCheckpointFailed", ErrorCategory.InvalidArgument, path);
    }

    /// <summary>Opens a journal, or makes a new one. What is in it stays as it is until <see cref="Begin"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="graph">What is to be run.</param>
    /// <param name="parameters">The values of -Parameter, by name, case-insensitively.</param>
    /// <param name="resumes">Whether an unfinished run is to be resumed.</param>
    /// <param name="startsOver">Whether an earlier run is not to be resumed, even if it is unfinished.</param>
    /// <exception cref="CommandErrorException">
    /// The file cannot be opened, is no journal, or is in use; or it has an unfinished run and nobody said what to do with that.
    /// </exception>
    public static Checkpoint Open(string path, DagGraph graph, IDictionary parameters, bool resumes, bool startsOver) => Try(path, () =>
    {
        JournalFile file = JournalFile.Open(path, startsOver);
        try
        {
            var checkpoint = new Checkpoint(file, path, graph, parameters, startsOver);
            return resumes || startsOver || !checkpoint.IsUnfinished ? checkpoint : throw new CommandErrorException(
                new InvalidOperationException(Messages.CheckpointUnfinished(path, checkpoint.Progress)),
                "DagCheckpointUnfinished",
                ErrorCategory.ResourceExists,
                path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    /// <summary>How long a node took when it last succeeded, if that is known.</summary>
    public TimeSpan? DurationOf(int node) => _file.Contents.Durations.TryGetValue(_graph[node].Name, out TimeSpan duration) ? duration : null;

    /// <summary>Writes that the run begins. From here on the run's journal holds the file.</summary>
    /// <param name="run">The run.</param>
    /// <param name="warn">Is told, on any thread, of nodes whose output cannot be written, and why.</param>
    /// <exception cref="CommandErrorException">The file cannot be written.</exception>
    public RunJournal Begin(DagRun run, Action<int, string> warn)
    {
        var header = new JournalHeader
        {
            RunId = run.Id,
            DagName = run.Name,
            Description = run.Description,
            PoolLimits = _graph.PoolLimits,
            StartTime = new DateTimeOffset(run.StartTime),
            ThrottleLimit = run.ThrottleLimit,
            IsResumed = _isResumed,
            Nodes = [.. Enumerable.Range(0, _graph.Count).Select(Describe)],
        };
        RunJournal journal = Try(Path, () => _file.Begin(header, _graph, (success, _) =>
        {
            string? text = OutputText.Write(NodeOutput.ObjectsOf(success.Output), out string? obstacle);
            if (obstacle is not null)
            {
                warn(success.Index, Messages.OutputNotWritten(_graph[success.Index].Name, obstacle));
            }

            return text;
        }));
        _hasBegun = true;
        return journal;
    }

    /// <summary>Closes the journal, if no run has begun.</summary>
    public void Dispose()
    {
        if (!_hasBegun)
        {
            _file.Dispose();
        }
    }

    private static T Try<T>(string file, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (JournalException exception)
        {
            throw new CommandErrorException(
                new InvalidDataException(Messages.CheckpointInvalid(exception), exception), "DagCheckpointInvalid", ErrorCategory.InvalidData, file);
        }
        catch (JournalInUseException exception)
        {
            throw new CommandErrorException(exception, "DagCheckpointInUse", ErrorCategory.ResourceBusy, file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandErrorException(
                new IOException(Messages.CheckpointNotOpened(file, exception.Message), exception),
                "DagCheckpointFailed",
                ErrorCategory.OpenError,
                file);
        }
    }

    private JournalNode Describe(int node)
    {
        ReadOnlySpan<int> upstream = _graph.Upstream(node);
        var dependsOn = new string[upstream.Length];
        for (int i = 0; i < dependsOn.Length; i++)
        {
            dependsOn[i] = _graph[upstream[i]].Name;
        }

        return new JournalNode(_graph[node].Name, dependsOn, _definitions[node], _restored.ContainsKey(node), DurationOf(node))
        {
            Description = _graph[node].Description,
            Pool = _graph[node].Pool,
            TriggerRule = _graph[node].TriggerRule,
            ContinueOnError = _graph[node].ContinueOnError,
        };
    }
}

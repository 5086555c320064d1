using System.Collections.Concurrent;
using System.Management.Automation;
using DagShell.Engine.Graph;
using DagShell.Engine.Journal;
using DagShell.Engine.Running;
using DagShell.Results;

namespace DagShell.Checkpoints;

/// <summary>The journal of a run, from before it starts: what it says of earlier runs, and what of them is restored.</summary>
internal sealed class Checkpoint : IDisposable
{
    private readonly JournalFile _file;
    private readonly CheckpointRequest _request;
    private readonly DagGraph _dag;
    private readonly SecretDigest _secrets;
    private readonly NodeDefinition _definition;
    private readonly bool _isNew;
    private readonly bool _isResumed;

    /// <summary>Of each node of the dag, also of those that are not run now.</summary>
    private readonly string[] _definitions;

    /// <summary>What the files that are there were made by.</summary>
    private readonly MadeFiles _made;
    private readonly RestorePlan? _plan;
    private readonly IReadOnlyDictionary<int, string> _done;
    private readonly Dictionary<int, object?> _restored = [];
    private readonly HashSet<int> _restoredFailures = [];
    private readonly HashSet<int> _unreadable = [];
    private readonly Dictionary<int, string> _stale = [];
    private readonly CheckpointItems _items;
    private readonly CheckpointInside _inside;

    /// <summary>What nodes do with an item, those that have some.</summary>
    private readonly Dictionary<int, string> _itemDefinitions;
    private bool _hasBegun;
    private RunJournal? _journal;
    private ScriptTexts? _scripts;

    /// <summary>What is to be said of the journal's choice, if anything.</summary>
    private string? _notice;

    private Checkpoint(JournalFile file, CheckpointRequest request, MadeFiles? made, bool isNew)
    {
        _isNew = isNew;
        _file = file;
        _request = request;
        _dag = request.Dag;
        _isResumed = request.Resumes && !request.StartsOver && (IsUnfinished || (request.Again.Count > 0 && LastRun is not null));
        _made = made ?? new MadeFiles(file.Contents);
        _secrets = new SecretDigest(_isResumed ? LastRun!.Header.Salt : _made.Salt);
        _definition = new NodeDefinition(request.Parameters, request.Commands, _secrets, request.Stop);
        MoveItems();
        _definitions = DefineAll();
        _plan = _isResumed
            ? file.Contents.FindDone(
                _dag, _definitions, (node, _) => CanRestore(node), node => IsInRun(node, out _), request.Again)
            : null;
        _done = _plan?.Done ?? new Dictionary<int, string>();
        _items = new CheckpointItems(file.Contents, _secrets, request.Path);
        _inside = new CheckpointInside(file.Contents, request, _secrets, _made, _items);
        _itemDefinitions = Enumerable.Range(0, _dag.Count).Where(node => _dag[node].IsMapped || _dag[node].ExpandsAtTurn)
            .ToDictionary(node => node, DefineItems);
        if (_itemDefinitions.Count > 0)
        {
            // An item may be a secret, and it is known too late which are.
            _secrets.NeedSalt();
        }

        KeepItems();
        foreach (int node in Enumerable.Range(0, _dag.Count))
        {
            if (!_done.ContainsKey(node) && IsInRun(node, out int index))
            {
                _restored.Remove(index);
                if (IsFallenBack(node))
                {
                    _restoredFailures.Add(index);
                }
            }
        }
    }

    /// <summary>The journal.</summary>
    public string Path => _request.Path;

    /// <summary>The nodes that are not run again, with what they gave out.</summary>
    public IReadOnlyDictionary<int, object?> Restored => _restored;

    /// <summary>The nodes that failed and are not run again, because their fallbacks stand for them.</summary>
    public IReadOnlySet<int> RestoredFailures => _restoredFailures;

    /// <summary>The runs that all of these come from.</summary>
    public IReadOnlyDictionary<int, RunOrigin> Origins => _restored.Keys.Concat(_restoredFailures)
        .Select(node => (Node: node, Origin: _file.Contents.OriginOf(_request.Graph[node].Name)))
        .Where(node => node.Origin is not null)
        .ToDictionary(node => node.Node, node => node.Origin!);

    /// <summary>The nodes that go by the times of files, and are not what they were when they last made those.</summary>
    public IReadOnlySet<string> Changed => Enumerable.Range(0, _dag.Count)
        .Where(node => IsInRun(node, out _) && IsOtherThanMade(node))
        .Select(node => _dag[node].Name)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a node that was not known before the run is one of those.</summary>
    public bool IsOtherThanMade(string node) => _inside.IsOtherThanMade(node);

    /// <summary>The runs that this one goes on with, the newest first.</summary>
    public EarlierRun[] EarlierRuns => _isResumed ? [.. _file.Contents.Runs.Reverse().Select(run => run.AsEarlier)] : [];

    /// <summary>Whether a run was begun in it and has not done all of its dag.</summary>
    private bool IsUnfinished => _file.Contents is { IsFinished: false, Runs.Count: > 0 };

    private JournalRun? LastRun => _file.Contents.Runs.Count == 0 ? null : _file.Contents.Runs[^1];

    /// <summary>The file that -Checkpoint names.</summary>
    /// <exception cref="CommandErrorException">It is no path of the file system.</exception>
    public static string FileOf(string path, PathIntrinsics paths)
    {
        string file = paths.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return provider.Name == "FileSystem" ? file : throw new CommandErrorException(
            new PSArgumentException(Messages.CheckpointNotAFile(path)), "DagCheckpointFailed", ErrorCategory.InvalidArgument, path);
    }

    /// <summary>Opens a journal, or makes a new one. What is in it stays as it is until <see cref="Begin"/>.</summary>
    /// <exception cref="CommandErrorException">
    /// The file cannot be opened, is no journal, is another dag's, or is in use; or it has an unfinished run and nobody said what to do
    /// with that.
    /// </exception>
    /// <exception cref="OperationCanceledException">The command was stopped.</exception>
    public static Checkpoint Open(CheckpointRequest request) => Try(request.Path, () =>
    {
        CheckpointFolder? folder = CheckpointFolder.Of(request.Path, request.Resumes, request.DagName, request.Dag);
        request = Choose(request, folder, out string? notice);
        bool isNew = request.Path.Length == 0;
        MadeFiles? made = MadeFiles.Find(request, folder);
        request = isNew ? request with { Path = folder!.Make(DateTime.Now) } : request;
        JournalFile file = OpenFile(request);
        try
        {
            // Once more, now that others can see this one: of two that start at the same moment none must go unseen.
            folder?.RefuseSecondRun(request.Path, request.Stop);
            RefuseOthers(file.Contents, request);
            return new Checkpoint(file, request, made, isNew) { _notice = notice };
        }
        catch
        {
            Leave(file, request.Path, isNew);
            throw;
        }
    });

    /// <summary>Looks at a journal, to know what a run would restore. Nothing is written, locked or made.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static Checkpoint Preview(CheckpointRequest request) => Try(request.Path, () =>
    {
        CheckpointFolder? folder = CheckpointFolder.Of(request.Path, request.Resumes, request.DagName, request.Dag);
        string? notice = null;
        request = request.Resumes ? Choose(request, folder, out notice)
            : request with { Path = folder is null ? request.Path : string.Empty };
        MadeFiles? made = MadeFiles.Find(request, folder);
        if (request.Resumes && File.Exists(request.Path) && JournalReader.IsInUse(request.Path))
        {
            throw new JournalInUseException(JournalHolder.JournalInUse(request.Path));
        }

        JournalFile file = JournalFile.LookAt(request.Path);
        if (request.Resumes)
        {
            RefuseOthers(file.Contents, request);
        }

        return new Checkpoint(file, request, made, isNew: false) { _notice = notice };
    });

    /// <summary>What is to be said about the journal before the run.</summary>
    public IEnumerable<string> Warnings()
    {
        if (_notice is not null)
        {
            yield return _notice;
        }

        if (_file.Contents.IsTorn && !_request.StartsOver)
        {
            yield return Messages.CheckpointTorn(Path);
        }

        if (_file.FolderOpenToAll is { } folder)
        {
            yield return Messages.CheckpointFolderOpen(Path, folder);
        }

        foreach (int node in _unreadable)
        {
            yield return Messages.RecordNotRead(_dag[node].Name, Path);
        }

        foreach ((string part, string obstacle, IReadOnlyList<string> nodes) in _definition.Unknown)
        {
            yield return Messages.ValueNotKnown(part, obstacle, nodes);
        }
    }

    /// <summary>Says of each node of a run that is resumed why it is restored, or why it runs again.</summary>
    public IEnumerable<string> Explain()
    {
        if (!_isResumed)
        {
            yield break;
        }

        for (int node = 0; node < _dag.Count; node++)
        {
            if (IsInRun(node, out int index))
            {
                yield return Messages.RestoredOrNot(_dag[node].Name, WhyOf(index));
            }
        }
    }

    /// <summary>Why a node of the run is restored, or why it runs.</summary>
    /// <param name="index">The node's index in the run.</param>
    public string WhyOf(int index) => !_isResumed ? WhyAnew(IndexInDag(index))
        : _restored.ContainsKey(index) ? Messages.RestoredUnchanged
        : _restoredFailures.Contains(index) ? Messages.RestoredFallenBack
        : _items.CountOf(_request.Graph[index].Name) is > 0 and var items ? Messages.WithItemsDone(WhyAgain(IndexInDag(index)), items)
        : WhyAgain(IndexInDag(index));

    /// <summary>Finds which items of a node are done already.</summary>
    /// <param name="attempt">The attempt that asked for them.</param>
    /// <param name="values">The items.</param>
    /// <param name="describe">What an item is, in a few words.</param>
    /// <param name="hasSecret">Whether there is a secret of the run in a text; null if there are none.</param>
    /// <param name="warn">Is told, by the node's index, of what cannot be known.</param>
    /// <exception cref="OperationCanceledException">The attempt was stopped.</exception>
    public AttemptOutcome MapItems(
        NodeAttempt attempt, object?[] values, Func<object?, string?> describe, Func<string, bool>? hasSecret, Action<int, string> warn) =>
        _items.Map(attempt, values, describe, hasSecret, warn);

    /// <summary>Finds what is done already of a dag that came at the turn of its node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="graph">Its dag.</param>
    /// <param name="commands">What its nodes call.</param>
    /// <param name="stop">Cancelled when the attempt is stopped.</param>
    /// <exception cref="OperationCanceledException">The attempt was stopped.</exception>
    public Expansion Expand(DagNode node, DagGraph graph, CalledCommands commands, CancellationToken stop) =>
        _inside.Expand(node, graph, commands, _journal!, _scripts!, stop);

    /// <summary>How long a node took when it last succeeded, if that is known.</summary>
    public TimeSpan? DurationOf(int node) => DurationOf(_request.Graph[node].Name);

    /// <summary>Writes that the run begins. From here on the run's journal holds the file.</summary>
    /// <param name="run">The run.</param>
    /// <param name="warn">Is told, on any thread, of nodes whose output cannot be written, and why.</param>
    /// <param name="logOf">Gives what the last attempt of a node said, by the node's index.</param>
    /// <exception cref="CommandErrorException">The file cannot be written.</exception>
    public RunJournal Begin(DagRun run, Action<int, string> warn, Func<int, DagLogLine[]> logOf)
    {
        _scripts = new ScriptTexts(run.WithoutSecrets);
        var header = new JournalHeader
        {
            RunId = run.Id,
            Host = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            DagName = run.Name,
            Description = run.Description,
            ResumeCommand = run.ResumeCommand,
            PoolLimits = _request.Graph.PoolLimits,
            Salt = _secrets.Salt,
            StartTime = new DateTimeOffset(run.StartTime),
            ThrottleLimit = run.ThrottleLimit,
            IsResumed = _isResumed,
            Nodes = new MadeList<JournalNode>(_dag.Count, Describe),
        };
        var warned = new ConcurrentDictionary<int, bool>();
        RunJournal journal = Try(Path, () => _file.Begin(header, _request.Graph, (success, stop) =>
        {
            string? text = OutputText.Write(NodeOutput.ObjectsOf(success.Output), stop, out string? obstacle);

            // Where one item gives out what cannot be written, all others will.
            if (obstacle is not null && (success.Item < 0 || warned.TryAdd(success.Index, true)))
            {
                string name = success.NodeName;
                warn(success.Index, success.Item < 0
                    ? Messages.OutputNotWritten(name, obstacle)
                    : Messages.OutputOfItemNotWritten(NodeItems.NameOf(name, success.Item), obstacle));
            }

            return text;
        },
        node => Array.ConvertAll(
            logOf(node), line => new JournalLogLine(new DateTimeOffset(line.Time), line.Stream.ToString(), line.Text)),
        failure => RunSnapshots.TraceOf(failure, run.WithoutSecrets),
        new ShownOutputs(run.WithoutSecrets).Of));
        _hasBegun = true;
        _journal = journal;
        if (_file.IsOpenToOthers)
        {
            warn(0, Messages.CheckpointOpenToOthers(Path));
        }

        return journal;
    }

    /// <summary>Closes the journal, if no run has begun.</summary>
    public void Dispose()
    {
        if (!_hasBegun)
        {
            Leave(_file, Path, _isNew);
        }
    }

    /// <summary>Finds the journal that is meant, where it may be one of a folder's; with an empty path if it is a new one there.</summary>
    private static CheckpointRequest Choose(CheckpointRequest request, CheckpointFolder? folder, out string? notice)
    {
        notice = null;
        if (!CheckpointFolder.IsMeant(request.Path))
        {
            return request;
        }

        folder!.RefuseSecondRun();
        string? found = request.Resumes ? folder.Find(isFinishedToo: request.Again.Count > 0) : null;
        notice = found is null ? null : folder.NewerThan(found);
        return request with { Path = found ?? string.Empty };
    }

    private static JournalFile OpenFile(CheckpointRequest request)
    {
        try
        {
            return JournalFile.Open(request.Path, request.StartsOver);
        }
        catch (JournalInUseException exception)
        {
            throw new JournalInUseException(JournalHolder.JournalInUse(request.Path), exception);
        }
    }

    /// <summary>Leaves a journal as it was found: not there, if it was made for the run that did not begin.</summary>
    private static void Leave(JournalFile file, string path, bool isNew)
    {
        file.Dispose();
        if (isNew)
        {
            File.Delete(path);
        }
    }

    /// <summary>
    /// Refuses a journal with hours of somebody's work in it, unless it is this dag's and it was said what to do with that.
    /// </summary>
    private static void RefuseOthers(JournalContents contents, CheckpointRequest request)
    {
        if (request.StartsOver || contents.Runs.Count == 0)
        {
            return;
        }

        JournalHeader header = contents.Runs[^1].Header;
        bool isOthers = (header.DagName is { } name && request.DagName is { } own && !name.Equals(own, StringComparison.OrdinalIgnoreCase))
            || !header.Nodes.Any(node => request.Dag.TryGetIndex(node.Name, out _));
        if (isOthers && (request.Resumes || !contents.IsFinished))
        {
            throw new CommandErrorException(
                new InvalidOperationException(Messages.CheckpointOfAnother(request.Path, header, request.DagName)),
                "DagCheckpointOfAnother",
                ErrorCategory.ResourceExists,
                request.Path);
        }

        if (!request.Resumes && !contents.IsFinished)
        {
            throw new CommandErrorException(
                new InvalidOperationException(Messages.CheckpointUnfinished(request.Path, contents.Done.Count, header.Nodes.Count)),
                "DagCheckpointUnfinished",
                ErrorCategory.ResourceExists,
                request.Path);
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
                new InvalidDataException(Messages.CheckpointInvalid(exception), exception), "DagCheckpointInvalid",
                ErrorCategory.InvalidData, file);
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

    /// <summary>What journals know of the dags of items goes by the items' values.</summary>
    private void MoveItems()
    {
        if (!Enumerable.Range(0, _dag.Count).Any(node => _dag[node].IsItem))
        {
            return;
        }

        (string, string?, string?)[] nodes = [.. Enumerable.Range(0, _dag.Count).Select(node =>
            (_dag[node].Name, _dag.Outer(node) is >= 0 and var outer ? _dag[outer].Name : null, ItemValueOf(node)))];
        _file.Contents.MoveItems(nodes);
        if (_made.Contents != _file.Contents)
        {
            _made.Contents.MoveItems(nodes);
        }
    }

    /// <summary>What stands for the value of the item whose dag a node stands for, if it is one.</summary>
    private string? ItemValueOf(int node) =>
        _dag[node].IsItem ? _definition.KeyOf(DagNode.Of(_dag[node]), DagNode.Of(_dag[node]).Item!.Value) : null;

    /// <summary>Finds the nodes whose items need not be done again: nothing before them is, and they do the same.</summary>
    private void KeepItems()
    {
        if (_plan is null)
        {
            return;
        }

        foreach ((int node, string definition) in _itemDefinitions)
        {
            if (_plan.Fresh.Contains(node) && _file.Contents.ItemDefinitionOf(_dag[node].Name) == definition)
            {
                _items.Keep(_dag[node].Name, _dag[node].Name);
            }
        }
    }

    private string DefineItems(int node) => IsInRun(node, out _)
        ? _definition.OfItems(_dag, node)
        : _file.Contents.ItemDefinitionOf(_dag[node].Name) ?? string.Empty;

    private bool IsFallenBack(int node) => _plan is not null && _plan.FallenBack.Contains(node);

    private int IndexInDag(int index) => _dag.TryGetIndex(_request.Graph[index].Name, out int node) ? node : -1;

    private bool IsInRun(int node, out int index) => _request.Graph.TryGetIndex(_dag[node].Name, out index);

    /// <summary>A node that is left aside now is as it was when it was done; what it has become is asked when it is to be run.</summary>
    private string Define(int node) =>
        IsInRun(node, out _) ? _definition.Of(_dag, node)
        : _file.Contents.Done.TryGetValue(_dag[node].Name, out JournalSuccess? success) ? success.Definition
        : string.Empty;

    private bool CanRestore(int node)
    {
        if (!IsInRun(node, out int index))
        {
            return true;
        }

        if ((IsOtherThanMade(node) ? ChangeSinceMade(node) : _request.WhyStale(_dag[node])) is { } why)
        {
            _stale[node] = why;
            return false;
        }

        if (RestoredOutput.TryRead(DagNode.Of(_dag[node]), _file.Contents.Done[_dag[node].Name], out object? output))
        {
            _restored.Add(index, output);
            return true;
        }

        _unreadable.Add(node);
        return false;
    }

    /// <summary>Whether a node has output files, and they were made when it was another.</summary>
    private bool IsOtherThanMade(int node) => DagNode.Of(_dag[node]).OutputPath.Length > 0
        && _made.Definitions.TryGetValue(_dag[node].Name, out string? then) && then != _definitions[node];

    /// <summary>In which parts a node is another than when its files were made.</summary>
    private string ChangeSinceMade(int node) =>
        Messages.Changed(NodeDefinition.Difference(_made.Definitions[_dag[node].Name], _definitions[node]));

    private string WhyAnew(int node) => IsOtherThanMade(node) ? ChangeSinceMade(node) : Messages.NothingRecorded;

    private string WhyAgain(int node)
    {
        string name = _dag[node].Name;
        if (_request.Again.Contains(node))
        {
            return Messages.NamedByRerun;
        }

        if (!_file.Contents.Done.TryGetValue(name, out JournalSuccess? success))
        {
            return _file.Contents.NodeOf(name) switch
            {
                null => Messages.NotInJournal,
                { IsOutside: true } => Messages.WasLeftOut,
                _ => Messages.NotDone,
            };
        }

        if (_plan!.TornDown.Contains(node))
        {
            return Messages.SetUpTornDown;
        }

        foreach (int dependency in _dag.Upstream(node))
        {
            if (!_done.ContainsKey(dependency) && !IsFallenBack(dependency))
            {
                return Messages.UpstreamRunsAgain(_dag[dependency].Name);
            }
        }

        return _unreadable.Contains(node) ? Messages.OutputNotRead
            : _stale.TryGetValue(node, out string? why) ? why
            : NodeDefinition.Difference(success.Definition, _definitions[node]) is { Count: > 0 } parts ? Messages.Changed(parts)
            : WhyAround(node);
    }

    /// <summary>Why a node runs that is done and has not changed, nor does any that it depends on.</summary>
    private string WhyAround(int node)
    {
        // Of what is inside, the innermost says it best.
        for (int inner = node + 1; inner <= node + _dag.CountInside(node); inner++)
        {
            if (!_dag.IsDag(inner) && !_done.ContainsKey(inner) && !IsFallenBack(inner)
                && !(_dag.FallbackFor(inner) is >= 0 and var primary && _done.ContainsKey(primary)))
            {
                return Messages.InsideRuns(_dag[inner].Name);
            }
        }

        return _dag.FallbackFor(node) is >= 0 and var other && !IsFallenBack(other) ? Messages.UpstreamRunsAgain(_dag[other].Name)
            : _dag.Outer(node) is >= 0 and var outer ? Messages.OuterRunsAgain(_dag[outer].Name)
            : Messages.NotDone;
    }

    private TimeSpan? DurationOf(string node) => _file.Contents.Durations.TryGetValue(node, out TimeSpan duration) ? duration : null;

    private JournalNode Describe(int node)
    {
        return JournalNode.Of(_dag, node, _definitions[node]) with
        {
            IsRestored = _done.ContainsKey(node),
            EarlierDuration = DurationOf(_dag[node].Name),
            ItemDefinition = _itemDefinitions.GetValueOrDefault(node),
            LastDefinition = DagNode.Of(_dag[node]).OutputPath.Length > 0 ? _made.Definitions.GetValueOrDefault(_dag[node].Name) : null,
            KeepsItems = _items.Keeps(_dag[node].Name),
            ItemValue = ItemValueOf(node),
            Script = _dag.IsDag(node) ? null : _scripts!.Of(DagNode.Of(_dag[node]).ScriptBlock),
            IsFallenBack = IsFallenBack(node),
            IsOutside = !IsInRun(node, out _),
            Origin = _done.ContainsKey(node) || IsFallenBack(node) ? _file.Contents.OriginOf(_dag[node].Name) : null,
        };
    }

    private string[] DefineAll()
    {
        var definitions = new string[_dag.Count];
        for (int node = 0; node < definitions.Length; node++)
        {
            // Of very many nodes most are like the one before.
            string definition = Define(node);
            definitions[node] = node > 0 && definition == definitions[node - 1] ? definitions[node - 1] : definition;
        }

        return definitions;
    }
}

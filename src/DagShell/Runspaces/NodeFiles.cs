using System.Management.Automation;
using DagShell.Files;
using DagShell.Parameters;

namespace DagShell.Runspaces;

/// <summary>The files that one attempt of a node reads and writes, asked in its session.</summary>
/// <remarks>Belongs to the pump's thread.</remarks>
internal sealed class NodeFiles
{
    private readonly DagNode _node;
    private readonly PathIntrinsics _paths;
    private readonly Func<ScriptBlock, ScriptEnd> _ask;
    private readonly Dictionary<string, DateTime> _timesBefore = [];
    private IReadOnlyList<PathPattern> _inputs = [];
    private IReadOnlyList<PathPattern> _outputs = [];

    /// <summary>Where the script begins; it may end elsewhere.</summary>
    private string _location = string.Empty;

    /// <summary>Makes it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="paths">The session's location.</param>
    /// <param name="ask">Runs a script of the node in the session.</param>
    public NodeFiles(DagNode node, PathIntrinsics paths, Func<ScriptBlock, ScriptEnd> ask)
    {
        _node = node;
        _paths = paths;
        _ask = ask;
    }

    /// <summary>The inputs that are named and are not there.</summary>
    public IEnumerable<string> MissingInputs => Missing(_inputs);

    /// <summary>The outputs that are not there.</summary>
    public IEnumerable<string> MissingOutputs => Missing(_outputs);

    /// <summary>Whether all outputs are there, and none is older than any input.</summary>
    public bool AreUpToDate => FileTimes.AreUpToDate(_inputs, _outputs);

    /// <summary>What the node gives out: its output files.</summary>
    public object?[] Outputs => [.. _outputs.SelectMany(output => output.Find())];

    /// <summary>Finds out which files it is about, before the script runs.</summary>
    /// <returns>What ended the script that was asked, other than its output; null where all is well.</returns>
    public ScriptEnd? Ask()
    {
        _location = _paths.CurrentLocation.Path;
        if (Read(nameof(_node.InputPath), _node.InputPath, out _inputs) is { } problem)
        {
            return problem;
        }

        if (Read(nameof(_node.OutputPath), _node.OutputPath, out _outputs) is { } other)
        {
            return other;
        }

        foreach (FileSystemInfo file in _outputs.SelectMany(output => output.Find()))
        {
            _timesBefore[file.FullName] = file.LastWriteTimeUtc;
        }

        return null;
    }

    /// <summary>Finds out what came of it, after the script has run.</summary>
    /// <returns>As of <see cref="Ask"/>.</returns>
    public ScriptEnd? AskForOutputs()
    {
        try
        {
            if (_paths.CurrentLocation.Path != _location)
            {
                _paths.SetLocation(WildcardPattern.Escape(_location));
            }
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            return new ScriptEnd([], exception);
        }

        return Read(nameof(_node.OutputPath), _node.OutputPath, out _outputs);
    }

    /// <summary>
    /// The script did not come to its end: what it has written by then is not to be taken for done the next time.
    /// </summary>
    public void NoteUnfinished()
    {
        foreach (FileSystemInfo file in _outputs.SelectMany(output => output.Find()))
        {
            if (file is FileInfo && (!_timesBefore.TryGetValue(file.FullName, out DateTime before) || before != file.LastWriteTimeUtc))
            {
                FileTimes.MarkUnfinished(file);
            }
        }
    }

    private static IEnumerable<string> Missing(IReadOnlyList<PathPattern> paths) =>
        paths.Where(path => path.Literal is not null && path.Find().Count == 0).Select(path => path.Text);

    private ScriptEnd? Read(string parameter, object[] entries, out IReadOnlyList<PathPattern> read)
    {
        List<PathPattern> found = [];
        read = found;
        try
        {
            foreach (object entry in entries)
            {
                if (entry is not ScriptBlock script)
                {
                    found.Add(PatternOf(parameter, (string)entry));
                    continue;
                }

                ScriptEnd end = _ask(script);
                if (end.Failure is not null || end.Skip is not null)
                {
                    return end;
                }

                found.AddRange(end.Output.OfType<object>().Select(path => PatternOf(parameter, PathsAttribute.Read(path))));
            }
        }
        catch (Exception exception) when (exception is (RuntimeException or ArgumentException) and not PipelineStoppedException)
        {
            return new ScriptEnd([], exception);
        }

        return null;
    }

    private PathPattern PatternOf(string parameter, string path)
    {
        try
        {
            return PathPattern.Of(path, _paths);
        }
        catch (WildcardPatternException)
        {
            throw new PSArgumentException(Messages.BadPathPattern(_node.Name, parameter, path));
        }
    }
}

using System.Collections;
using System.Management.Automation;
using DagShell.Parameters;
using DagShell.Scripts;

namespace DagShell.Nodes;

/// <summary>Reads what -Dag takes: a dag, nodes, a script block that gives them, or the path of a dag file.</summary>
internal static class DagSource
{
    /// <summary>What it stands for: a <see cref="Dag"/>, a script block, or the full path of a file.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="session">The caller's session.</param>
    /// <exception cref="CommandErrorException">It is none of these, or there is no such file.</exception>
    public static object Find(object value, SessionState session)
    {
        switch (value is PSObject wrapped ? wrapped.BaseObject : value)
        {
            case Dag or ScriptBlock:
                return value is PSObject of ? of.BaseObject : value;
            case FileInfo file:
                return FileAt(file.FullName, session.Path);
            case string path:
                return FileAt(path, session.Path);
            case DagNode or IEnumerable:
                DagBuilder builder = new();
                builder.Add(value);
                return builder.Dag;
            default:
                throw new CommandErrorException(
                    new PSArgumentException(Messages.NoInnerDag(value)), "InvalidDag", ErrorCategory.InvalidArgument, value);
        }
    }

    /// <summary>
    /// The dag that a script block gives, in the scope that it was written for. One with parameters, and a file, are run when the dag
    /// around them is: their values are not known before that.
    /// </summary>
    /// <param name="source">What <see cref="Find"/> gave.</param>
    /// <param name="command">The command that is running, in the caller's session.</param>
    /// <exception cref="RuntimeException">The script block ended with an error.</exception>
    public static object Run(object source, PSCmdlet command)
    {
        if (source is not ScriptBlock script || NodeScript.Of(script).Parameters.Count > 0)
        {
            return source;
        }

        DagBuilder given = new();
        DagScript.Gather(script, [], command, given, new HashSet<string>());
        return given.Dag;
    }

    /// <summary>The same for an item, which is <c>$_</c>.</summary>
    public static object Run(object source, object? item, PSCmdlet command) =>
        WithItem(item, command.SessionState, () => Run(source, command));

    /// <summary>Has <c>$_</c> be an item in the caller's scope while something is done.</summary>
    public static T WithItem<T>(object? item, SessionState session, Func<T> action)
    {
        object? before = session.PSVariable.GetValue("_");
        session.PSVariable.Set("_", item);
        try
        {
            return action();
        }
        finally
        {
            session.PSVariable.Set("_", before);
        }
    }

    private static string FileAt(string path, PathIntrinsics paths) => FilePath.Find(path, paths, "Dag") switch
    {
        [var file] => file,
        [] => throw DagFile.NotFound(path),
        var files => throw new CommandErrorException(
            new PSArgumentException(Messages.SeveralDagFiles(path, files.Count)), "InvalidDag", ErrorCategory.InvalidArgument, path),
    };
}

using System.Collections;
using System.Management.Automation;
using DagShell.Parameters;
using DagShell.Scripts;

namespace DagShell.Nodes;

/// <summary>Reads what -Dag takes: a dag, nodes, a script block that gives them, or the path of a dag file.</summary>
internal static class DagSource
{
    /// <summary>
    /// What it stands for: a <see cref="Dag"/>; the full path of a file, which is run when the dag around it is; or a script block with
    /// parameters, whose values are not known before that either.
    /// </summary>
    /// <param name="value">What was given.</param>
    /// <param name="session">The caller's session.</param>
    /// <param name="invoke">The same.</param>
    /// <exception cref="CommandErrorException">It is none of these, or there is no such file.</exception>
    /// <exception cref="RuntimeException">The script block ended with an error.</exception>
    public static object Of(object value, SessionState session, CommandInvocationIntrinsics invoke)
    {
        switch (value is PSObject wrapped ? wrapped.BaseObject : value)
        {
            case Dag dag:
                return dag;
            case ScriptBlock script when NodeScript.Of(script).Parameters.Count > 0:
                return script;
            case ScriptBlock script:
                DagBuilder given = new();
                DagScript.Gather(script, [], session, invoke, given, new HashSet<string>());
                return given.Dag;
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

    private static string FileAt(string path, PathIntrinsics paths) => FilePath.Find(path, paths) switch
    {
        [var file] => file,
        [] => throw DagFile.NotFound(path),
        var files => throw new CommandErrorException(
            new PSArgumentException(Messages.SeveralDagFiles(path, files.Count)), "InvalidDag", ErrorCategory.InvalidArgument, path),
    };
}

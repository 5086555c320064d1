using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;

namespace DagShell.Nodes;

/// <summary>A dag file: an ordinary script that emits nodes or dags.</summary>
internal static class DagFile
{
    private static readonly ScriptBlock Call = ScriptBlock.Create("param($File, $Arguments, $Pass) & $File @Arguments 2>&1 | & $Pass $File -ErrorAction Continue");

    /// <summary>Under the name of the command that users called, which is what their errors begin with.</summary>
    private static readonly CmdletInfo Pass = new("Invoke-Dag", typeof(SendDagFileOutputCommand));

    /// <summary>Runs the files that a path stands for, in the caller's session, each in a scope of its own, and gathers what they emit.</summary>
    /// <param name="path">A file's path, or a pattern.</param>
    /// <param name="parameters">Values by name; those that a file's <c>param()</c> declares are passed.</param>
    /// <param name="paths">The caller's location.</param>
    /// <param name="invoke">The caller's session.</param>
    /// <param name="builder">Takes the nodes and dags.</param>
    /// <exception cref="CommandErrorException">There is no such file, it is no script, or it emits something else.</exception>
    /// <exception cref="ParseException">A file cannot be parsed.</exception>
    /// <exception cref="RuntimeException">A file ended with an error.</exception>
    public static void Gather(
        string path, Hashtable parameters, PathIntrinsics paths, CommandInvocationIntrinsics invoke, DagBuilder builder)
    {
        foreach (string file in Find(path, paths))
        {
            if (invoke.GetCommand(file, CommandTypes.ExternalScript) is not ExternalScriptInfo script)
            {
                throw new CommandErrorException(
                    new PSArgumentException(Messages.NotAScript(file)), "NotADagFile", ErrorCategory.InvalidArgument, path);
            }

            foreach (PSObject output in invoke.InvokeScript(
                useLocalScope: true, Call, null, script, ArgumentsOf(script, parameters), Pass))
            {
                if (!builder.TryAdd(output, out object? stranger))
                {
                    throw new CommandErrorException(
                        new PSArgumentException(Messages.NotADagFile(path, stranger)), "InvalidDag", ErrorCategory.InvalidData, stranger);
                }
            }
        }
    }

    private static Hashtable ArgumentsOf(ExternalScriptInfo script, Hashtable parameters)
    {
        Hashtable arguments = [];
        foreach (string name in script.Parameters?.Keys.ToArray() ?? [])
        {
            if (parameters.ContainsKey(name))
            {
                arguments[name] = parameters[name];
            }
        }

        return arguments;
    }

    /// <summary>The file of that very name, or else all that it matches as a pattern.</summary>
    private static Collection<string> Find(string path, PathIntrinsics paths)
    {
        Collection<string> files = [];
        try
        {
            string exact = paths.GetUnresolvedProviderPathFromPSPath(path);
            files = File.Exists(exact) ? [exact] : paths.GetResolvedProviderPathFromPSPath(path, out _);
        }
        catch (ItemNotFoundException)
        {
            // Reported below, as a pattern is that matches nothing.
        }

        return files.Count > 0 ? files : throw new CommandErrorException(
            new ItemNotFoundException(Messages.DagFileNotFound(path)), "DagFileNotFound", ErrorCategory.ObjectNotFound, path);
    }
}

using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Parameters;
using DagShell.Scripts;

namespace DagShell.Nodes;

/// <summary>A dag file: an ordinary script that emits nodes or dags.</summary>
internal static class DagFile
{
    /// <summary>
    /// Runs the files that a path stands for, in the caller's session, each in a scope of its own, and gathers what they emit.
    /// </summary>
    /// <param name="path">A file's path, or a pattern.</param>
    /// <param name="parameters">Values by name; those that a file's <c>param()</c> declares are passed.</param>
    /// <param name="command">The command that is running, in the caller's session.</param>
    /// <param name="builder">Takes the nodes and dags.</param>
    /// <param name="taken">Gets the names and aliases of the files' parameters.</param>
    /// <exception cref="CommandErrorException">There is no such file, it is no script, or it emits something else.</exception>
    /// <exception cref="ParseException">A file cannot be parsed.</exception>
    /// <exception cref="RuntimeException">A file ended with an error.</exception>
    public static void Gather(
        string path, Hashtable parameters, PSCmdlet command, DagBuilder builder, ISet<string> taken)
    {
        foreach (string file in Find(path, command.SessionState.Path))
        {
            Run(file, path, parameters, command, builder, taken);
        }
    }

    /// <summary>Runs one file in the caller's session, in a scope of its own, and gathers what it emits.</summary>
    /// <param name="file">The file.</param>
    /// <param name="parameters">Values by name; those that its <c>param()</c> declares are passed.</param>
    /// <param name="command">The command that is running, in the caller's session.</param>
    /// <param name="builder">Takes the nodes and dags.</param>
    /// <param name="taken">Gets the names and aliases of its parameters.</param>
    /// <exception cref="CommandErrorException">There is no such file, it is no script, or it emits something else.</exception>
    /// <exception cref="ParseException">It cannot be parsed.</exception>
    /// <exception cref="RuntimeException">It ended with an error.</exception>
    public static void Gather(
        FileInfo file, Hashtable parameters, PSCmdlet command, DagBuilder builder, ISet<string> taken)
    {
        if (!File.Exists(file.FullName))
        {
            throw NotFound(file.FullName);
        }

        Run(file.FullName, file.FullName, parameters, command, builder, taken);
    }

    private static void Run(
        string file, string given, Hashtable parameters, PSCmdlet command, DagBuilder builder, ISet<string> taken)
    {
        (object script, Ast tree, IEnumerable<string> names) = CommandOf(file, command.InvokeCommand) ?? throw new CommandErrorException(
            new PSArgumentException(Messages.NotAScript(file)), "NotADagFile", ErrorCategory.InvalidArgument, given);
        taken.UnionWith(names);
        builder.BeginFile(NameOf(file));
        foreach (PSObject output in NodeSource.Run(script, ArgumentsOf(names, parameters), tree, command))
        {
            if (!builder.TryAdd(output, out object? stranger))
            {
                throw new CommandErrorException(
                    new PSArgumentException(Messages.NotADagFile(given, stranger)), "InvalidDag", ErrorCategory.InvalidData, stranger);
            }
        }

        builder.EndFile();
    }

    /// <summary>The name of a dag from a file: that of the file, without <c>.dag.ps1</c> or <c>.ps1</c>.</summary>
    private static string NameOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return name.EndsWith(".dag", StringComparison.OrdinalIgnoreCase) && name.Length > ".dag".Length ? name[..^".dag".Length] : name;
    }

    /// <summary>What to call for a file, and the names and aliases of its parameters; null if it is no script.</summary>
    private static (object Command, Ast Tree, IEnumerable<string> Parameters)? CommandOf(string file, CommandInvocationIntrinsics invoke)
    {
        if (invoke.GetCommand(file, CommandTypes.ExternalScript) is ExternalScriptInfo script
            && script.Path.Equals(file, StringComparison.OrdinalIgnoreCase))
        {
            return (script, script.ScriptBlock.Ast,
                script.Parameters?.Values.SelectMany(parameter => parameter.Aliases.Prepend(parameter.Name)).ToArray() ?? []);
        }

        // Whoever asks for a command has its name taken for a pattern, and would get "x1.ps1" for "x[1].ps1"; who calls one has not.
        if (!file.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        ScriptBlock? read = ScriptFile.TryRead(file);
        return (file, read?.Ast ?? Parser.ParseFile(file, out _, out _),
            read is null ? [] : NodeScript.Of(read).Parameters.SelectMany(parameter => parameter.Names).ToArray());
    }

    private static Hashtable ArgumentsOf(IEnumerable<string> names, Hashtable parameters)
    {
        Hashtable arguments = [];
        foreach (string name in names)
        {
            if (parameters.ContainsKey(name))
            {
                arguments[name] = parameters[name];
            }
        }

        return arguments;
    }

    private static Collection<string> Find(string path, PathIntrinsics paths) =>
        FilePath.Find(path, paths) is { Count: > 0 } files ? files : throw NotFound(path);

    /// <summary>The error about a file that is not there.</summary>
    public static CommandErrorException NotFound(string path) =>
        new(new ItemNotFoundException(Messages.DagFileNotFound(path)), "DagFileNotFound", ErrorCategory.ObjectNotFound, path);
}

using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Engine.Graph;
using DagShell.Scripts;

namespace DagShell.Parameters;

/// <summary>
/// What can be known of a dag while its command is still being typed: from the text around the cursor, from a dag file that is
/// named there, and from nodes and dags that variables of the session hold. Runs nothing but the look at a variable.
/// </summary>
internal sealed class KnownDag
{
    /// <summary>How deep files are looked into that nodes stand for.</summary>
    private const int DeepestFile = 8;

    private readonly CommandAst _command;
    private readonly List<Ast> _texts = [];
    private readonly List<DagNode> _nodes = [];

    /// <summary>What stands before the names of nodes in a text, of files that nodes stand for.</summary>
    private readonly Dictionary<Ast, string> _prefixes = [];
    private readonly List<string> _poolsWithLimit = [];

    /// <summary>Gathers what can be known where a command stands.</summary>
    public KnownDag(CommandAst command, IDictionary boundParameters)
    {
        Ast root = command;
        while (root.Parent is not null)
        {
            root = root.Parent;
        }

        _command = command;
        _texts.Add(root);
        AddFiles(boundParameters["Path"]);
        if (command.Parent is PipelineAst pipeline)
        {
            foreach (CommandExpressionAst element in pipeline.PipelineElements.OfType<CommandExpressionAst>())
            {
                AddVariable(element.Expression as VariableExpressionAst);
            }
        }

        foreach (VariableExpressionAst argument in command.CommandElements.OfType<VariableExpressionAst>())
        {
            AddVariable(argument);
        }

        bool namesFile = boundParameters["Path"] is not null || command.CommandElements.OfType<CommandParameterAst>()
            .Any(parameter => parameter.ParameterName.Equals("Path", StringComparison.OrdinalIgnoreCase));
        if (!namesFile && _nodes.Count == 0 && !NodeCommands().Any())
        {
            // Nothing on the line says which dag is meant: then it is one that the session holds.
            foreach (PSObject variable in Ask("param($Path) $ExecutionContext.InvokeProvider.ChildItem.Get($Path, $false)", "variable:"))
            {
                Add((variable?.BaseObject as PSVariable)?.Value);
            }
        }
    }

    /// <summary>The names of the parameters of dag files and of nodes' scripts that no dependency gives.</summary>
    public IEnumerable<string> Parameters()
    {
        HashSet<string> given = new(NodeNames(), StringComparer.OrdinalIgnoreCase);
        return _texts.OfType<ScriptBlockAst>().Select(file => file.ParamBlock)
            .Concat(NodeCommands().SelectMany(command => command.CommandElements.OfType<ScriptBlockExpressionAst>())
                .Select(block => block.ScriptBlock.ParamBlock))
            .OfType<ParamBlockAst>()
            .SelectMany(block => block.Parameters.Select(parameter => parameter.Name.VariablePath.UserPath))
            .Concat(_nodes.SelectMany(node => node.Scripts())
                .SelectMany(script => NodeScript.Of(script.Script).Parameters.Select(parameter => parameter.Name)))
            .Where(name => !given.Contains(name));
    }

    /// <summary>
    /// The names of the nodes, also of those inside of nodes that stand for a dag, in the order in which they were found.
    /// </summary>
    public IEnumerable<string> NodeNames() => _nodes.SelectMany(NamesOf).Concat(NodeCommands().SelectMany(NamesOf));

    /// <summary>
    /// The names by which what is typed knows other nodes: those of the dag that it is in, without what stands before them.
    /// </summary>
    public IEnumerable<string> LocalNames()
    {
        string prefix = PrefixOf(_command);
        return NodeNames()
            .Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(name => name[prefix.Length..])
            .Where(name => !name.Contains('/', StringComparison.Ordinal));
    }

    /// <summary>The names of the pools that nodes are in or that have a limit.</summary>
    public IEnumerable<string> Pools() =>
        _poolsWithLimit
            .Concat(_nodes.Select(node => node.Pool).OfType<string>())
            .Concat(NodeCommands().Select(command => Argument(command, "Pool", position: null)).OfType<string>())
            .Concat(Commands("New-Dag", "Invoke-Dag").SelectMany(LimitedPools));

    /// <summary>Makes completions of the names that begin with what was typed.</summary>
    public static IEnumerable<CompletionResult> Complete(IEnumerable<string> names, string? typed)
    {
        string start = (typed ?? string.Empty).Trim('\'', '"');
        return names
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(name => name.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(Quoted(name), name, CompletionResultType.ParameterValue, name));
    }

    private static IEnumerable<string> NamesOf(DagNode node) => node.InnerDag is Dag dag
        ? dag.Nodes.SelectMany(NamesOf).Select(name => Node.NameInside(node.Name, name)).Prepend(node.Name)
        : [node.Name];

    /// <summary>The name of the node that a command makes, behind those of the nodes whose dags it is in.</summary>
    private IEnumerable<string> NamesOf(CommandAst command) =>
        Argument(command, "Name", position: 0) is { } name ? [PrefixOf(command) + name] : [];

    /// <summary>The names of the nodes in whose dags a command makes one.</summary>
    private string PrefixOf(Ast command)
    {
        string prefix = string.Empty;
        Ast root = command;
        for (Ast ast = command; ast.Parent is not null; ast = root = ast.Parent)
        {
            if (ast is ScriptBlockExpressionAst && ast.Parent is CommandAst around && IsDagOf(around, ast)
                && Argument(around, "Name", position: 0) is { } name)
            {
                prefix = Node.NameInside(name, prefix);
            }
        }

        return _prefixes.GetValueOrDefault(root, string.Empty) + prefix;
    }

    /// <summary>Whether an element of a command is what it takes as -Dag.</summary>
    private static bool IsDagOf(CommandAst command, Ast element) =>
        "New-DagNode".Equals(command.GetCommandName(), StringComparison.OrdinalIgnoreCase)
        && command.CommandElements.IndexOf(element as CommandElementAst) is > 0 and var place
        && command.CommandElements[place - 1] is CommandParameterAst { ParameterName: var parameter }
        && parameter.Equals("Dag", StringComparison.OrdinalIgnoreCase);

    private static string Quoted(string name) =>
        name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.' or '/')
            ? name
            : "'" + CodeGeneration.EscapeSingleQuotedStringContent(name) + "'";

    private static string? Argument(CommandAst command, string parameter, int? position)
    {
        int free = 0;
        for (int i = 1; i < command.CommandElements.Count; i++)
        {
            if (command.CommandElements[i] is CommandParameterAst given)
            {
                Ast? value = given.Argument ?? command.CommandElements.ElementAtOrDefault(i + 1);
                if (given.ParameterName.Equals(parameter, StringComparison.OrdinalIgnoreCase))
                {
                    return (value as StringConstantExpressionAst)?.Value;
                }

                // Whether the next element is this parameter's value is not known for switches; names come first as a rule.
                i += given.Argument is null && value is not CommandParameterAst ? 1 : 0;
            }
            else if (free++ == position)
            {
                return (command.CommandElements[i] as StringConstantExpressionAst)?.Value;
            }
        }

        return null;
    }

    private static IEnumerable<string> LimitedPools(CommandAst command) =>
        command.FindAll(ast => ast is HashtableAst, searchNestedScriptBlocks: false)
            .Cast<HashtableAst>()
            .Where(table => table.Parent == command
                && command.CommandElements[command.CommandElements.IndexOf(table) - 1] is CommandParameterAst { ParameterName: var name }
                && name.Equals("PoolLimit", StringComparison.OrdinalIgnoreCase))
            .SelectMany(table => table.KeyValuePairs)
            .Select(pair => (pair.Item1 as StringConstantExpressionAst)?.Value)
            .OfType<string>();

    /// <summary>All that make nodes, but for the one that is being typed.</summary>
    private IEnumerable<CommandAst> NodeCommands() => Commands("New-DagNode").Where(command => command != _command);

    private IEnumerable<CommandAst> Commands(params string[] names) =>
        _texts.SelectMany(text => text.FindAll(
                ast => ast is CommandAst command && names.Contains(command.GetCommandName(), StringComparer.OrdinalIgnoreCase),
                searchNestedScriptBlocks: true))
            .Cast<CommandAst>();

    private void AddFiles(object? paths)
    {
        foreach (object? path in LanguagePrimitives.GetEnumerable(paths) ?? new[] { paths })
        {
            // The file of a half-typed command may not exist; then it says nothing.
            if (path?.ToString() is { Length: > 0 } text)
            {
                foreach (PSObject session in Ask("param($Path) $ExecutionContext.SessionState", text))
                {
                    AddFiles(text, ((SessionState)session.BaseObject).Path);
                }
            }
        }
    }

    private void AddFiles(string path, PathIntrinsics paths)
    {
        try
        {
            foreach (string file in FilePath.Find(path, paths))
            {
                AddFile(file, string.Empty, paths, depth: 0);
            }
        }
        catch (Exception exception)
            when (exception is RuntimeException or CommandErrorException or IOException or UnauthorizedAccessException)
        {
            // Completion offers what it can find, and is silent about the rest.
        }
    }

    /// <summary>Adds what a file says, and the files that its nodes stand for.</summary>
    private void AddFile(string file, string prefix, PathIntrinsics paths, int depth)
    {
        ScriptBlockAst text = Parser.ParseFile(file, out _, out _);
        _texts.Add(text);
        _prefixes.Add(text, prefix);
        foreach (CommandAst command in text.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            // Files may contain one another, which nobody has told their author yet.
            string? path = command.CommandElements.Where(element => IsDagOf(command, element)).Select(element => element switch
            {
                StringConstantExpressionAst constant => constant.Value,
                ExpandableStringExpressionAst { Value: var value } => value.Replace(
                    "$PSScriptRoot", Path.GetDirectoryName(file), StringComparison.OrdinalIgnoreCase),
                _ => null,
            }).FirstOrDefault();
            if (path is not null && depth < DeepestFile && NamesOf(command).FirstOrDefault() is { } name)
            {
                foreach (string inner in FilePath.Find(path, paths))
                {
                    AddFile(inner, Node.NameInside(name, string.Empty), paths, depth + 1);
                }
            }
        }
    }

    private void AddVariable(VariableExpressionAst? variable)
    {
        if (variable is null || variable.VariablePath.UserPath.Equals("_", StringComparison.Ordinal))
        {
            return;
        }

        foreach (PSObject item in Ask("param($Name) $ExecutionContext.SessionState.PSVariable.GetValue($Name)",
            variable.VariablePath.UserPath))
        {
            Add(item?.BaseObject);
        }
    }

    private void Add(object? value)
    {
        switch (value is PSObject wrapped ? wrapped.BaseObject : value)
        {
            case DagNode node:
                _nodes.Add(node);
                break;
            case Dag dag:
                _nodes.AddRange(dag.Nodes);
                _poolsWithLimit.AddRange(dag.PoolLimit.Keys);
                break;
            case object[] items:
                foreach (object? item in items)
                {
                    Add(item);
                }

                break;
        }
    }

    private static Collection<PSObject> Ask(string script, string argument)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        try
        {
            return shell.AddScript(script).AddArgument(argument).Invoke();
        }
        catch (RuntimeException)
        {
            // Completion offers what it can find, and is silent about the rest.
            return [];
        }
    }
}

using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>Reads a syntax tree once and notes what matters for running it as a node.</summary>
internal sealed class ScriptFacts : AstVisitor2
{
    /// <summary>
    /// How texts begin that name something of the session: paths, and variables that a command is to fill (-OutVariable global:x).
    /// </summary>
    private static readonly string[] SessionPrefixes = ["function:", "alias:", "variable:", "global:", "script:", "+global:", "+script:"];

    /// <summary>What tells a script how it was called.</summary>
    private static readonly string[] CallVariables = ["PSBoundParameters", "args", "MyInvocation"];

    /// <summary>Variables through which all of the session can be reached or changed.</summary>
    private static readonly string[] SessionVariables = ["ExecutionContext", "PSDefaultParameterValues", "Error"];

    private static readonly string[] BlockCommands = ["ForEach-Object", "%", "foreach", "Where-Object", "?", "where"];

    /// <summary>Commands that run a script block of theirs in another session, and look up the values of its $using: themselves.</summary>
    private static readonly string[] OtherSessionCommands =
        ["Invoke-Command", "icm", "Start-Job", "sajb", "Start-ThreadJob", "New-DagNode"];

    /// <summary>Commands that may bring further commands along: what is called after them cannot be said to be nowhere.</summary>
    private static readonly string[] BringingCommands =
        ["Import-Module", "ipmo", "Invoke-Expression", "iex", "Set-Alias", "sal", "New-Alias", "nal", "New-Module", "nmo"];

    /// <summary>Commands that take the name of another command.</summary>
    private static readonly string[] NamingCommands = ["Get-Command", "gcm", "Set-Alias", "sal", "New-Alias", "nal"];

    private readonly ScriptBlockAst _root;
    private readonly FileTypes _types;
    private readonly HashSet<TypeDefinitionAst> _visitedTypes = [];
    private readonly List<UsingExpressionAst> _usingExpressions = [];
    private readonly HashSet<string> _localFunctions = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<CommandUse> _commands = [];
    private readonly HashSet<string> _methodsCalled = new(StringComparer.OrdinalIgnoreCase);
    private bool _hasNamedBlocks;
    private bool _exits;
    private bool _looksAtItsCall;
    private bool _readsInput;
    private readonly HashSet<string> _globalVariables = new(StringComparer.OrdinalIgnoreCase);
    private bool _touchesSession;
    private bool _usesScriptScope;
    private bool _bringsCommands;

    /// <summary>Reads a tree.</summary>
    /// <param name="ast">The tree.</param>
    /// <param name="written">Where it was written: the tree itself, or the function that it is the body of.</param>
    public ScriptFacts(ScriptBlockAst ast, Ast written)
    {
        _root = ast;
        _types = FileTypes.Around(written);
        Parameters = ast.ParamBlock is null ? [] : ast.ParamBlock.Parameters.Select(Describe).ToArray();
        ast.Visit(this);
        ReadsInput = (_readsInput || ast.ProcessBlock is not null)
            && (!IsAdvanced(ast) || Parameters.Any(parameter => parameter.TakesInput || parameter.TakesProperty));
        IsPlain = ast.ParamBlock is null && !_hasNamedBlocks && !_exits && !_looksAtItsCall;
        MayExit = _exits;
        TouchesSession = _touchesSession;
        UsesScriptScope = _usesScriptScope;
        Commands = _commands.FindAll(command => !_localFunctions.Contains(command.Name));
        OuterType = _visitedTypes.FirstOrDefault(type => IsAround(type, written));
    }

    public IReadOnlyList<ScriptParameter> Parameters { get; }

    public IReadOnlyList<UsingExpressionAst> UsingExpressions => _usingExpressions;

    public bool ReadsInput { get; }

    public bool IsPlain { get; }

    public bool MayExit { get; }

    public bool TouchesSession { get; }

    public bool UsesScriptScope { get; }

    public IReadOnlySet<string> GlobalVariables => _globalVariables;

    public bool ChangesSearchPath { get; private set; }

    public IReadOnlySet<string> MethodsCalled => _methodsCalled;

    public IReadOnlyList<CommandUse> Commands { get; }

    public TypeDefinitionAst? OuterType { get; }

    public override AstVisitAction VisitNamedBlock(NamedBlockAst namedBlockAst)
    {
        _hasNamedBlocks |= namedBlockAst.Parent == _root && !namedBlockAst.Unnamed;
        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitUsingExpression(UsingExpressionAst usingExpressionAst)
    {
        if (!IsOfInnerSession(usingExpressionAst))
        {
            _usingExpressions.Add(usingExpressionAst);
        }

        return AstVisitAction.SkipChildren;
    }

    public override AstVisitAction VisitExitStatement(ExitStatementAst exitStatementAst)
    {
        _exits = true;
        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitVariableExpression(VariableExpressionAst variableExpressionAst)
    {
        var path = variableExpressionAst.VariablePath;
        _readsInput |= path.UserPath.Equals("input", StringComparison.OrdinalIgnoreCase);
        _looksAtItsCall |= CallVariables.Contains(path.UserPath, StringComparer.OrdinalIgnoreCase);

        ChangesSearchPath |= path.UserPath.Equals("env:PATH", StringComparison.OrdinalIgnoreCase)
            || path.UserPath.Equals("env:PSModulePath", StringComparison.OrdinalIgnoreCase);

        // $ExecutionContext opens everything; a drive but env: can be function:, alias:, variable:. The table of default
        // parameter values is changed in place.
        _usesScriptScope |= path.IsScript;
        if (path.IsGlobal)
        {
            NoteGlobalVariable(variableExpressionAst);
        }

        _touchesSession |= (path.IsDriveQualified && !path.DriveName.Equals("env", StringComparison.OrdinalIgnoreCase))
            || path.UserPath.Equals("ExecutionContext", StringComparison.OrdinalIgnoreCase)
            || path.UserPath.Equals("PSDefaultParameterValues", StringComparison.OrdinalIgnoreCase);
        if (path.IsDriveQualified && path.DriveName.Equals("function", StringComparison.OrdinalIgnoreCase))
        {
            NoteFunctionVariable(variableExpressionAst);
        }

        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitFunctionDefinition(FunctionDefinitionAst functionDefinitionAst)
    {
        // "global:f" outlives the node; a plain name is gone with the node's scope.
        _touchesSession |= functionDefinitionAst.Name.Contains(':', StringComparison.Ordinal);
        _localFunctions.Add(functionDefinitionAst.Name);
        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitCommand(CommandAst commandAst)
    {
        bool callsLiteralBlock = commandAst.CommandElements[0] is ScriptBlockExpressionAst
            && commandAst.InvocationOperator != TokenKind.Dot;
        if (commandAst.GetCommandName() is { } name)
        {
            bool setsKnownVariable = VariableSetting.Of(commandAst, name) is { } setting && TryNote(setting);
            _commands.Add(new CommandUse(name, commandAst.CommandElements[0].Extent, IsConditional(commandAst), setsKnownVariable));
            if (NamingCommands.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                _commands.AddRange(commandAst.CommandElements.Skip(1).OfType<StringConstantExpressionAst>()
                    .Where(argument => argument.Value.Length > 0 && !WildcardPattern.ContainsWildcardCharacters(argument.Value))
                    .Select(argument => new CommandUse(argument.Value, argument.Extent, IsConditional: true)));
            }

            // As an exit does, it ends the script with what that had put out.
            _exits |= name.EndsWith("Skip-DagNode", StringComparison.OrdinalIgnoreCase);
            _bringsCommands |= commandAst.InvocationOperator == TokenKind.Dot
                || BringingCommands.Contains(name, StringComparer.OrdinalIgnoreCase);

            // Runs script blocks in the scope of the script: one that stands elsewhere may do anything there.
            _touchesSession |= BlockCommands.Contains(name, StringComparer.OrdinalIgnoreCase)
                && commandAst.CommandElements.Skip(1).FirstOrDefault(element => element is not CommandParameterAst)
                    is not (null or ScriptBlockExpressionAst or StringConstantExpressionAst);
        }
        else if (!callsLiteralBlock)
        {
            // Whatever it is that is called, it may do anything.
            _touchesSession = true;
            _exits = true;
            _bringsCommands |= commandAst.InvocationOperator == TokenKind.Dot;
        }

        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitStringConstantExpression(StringConstantExpressionAst stringConstantExpressionAst)
    {
        NoteDrive(stringConstantExpressionAst.Value);
        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitExpandableStringExpression(ExpandableStringExpressionAst expandableStringExpressionAst)
    {
        NoteDrive(expandableStringExpressionAst.Value);
        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitInvokeMemberExpression(InvokeMemberExpressionAst methodCallAst)
    {
        if (methodCallAst is { Static: false, Member: StringConstantExpressionAst name })
        {
            _methodsCalled.Add(name.Value);
        }

        // A script block from elsewhere can be called by .Invoke(), .InvokeReturnAsIs() and the like; a computed name can be any of them.
        _touchesSession |= methodCallAst.Member is not StringConstantExpressionAst member
            || member.Value.StartsWith("Invoke", StringComparison.OrdinalIgnoreCase)
            || member.Value.Equals("ForEach", StringComparison.OrdinalIgnoreCase)
            || member.Value.Equals("GetSteppablePipeline", StringComparison.OrdinalIgnoreCase);
        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitTypeExpression(TypeExpressionAst typeExpressionAst)
    {
        // [runspace]::DefaultRunspace and its kind reach the session behind PowerShell's back; [scriptblock]::Create can make anything.
        string name = typeExpressionAst.TypeName.Name;
        _touchesSession |= name.Contains("runspace", StringComparison.OrdinalIgnoreCase)
            || name.Contains("scriptblock", StringComparison.OrdinalIgnoreCase)
            || name.Contains("powershell", StringComparison.OrdinalIgnoreCase)
            || name.Contains("Automation", StringComparison.OrdinalIgnoreCase);
        Follow(typeExpressionAst.TypeName);
        return AstVisitAction.Continue;
    }

    public override AstVisitAction VisitTypeConstraint(TypeConstraintAst typeConstraintAst)
    {
        Follow(typeConstraintAst.TypeName);
        return AstVisitAction.Continue;
    }

    /// <summary>Reads a class of the same file that is used: its methods call functions too.</summary>
    private void Follow(ITypeName name)
    {
        switch (name)
        {
            case ArrayTypeName array:
                Follow(array.ElementType);
                break;
            case GenericTypeName generic:
                Follow(generic.TypeName);
                foreach (ITypeName argument in generic.GenericArguments)
                {
                    Follow(argument);
                }

                break;
            default:
                if (_types.Find(name.Name) is { } type && _visitedTypes.Add(type))
                {
                    type.Visit(this);
                }

                break;
        }
    }

    /// <summary>Whether a type is known to a script because of where that was written: in a file, or a block, that defines it.</summary>
    private static bool IsAround(TypeDefinitionAst type, Ast written)
    {
        Ast block = type.Parent;
        while (block is not (ScriptBlockAst or null))
        {
            block = block.Parent;
        }

        Ast? ast = written.Parent;
        while (ast is not null && ast != block)
        {
            ast = ast.Parent;
        }

        return ast is not null;
    }

    /// <summary>
    /// $global:x can be looked after by its name. Not so one that gets a type, which it would keep, or that opens all of the session.
    /// </summary>
    private void NoteGlobalVariable(VariableExpressionAst variable)
    {
        string path = variable.VariablePath.UserPath;
        string name = path[(path.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (variable.Parent is AttributedExpressionAst || SessionVariables.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            _touchesSession = true;
        }
        else
        {
            _globalVariables.Add(name);
        }
    }

    private bool TryNote(VariableSetting setting)
    {
        if (setting.IsGlobal)
        {
            _globalVariables.Add(setting.Name);
        }

        return !(setting.IsGlobal && SessionVariables.Contains(setting.Name, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>${function:f} is a use of f, or a definition of it.</summary>
    private void NoteFunctionVariable(VariableExpressionAst variable)
    {
        string path = variable.VariablePath.UserPath;
        string name = path[(path.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if (variable.Parent is AssignmentStatementAst assignment && assignment.Left == variable)
        {
            _localFunctions.Add(name);
        }
        else if (name.Length > 0)
        {
            _commands.Add(new CommandUse(name, variable.Extent, IsConditional: true));
        }
    }

    /// <summary>Whether something before a command, or between it and the top of its script, decides if it is called or known.</summary>
    private bool IsConditional(CommandAst command)
    {
        if (_bringsCommands)
        {
            return true;
        }

        for (Ast ast = command.Parent; ast != _root; ast = ast.Parent)
        {
            if (ast is TypeDefinitionAst or IfStatementAst or LabeledStatementAst or TryStatementAst or TrapStatementAst or CatchClauseAst
                or ScriptBlockExpressionAst
                {
                    Parent: CommandAst or CommandParameterAst or InvokeMemberExpressionAst
                    or AssignmentStatementAst
                }
                or FunctionDefinitionAst or BinaryExpressionAst

                // a ? b : c and a && b, whose types came after the library that the module is compiled with.
                || ast.GetType().Name is "TernaryExpressionAst" or "PipelineChainAst")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an expression stands in a script block that a command of this script runs elsewhere.</summary>
    private bool IsOfInnerSession(UsingExpressionAst expression)
    {
        for (Ast? ast = expression.Parent; ast is not null && ast != _root; ast = ast.Parent)
        {
            if (ast is ScriptBlockExpressionAst { Parent: CommandAst or CommandParameterAst } block
                && (block.Parent as CommandAst ?? block.Parent.Parent as CommandAst) is { } command
                && RunsElsewhere(command))
            {
                return true;
            }
        }

        return false;
    }

    private static bool RunsElsewhere(CommandAst command) => command.GetCommandName() is { } name
        && (OtherSessionCommands.Contains(name, StringComparer.OrdinalIgnoreCase)
            || command.CommandElements.OfType<CommandParameterAst>().Any(IsParallel));

    private static bool IsParallel(CommandParameterAst parameter) =>
        parameter.ParameterName.Length >= 2 && "Parallel".StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase);

    /// <summary>New-Item function:\f is as good as a definition.</summary>
    private void NoteDrive(string text) =>
        _touchesSession |= SessionPrefixes.Any(name => text.StartsWith(name, StringComparison.OrdinalIgnoreCase));

    private static ScriptParameter Describe(ParameterAst parameter) => new(
        parameter.Name.VariablePath.UserPath,
        AliasesOf(parameter),
        IsMandatory: Says(parameter, "Mandatory"),
        TakesInput: Says(parameter, "ValueFromPipeline"),
        TakesProperty: Says(parameter, "ValueFromPipelineByPropertyName"));

    private static string[] AliasesOf(ParameterAst parameter) => parameter.Attributes.OfType<AttributeAst>()
        .Where(attribute => attribute.TypeName.GetReflectionAttributeType() == typeof(AliasAttribute))
        .SelectMany(attribute => attribute.PositionalArguments).OfType<StringConstantExpressionAst>().Select(alias => alias.Value)
            .ToArray();

    /// <summary>Whether PowerShell treats a script as it treats a cmdlet, which takes input by a parameter or not at all.</summary>
    private static bool IsAdvanced(ScriptBlockAst ast) => ast.ParamBlock is { } block
        && (block.Attributes.Any(attribute => attribute.TypeName.GetReflectionAttributeType() == typeof(CmdletBindingAttribute))
            || block.Parameters.Any(parameter => parameter.Attributes.Any(IsParameterAttribute)));

    private static bool IsParameterAttribute(AttributeBaseAst attribute) =>
        attribute.TypeName.GetReflectionAttributeType() == typeof(ParameterAttribute);

    /// <summary>Whether a [Parameter()] of a parameter says something that is true unless it says $false.</summary>
    private static bool Says(ParameterAst parameter, string name) =>
        parameter.Attributes.OfType<AttributeAst>().Where(IsParameterAttribute).SelectMany(attribute => attribute.NamedArguments)
            .Any(argument =>
            argument.ArgumentName.Equals(name, StringComparison.OrdinalIgnoreCase)
            && (argument.ExpressionOmitted
                || argument.Argument is not VariableExpressionAst value
                || !value.VariablePath.UserPath.Equals("false", StringComparison.OrdinalIgnoreCase)));
}

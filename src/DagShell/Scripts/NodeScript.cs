using System.Management.Automation;
using System.Management.Automation.Language;
using System.Runtime.CompilerServices;

namespace DagShell.Scripts;

/// <summary>What is known of a script block from its syntax tree. Worked out once a tree, however many nodes share it.</summary>
/// <remarks>Immutable; safe for any thread.</remarks>
internal sealed class NodeScript
{
    private static readonly ConditionalWeakTable<Ast, NodeScript> Known = [];

    private readonly ScriptBlockAst _ast;
    private ScriptBlockAst? _forModule;
    private bool? _mayEndWithFile;

    private NodeScript(ScriptBlockAst ast, Ast written)
    {
        _ast = ast;
        var facts = new ScriptFacts(ast, written);
        Parameters = facts.Parameters;
        UsingExpressions = facts.UsingExpressions;
        ReadsInput = facts.ReadsInput;
        MayExit = facts.MayExit;
        TouchesSession = facts.TouchesSession;
        UsesScriptScope = facts.UsesScriptScope;
        GlobalVariables = facts.GlobalVariables;
        Commands = facts.Commands;
        ChangesSearchPath = facts.ChangesSearchPath;
        MethodsCalled = facts.MethodsCalled;
        IsPlain = facts.IsPlain;
        OuterType = facts.OuterType;
        PutsOutEarly = EarlyOutput.IsIn(ast);
    }

    /// <summary>The parameters of its <c>param()</c>.</summary>
    public IReadOnlyList<ScriptParameter> Parameters { get; }

    /// <summary>Its <c>$using:</c> expressions.</summary>
    public IReadOnlyList<UsingExpressionAst> UsingExpressions { get; }

    /// <summary>Whether it looks at pipeline input, with <c>$input</c> or a <c>process</c> block, and can be given some.</summary>
    public bool ReadsInput { get; }

    /// <summary>
    /// Whether it has neither parameters, nor named blocks, nor an <c>exit</c>, nor asks how it was called: then it can be
    /// called in the cheapest way, which binds nothing and hands its output over only when it ends by itself.
    /// </summary>
    public bool IsPlain { get; }

    /// <summary>
    /// Whether it could leave something behind in its session by what it does itself, but for <see cref="GlobalVariables"/> and variables
    /// of the script's scope: false only where the syntax tree proves that it does not. What the commands do that it calls is another
    /// question.
    /// </summary>
    public bool TouchesSession { get; }

    /// <summary>Whether it names a variable of the script's scope: of a module's script that is the module's own.</summary>
    public bool UsesScriptScope { get; }

    /// <summary>The names of the global variables that it may set.</summary>
    public IReadOnlySet<string> GlobalVariables { get; }

    /// <summary>Whether it has an <c>exit</c>, or calls what may have one and cannot be seen.</summary>
    public bool MayExit { get; }

    /// <summary>The commands that it calls by name, but for functions that it defines itself.</summary>
    public IReadOnlyList<CommandUse> Commands { get; }

    /// <summary>Whether it looks at where programs and modules are searched for, most likely to add to it.</summary>
    public bool ChangesSearchPath { get; }

    /// <summary>The names of the methods that it calls on objects.</summary>
    public IReadOnlySet<string> MethodsCalled { get; }

    /// <summary>A class or enumeration that it uses and that its file defines around it; null for none.</summary>
    public TypeDefinitionAst? OuterType { get; }

    /// <summary>Its tree.</summary>
    public ScriptBlockAst Tree => _ast;

    /// <summary>The script's text, without what surrounds it.</summary>
    public string Text => _ast.Extent.Text.Trim().TrimStart('{').TrimEnd('}').Trim();

    /// <summary>Where it begins: a file and a line.</summary>
    public string Position => Messages.Position(_ast.Extent.File, _ast.Extent.StartLineNumber);

    /// <summary>Whether it may put out something before it ends, that a failure would lose.</summary>
    public bool PutsOutEarly { get; }

    /// <summary>Whether a place is in it.</summary>
    public bool Has(IScriptExtent place) =>
        place.File == _ast.Extent.File
        && place.StartOffset >= _ast.Extent.StartOffset
        && place.EndOffset <= _ast.Extent.EndOffset
        && (place.File is not null || place.StartScriptPosition?.GetFullScript() == _ast.Extent.StartScriptPosition.GetFullScript());

    /// <summary>Whether what stands at a place is the last thing that the script block around it does: the script, or one in it.</summary>
    /// <param name="place">The place.</param>
    /// <param name="isNested">Whether it is one in the script.</param>
    public bool IsLast(IScriptExtent place, out bool isNested)
    {
        ScriptBlockAst innermost = LastStatement.Innermost(_ast, place);
        isNested = innermost != _ast;
        return LastStatement.IsIn(innermost, place);
    }

    /// <summary>Whether the last thing that it does, or a script block or function in it, may be the call of a script file.</summary>
    public bool MayEndWithFile => _mayEndWithFile ??= _ast.FindAll(
        ast => ast is CommandAst command && !(command.GetCommandName() is { } name && HarmlessCommands.Contains(name))
            && IsLast(command.Extent, out _),
        searchNestedScriptBlocks: true).Any();

    public static NodeScript Of(ScriptBlock scriptBlock) => Of(scriptBlock.Ast);

    /// <summary>What is known of a script or function.</summary>
    /// <param name="ast">The tree of its definition, or of its body where it was set without one.</param>
    public static NodeScript Of(Ast ast) => Known.GetValue(ast, static ast => new NodeScript(TreeOf(ast), ast));

    /// <summary>
    /// Makes a script block of the tree that belongs to no session, and so runs in whichever session calls it, and keeps the
    /// user's file and lines. Not to be shared between sessions: PowerShell ties a script block to the first that looks at it closely.
    /// </summary>
    public ScriptBlock NewUnboundScriptBlock() => _ast.GetScriptBlock();

    /// <summary>The same for a script that is to run in a module's scope, where <c>$using:x</c> is called <c>$using_x</c>.</summary>
    public ScriptBlock NewScriptBlockForModule() => UsingExpressions.Count == 0
        ? NewUnboundScriptBlock()
        : LazyInitializer.EnsureInitialized(ref _forModule, () => UsingRewriter.Rewrite(_ast, UsingExpressions)).GetScriptBlock();

    private static ScriptBlockAst TreeOf(Ast ast) => ast switch
    {
        ScriptBlockAst tree => tree,
        FunctionDefinitionAst { Parameters: null or { Count: 0 } } function => function.Body,

        // function f ($a) { … }: the parameters stand outside of the body. The text is put together anew; the file is lost, the rest is
        // not.
        FunctionDefinitionAst function => (ScriptBlockAst)ScriptBlock.Create(
            $"param({string.Join(", ", function.Parameters.Select(parameter => parameter.Extent.Text))}) "
            + function.Body.Extent.Text[1..^1]).Ast,
        _ => throw new ArgumentException($"A script block's tree cannot be a {ast.GetType().Name}.", nameof(ast)),
    };
}

using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>Whether a call is the last thing that a script does.</summary>
internal static class LastStatement
{
    /// <summary>Whether what stands at a place is the last statement of the innermost script block around it.</summary>
    /// <param name="text">The whole text in which the place is.</param>
    /// <param name="place">The place.</param>
    public static bool IsAt(string text, IScriptExtent place) => IsIn(Innermost(Parser.ParseInput(text, out _, out _), place), place);

    /// <summary>The innermost script block around a place: a script, or one in it, or in a function that it defines.</summary>
    public static ScriptBlockAst Innermost(ScriptBlockAst script, IScriptExtent place) =>
        script.FindAll(ast => ast is ScriptBlockAst && Has(ast, place), searchNestedScriptBlocks: true).LastOrDefault() as ScriptBlockAst
            ?? script;

    /// <summary>Whether what stands at a place is the last statement of a script block.</summary>
    public static bool IsIn(ScriptBlockAst script, IScriptExtent place)
    {
        NamedBlockAst? last = script.EndBlock ?? script.ProcessBlock ?? script.BeginBlock;
        return last is not null && Has(last, place) && IsIn(last.Statements, place);
    }

    private static bool IsIn(IEnumerable<StatementAst> statements, IScriptExtent place)
    {
        StatementAst[] all = [.. statements];
        StatementAst? around = Array.Find(all, statement => Has(statement, place));
        return around is not null && (around == all[^1] ? IsIn(around, place) : IsReturned(around, place));
    }

    private static bool IsIn(StatementAst statement, IScriptExtent place) => statement switch
    {
        IfStatementAst choice => IsInOneOf([.. choice.Clauses.Select(clause => clause.Item2), choice.ElseClause], place),
        SwitchStatementAst choice => IsInOneOf([.. choice.Clauses.Select(clause => clause.Item2), choice.Default], place),
        TryStatementAst attempt => IsInOneOf([attempt.Body, .. attempt.CatchClauses.Select(clause => clause.Body), attempt.Finally], place),
        LoopStatementAst loop => IsInOneOf([loop.Body], place),
        BlockStatementAst block => IsInOneOf([block.Body], place),
        ReturnStatementAst => true,

        // a && b, whose type came after the library that the module is compiled with: after a failure of a there is no b.
        _ when statement.GetType().Name == "PipelineChainAst" => IsLastOfChain(statement, place),
        _ => IsCall(statement),
    };

    private static bool IsInOneOf(StatementBlockAst?[] blocks, IScriptExtent place) =>
        Array.Exists(blocks, block => block is not null && Has(block, place) && IsIn(block.Statements, place));

    private static bool IsReturned(StatementAst statement, IScriptExtent place) =>
        statement.Find(ast => ast is ReturnStatementAst && Has(ast, place), searchNestedScriptBlocks: false) is not null;

    private static bool IsLastOfChain(StatementAst chain, IScriptExtent place)
    {
        Ast[] parts = [.. chain.FindAll(ast => ast.Parent == chain, searchNestedScriptBlocks: false)];
        if (parts is not [StatementAst first, StatementAst second])
        {
            return false;
        }

        string between = chain.Extent.Text[(first.Extent.EndOffset - chain.Extent.StartOffset)..].TrimStart();
        return Has(second, place) ? IsIn(second, place) : between.StartsWith("&&", StringComparison.Ordinal) && IsIn(first, place);
    }

    /// <summary>
    /// Whether the call can be that of the statement, or of what it assigns. PowerShell says of a call in an argument that it is where its
    /// statement is; so a statement that calls nothing but commands of PowerShell's own, which have no exit code, is none.
    /// </summary>
    private static bool IsCall(StatementAst statement)
    {
        StatementAst pipeline = statement is AssignmentStatementAst assignment ? assignment.Right : statement;
        return pipeline is PipelineAst { PipelineElements: var elements } && elements.Any(static element => element switch
        {
            CommandAst command => command.GetCommandName() is not { } name || !HarmlessCommands.Contains(name)
                || command.CommandElements.Any(static argument => argument is ScriptBlockExpressionAst),
            CommandExpressionAst expression => expression.Expression is ParenExpressionAst or ArrayExpressionAst,
            _ => false,
        });
    }

    private static bool Has(Ast ast, IScriptExtent place) =>
        ast.Extent.StartOffset <= place.StartOffset && ast.Extent.EndOffset >= place.EndOffset;
}

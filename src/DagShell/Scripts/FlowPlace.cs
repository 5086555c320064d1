using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>Where a script was left by an <c>exit</c>, or by a <c>break</c> outside of a loop: PowerShell does not tell.</summary>
internal static class FlowPlace
{
    /// <summary>Its only statement of that kind; where it has none, or several, where it begins.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keyword">exit, break or continue.</param>
    public static string In(ScriptBlock script, string keyword)
    {
        Ast[] found = [.. script.Ast.FindAll(ast => IsOf(ast, keyword), searchNestedScriptBlocks: true).Take(2)];
        IScriptExtent place = (found is [var only] ? only : script.Ast).Extent;
        return Messages.Position(place.File, place.StartLineNumber);
    }

    private static bool IsOf(Ast ast, string keyword) => keyword switch
    {
        "exit" => ast is ExitStatementAst,
        "continue" => ast is ContinueStatementAst,
        _ => ast is BreakStatementAst,
    };
}

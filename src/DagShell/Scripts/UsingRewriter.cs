using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>
/// Makes a script that can run in a module's scope: PowerShell looks for the values of <c>$using:</c> up the scopes, and a module's scopes
/// do not lead to the pump. So there <c>$using:x</c> becomes <c>$using_x</c>, which is as long: lines and columns stay the user's.
/// </summary>
internal static class UsingRewriter
{
    /// <summary>The variable that stands for that of a <c>$using:</c> expression.</summary>
    public static string VariableOf(UsingExpressionAst expression) =>
        "using_" + UsingExpressionAst.ExtractUsingVariable(expression).VariablePath.UserPath;

    /// <summary>Rewrites a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="expressions">Its <c>$using:</c> expressions.</param>
    public static ScriptBlockAst Rewrite(ScriptBlockAst script, IReadOnlyList<UsingExpressionAst> expressions)
    {
        string whole = script.Extent.StartScriptPosition.GetFullScript();
        char[] text = [.. whole.Select(letter => letter is '\n' or '\r' ? letter : ' ')];
        foreach (UsingStatementAst statement in RootOf(script).UsingStatements.Where(used =>
            used.UsingStatementKind == UsingStatementKind.Namespace))
        {
            Copy(statement.Extent.StartOffset, statement.Extent.EndOffset);
        }

        bool hasBraces = script.Extent.Text.StartsWith('{');
        Copy(script.Extent.StartOffset + (hasBraces ? 1 : 0), script.Extent.EndOffset - (hasBraces ? 1 : 0));
        foreach (UsingExpressionAst expression in expressions)
        {
            text[whole.IndexOf(':', expression.Extent.StartOffset)] = '_';
        }

        return Parser.ParseInput(new string(text), script.Extent.File, out _, out _);

        void Copy(int from, int to) => whole.CopyTo(from, text, from, to - from);
    }

    private static ScriptBlockAst RootOf(Ast ast)
    {
        while (ast.Parent is not null)
        {
            ast = ast.Parent;
        }

        return (ScriptBlockAst)ast;
    }
}

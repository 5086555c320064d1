using System.Collections;
using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>
/// A script as text that another process can parse at the place where it stands in its author's file: so errors there have the author's
/// file and line. <c>$using:</c> expressions, which need PowerShell's help, become variables of the same length.
/// </summary>
internal static class ScriptPieces
{
    /// <summary>The text of a script, without its braces.</summary>
    /// <param name="script">The script.</param>
    public static Hashtable Of(NodeScript script)
    {
        ScriptBlockAst tree = script.Tree;
        string whole = tree.Extent.StartScriptPosition.GetFullScript();
        int start = tree.Extent.StartOffset;
        int end = tree.Extent.EndOffset;
        bool hasBraces = tree.Parent is not null && whole[start] == '{';
        char[] text = whole.ToCharArray(start, end - start);
        if (hasBraces)
        {
            text[0] = ' ';
            text[^1] = ' ';
        }

        for (int i = 0; i < script.UsingExpressions.Count; i++)
        {
            UsingExpressionAst expression = script.UsingExpressions[i];
            string variable = VariableText(expression, i);
            variable.CopyTo(0, text, expression.Extent.StartOffset - start, variable.Length);
        }

        List<Hashtable> pieces =
        [
            .. UsingStatements(tree),
            Piece(tree.Extent.StartLineNumber, tree.Extent.StartColumnNumber, new string(text)),
        ];
        return Script(tree.Extent.File, pieces);
    }

    /// <summary>The text that defines a function when it is run.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="definition">Its definition, or its body where it was set without one.</param>
    public static Hashtable OfFunction(string name, Ast definition)
    {
        var function = definition as FunctionDefinitionAst;
        IEnumerable<Hashtable> pieces = function is not null && function.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
            ? [Piece(function.Extent, function.Extent.Text)]
            : Assignment(name, function, function?.Body ?? definition);
        return Script(definition.Extent.File, [.. UsingStatements(definition), .. pieces]);
    }

    /// <summary>
    /// A function whose definition has another name: one of a scope, such as global:Get-Thing, which comes to another scope there; one that
    /// was set as a script block; one whose name cannot be written.
    /// </summary>
    private static IEnumerable<Hashtable> Assignment(string name, FunctionDefinitionAst? function, Ast body)
    {
        string variable = name.Replace("`", "``", StringComparison.Ordinal).Replace("}", "`}", StringComparison.Ordinal);
        string start = $"${{function:{variable}}} = {{";
        bool hasBraces = body.Extent.Text.StartsWith('{');
        if (function?.Parameters is { Count: > 0 } parameters)
        {
            string whole = function.Extent.StartScriptPosition.GetFullScript();
            IScriptExtent first = parameters[0].Extent;
            yield return Piece(first.StartLineNumber, 1, start + "param(");
            yield return Piece(first, whole[first.StartOffset..parameters[^1].Extent.EndOffset]);
            yield return Piece(parameters[^1].Extent.EndLineNumber, 1, ")");
            start = " ";
        }

        if (function?.IsFilter == true)
        {
            start += "process {";
        }

        yield return Piece(body.Extent.StartLineNumber, 1, start);
        yield return Piece(
            body.Extent.StartLineNumber,
            body.Extent.StartColumnNumber + (hasBraces ? 1 : 0),
            hasBraces ? body.Extent.Text[1..^1] : body.Extent.Text);

        // A text without braces may end with a comment.
        yield return Piece(body.Extent.EndLineNumber, 1, function?.IsFilter == true ? "}}" : hasBraces ? "}" : "\n}");
    }

    /// <summary>A script that is in no file of its author's.</summary>
    /// <param name="text">Its text.</param>
    public static Hashtable OfText(string text) => Script(file: null, [Piece(1, 1, text)]);

    /// <summary>The name of the variable that stands for a <c>$using:</c> expression of a script.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="index">Its place among those of the script.</param>
    public static string VariableOf(UsingExpressionAst expression, int index) => VariableText(expression, index).Trim('$', '@', '{', '}');

    private static string VariableText(UsingExpressionAst expression, int index)
    {
        string text = expression.Extent.Text;
        string name = FormattableString.Invariant($"u{index}");
        return text[0] == '@'
            ? "@" + name.PadRight(text.Length - 1, '_')
            : "${" + name.PadRight(text.Length - 3, '_') + "}";
    }

    /// <summary>The <c>using namespace</c> statements of the file, which a script may count on.</summary>
    private static IEnumerable<Hashtable> UsingStatements(Ast ast)
    {
        while (ast.Parent is not null)
        {
            ast = ast.Parent;
        }

        return ast is not ScriptBlockAst { UsingStatements: { } statements } ? [] : statements
            .Where(statement => statement.UsingStatementKind == UsingStatementKind.Namespace)
            .Select(statement => Piece(statement.Extent.StartLineNumber, statement.Extent.StartColumnNumber, statement.Extent.Text + ";"));
    }

    private static Hashtable Script(string? file, List<Hashtable> pieces) =>
        new(StringComparer.OrdinalIgnoreCase) { ["File"] = file, ["Pieces"] = pieces.ToArray() };

    private static Hashtable Piece(IScriptExtent place, string text) => Piece(place.StartLineNumber, place.StartColumnNumber, text);

    private static Hashtable Piece(int line, int column, string text) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["Line"] = line,
        ["Column"] = column,
        ["Text"] = text,
    };
}

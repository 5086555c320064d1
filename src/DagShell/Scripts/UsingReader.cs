using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace DagShell.Scripts;

/// <summary>
/// Takes the values of <c>$using:</c> expressions out of the session in which a node is made, as ForEach-Object -Parallel
/// does when it starts.
/// </summary>
internal sealed class UsingReader
{
    /// <summary>What no key of PowerShell's begins with, which is Base64.</summary>
    private const string OfModule = "module:";

    private readonly SessionState _session;
    private readonly CommandInvocationIntrinsics _invoke;
    private readonly IDictionary? _known;

    /// <summary>Prepares to read.</summary>
    /// <param name="session">The session in which a node is made.</param>
    /// <param name="invoke">The commands there.</param>
    /// <param name="known">Values that were read before, in the session of those who made the script which makes the node now.</param>
    public UsingReader(SessionState session, CommandInvocationIntrinsics invoke, IDictionary? known = null)
    {
        _session = session;
        _invoke = invoke;
        _known = known;
    }

    /// <summary>The values by the key under which PowerShell looks them up; null if there was no such expression.</summary>
    public Hashtable? Table { get; private set; }

    /// <summary>Adds what a script uses.</summary>
    /// <exception cref="ItemNotFoundException">A variable is not set.</exception>
    public void Add(ScriptBlock scriptBlock)
    {
        foreach (UsingExpressionAst expression in NodeScript.Of(scriptBlock).UsingExpressions)
        {
            Add(scriptBlock, expression);
        }
    }

    /// <summary>
    /// Adds what a script uses that makes nodes when it is run, and what these use. That may also be a variable of the script itself: it is
    /// read then, where there is none here.
    /// </summary>
    /// <exception cref="ItemNotFoundException">A variable is not set that the script itself uses.</exception>
    public void AddOfDag(ScriptBlock scriptBlock)
    {
        Add(scriptBlock);
        foreach (UsingExpressionAst expression in scriptBlock.Ast.FindAll(
            ast => ast is UsingExpressionAst && InnerNode.Contains(ast, scriptBlock.Ast), searchNestedScriptBlocks: true))
        {
            if (UsingExpressionAst.ExtractUsingVariable(expression).VariablePath.UserPath is not "_" and var name
                && _session.PSVariable.Get(name) is not null)
            {
                Add(scriptBlock, expression);
            }
        }
    }

    private void Add(ScriptBlock scriptBlock, UsingExpressionAst expression)
    {
        Table ??= [];
        if (scriptBlock.Module is not null)
        {
            // In a module's scope the script gets the variable itself.
            AddVariable(UsingExpressionAst.ExtractUsingVariable(expression), expression);
        }

        string key = Key(expression);
        if (!Table.ContainsKey(key))
        {
            Table.Add(key, _known?.Contains(key) == true ? _known[key] : Evaluate(expression));
        }
    }

    /// <summary>The value of an expression, in the table that was made of it.</summary>
    public static object? ValueIn(IDictionary table, UsingExpressionAst expression) => table[Key(expression)];

    /// <summary>The keys of all that a script uses, in the table that was made of it.</summary>
    public static IEnumerable<string> KeysOf(ScriptBlock scriptBlock) =>
        NodeScript.Of(scriptBlock).UsingExpressions.Select(Key);

    /// <summary>
    /// The key that a compiled <c>$using:</c> expression asks for: its text, in small letters where it is a variable alone, in Base64
    /// (PsUtils.GetUsingExpressionKey in PowerShell's sources).
    /// </summary>
    private static string Key(UsingExpressionAst expression)
    {
        string text = expression.ToString();
        if (expression.SubExpression is VariableExpressionAst)
        {
            text = text.ToLowerInvariant();
        }

        return Convert.ToBase64String(Encoding.Unicode.GetBytes(text));
    }

    /// <summary>The value of the variable of an expression, in a table to which it was added for a module's script.</summary>
    public static object? VariableIn(IDictionary table, UsingExpressionAst expression) =>
        table[KeyOf(UsingExpressionAst.ExtractUsingVariable(expression))];

    /// <summary>Whether a key is that of a variable which was added for a module's script, beside the expression.</summary>
    public static bool IsOfModule(string key) => key.StartsWith(OfModule, StringComparison.Ordinal);

    private static string KeyOf(VariableExpressionAst variable) => OfModule + variable.VariablePath.UserPath.ToLowerInvariant();

    private void AddVariable(VariableExpressionAst variable, UsingExpressionAst expression)
    {
        if (_known?.Contains(KeyOf(variable)) == true)
        {
            Table![KeyOf(variable)] = _known[KeyOf(variable)];
            return;
        }

        PSVariable found = _session.PSVariable.Get(variable.VariablePath.UserPath)
            ?? throw new ItemNotFoundException(Messages.UsingNotSet(expression.Extent.Text));
        Table![KeyOf(variable)] = found.Value;
    }

    private object? Evaluate(UsingExpressionAst expression)
    {
        VariableExpressionAst variable = UsingExpressionAst.ExtractUsingVariable(expression);
        PSVariable? found = _session.PSVariable.Get(variable.VariablePath.UserPath);
        if (found is null)
        {
            throw new ItemNotFoundException(Messages.UsingNotSet(expression.Extent.Text));
        }

        if (expression.SubExpression is VariableExpressionAst)
        {
            return found.Value;
        }

        // Members and constant indexes, which is all that PowerShell's parser lets through: the same text on the variable itself.
        // Of the two commas the pipeline takes one off, and InvokeScript the other.
        var value = _invoke.InvokeScript(
            useLocalScope: true,
            ScriptBlock.Create(
                string.Concat("param($__) , , $__", expression.SubExpression.Extent.Text.AsSpan(variable.Extent.Text.Length))),
            null,
            found.Value);
        return value.Count == 0 ? null : value[0];
    }
}

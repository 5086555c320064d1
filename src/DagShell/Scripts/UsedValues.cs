using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace DagShell.Scripts;

/// <summary>What the variables in a short script stand for, for a message that shows the script.</summary>
internal static partial class UsedValues
{
    /// <summary>More of them would not be read.</summary>
    private const int Most = 8;

    /// <summary>Items of a list that are told.</summary>
    private const int MostItems = 5;

    private static readonly HashSet<string> Automatic = new(StringComparer.OrdinalIgnoreCase)
    {
        "_", "PSItem", "this", "args", "input", "true", "false", "null", "?", "$", "^", "Error", "Matches", "Upstream", "DagNode",
        "MyInvocation", "PSBoundParameters", "PSCmdlet", "PSScriptRoot", "PSCommandPath", "ExecutionContext", "Host", "HOME", "PID",
        "PWD", "PSVersionTable", "IsWindows", "IsLinux", "IsMacOS", "LASTEXITCODE", "ConfirmPreference", "StackTrace",
    };

    /// <summary>The variables with their values, in the order of the script: <c>$using:port = 8080</c>.</summary>
    /// <param name="script">The script.</param>
    /// <param name="usingValues">The values of its <c>$using:</c> expressions; null if there are none.</param>
    /// <param name="upstream">What <c>$Upstream</c> is.</param>
    /// <param name="valueOf">What any other variable holds; null for nothing.</param>
    /// <param name="mask">Takes secrets out of a text.</param>
    public static IReadOnlyCollection<string> Of(
        NodeScript script, IDictionary? usingValues, IDictionary upstream, Func<string, object?> valueOf, Func<string, string> mask)
    {
        HashSet<string> assigned = new(
            script.Tree.FindAll(ast => ast is AssignmentStatementAst or ForEachStatementAst, searchNestedScriptBlocks: true)
                .SelectMany(ast => (ast is AssignmentStatementAst assignment ? assignment.Left : ((ForEachStatementAst)ast).Variable)
                    .FindAll(left => left is VariableExpressionAst, searchNestedScriptBlocks: false))
                .Select(left => ((VariableExpressionAst)left).VariablePath.UserPath),
            StringComparer.OrdinalIgnoreCase);
        OrderedSet told = new(mask);
        foreach (Ast ast in script.Tree.FindAll(
            ast => ast is UsingExpressionAst or MemberExpressionAst or VariableExpressionAst, searchNestedScriptBlocks: true))
        {
            switch (ast)
            {
                case UsingExpressionAst expression when usingValues is not null:
                    told.Add(expression.Extent.Text, UsingReader.ValueIn(usingValues, expression));
                    break;
                case MemberExpressionAst { Member: StringConstantExpressionAst { Value: var member } } expression
                    when IsUpstream(expression.Expression) && upstream.Contains(member):
                    told.Add(expression.Extent.Text, upstream[member]);
                    break;
                case VariableExpressionAst { Splatted: false, VariablePath: { IsUnqualified: true, UserPath: var name } }
                    when ast.Parent is not ParameterAst && !IsInUsing(ast) && !Automatic.Contains(name) && !assigned.Contains(name):
                    told.Add(ast.Extent.Text, valueOf(name));
                    break;
            }
        }

        return told.Lines;
    }

    private static bool IsInUsing(Ast ast)
    {
        Ast? around = ast.Parent;
        while (around is MemberExpressionAst or IndexExpressionAst)
        {
            around = around.Parent;
        }

        return around is UsingExpressionAst;
    }

    /// <summary>The same of its <c>$using:</c> expressions alone.</summary>
    public static IReadOnlyCollection<string> OfUsing(
        NodeScript script, IDictionary? usingValues, Func<string, string> mask)
    {
        OrderedSet told = new(mask);
        foreach (UsingExpressionAst expression in usingValues is null ? [] : script.UsingExpressions)
        {
            told.Add(expression.Extent.Text, UsingReader.ValueIn(usingValues!, expression));
        }

        return told.Lines;
    }

    private static bool IsUpstream(ExpressionAst expression) =>
        expression is VariableExpressionAst { VariablePath.UserPath: var path }
            && path.Equals("Upstream", StringComparison.OrdinalIgnoreCase);

    /// <summary>The text of a value where that can be told in a few words; null if not.</summary>
    private static string? TextOf(object? value, Func<string, string> mask) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            null => "$null",
            bool truth => truth ? "$true" : "$false",
            string text => $"'{ItemText.Of(text, mask)}'",
            object?[] items when items.Length <= MostItems && Array.TrueForAll(items, item => ItemText.Of(item, mask) is not null) =>
                string.Join(", ", items.Select(item => TextOf(item, mask))),
            object?[] items => $"{Messages.Count(items.Length)} objects",
            var known => ItemText.Of(known, mask),
        };

    /// <summary>What is most likely secret, though it is plain text.</summary>
    [GeneratedRegex("pass(word|phrase)?|pwd|secret|token|credential|api_?key|private", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    /// <summary>Each expression once.</summary>
    private sealed class OrderedSet(Func<string, string> mask)
    {
        private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);

        public List<string> Lines { get; } = [];

        public void Add(string expression, object? value)
        {
            if (Lines.Count < Most && !SecretName().IsMatch(expression) && _seen.Add(expression) && TextOf(value, mask) is { } text)
            {
                Lines.Add(Messages.ValueOf(expression, text));
            }
        }
    }
}

using System.Collections.ObjectModel;
using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>
/// Whether a script may put out something and go on: then it has to be called so that the output comes as it is put out. False only where
/// the syntax tree shows that all output comes at once, at the end.
/// </summary>
internal static class EarlyOutput
{
    /// <summary>Commands that put out nothing.</summary>
    private static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase)
    {
        "Out-Null", "Out-Host", "Out-File", "Write-Host", "Write-Warning", "Write-Error", "Write-Verbose", "Write-Debug",
        "Write-Information", "Write-Progress", "Start-Sleep", "sleep", "Set-Content", "Add-Content", "Export-Csv", "Set-StrictMode",
    };

    /// <summary>
    /// Commands that put out one object, or objects of which none is a text that a log has, where nothing is piped into them.
    /// </summary>
    private static readonly HashSet<string> Single = new(StringComparer.OrdinalIgnoreCase)
    {
        "Get-Date", "Get-Location", "pwd", "Get-Random", "Get-TimeZone", "New-Guid", "New-TimeSpan", "Join-Path", "Test-Path", "Out-String",
        "ConvertTo-Json", "Measure-Object", "measure", "New-Object", "Set-Variable", "New-Variable", "Get-Item", "New-Item", "Copy-Item",
        "Move-Item", "Rename-Item", "Remove-Item", "Get-FileHash", "Get-Process", "Import-Csv",
    };

    /// <summary>Whether a command is taken, by its name, to be one of PowerShell's own that put out nothing or one object.</summary>
    public static bool Knows(string command) => Silent.Contains(command) || Single.Contains(command);

    /// <summary>Whether a script may.</summary>
    public static bool IsIn(ScriptBlockAst script) => script.EndBlock is { } end && IsIn(end.Statements);

    private static bool IsIn(ReadOnlyCollection<StatementAst> statements)
    {
        for (int i = 0; i < statements.Count - 1; i++)
        {
            if (MayPutOut(statements[i]))
            {
                return true;
            }
        }

        return statements.Count > 0 && statements[^1] switch
        {
            PipelineAst { PipelineElements: [CommandAst command] } => !IsOneCommand(command),
            PipelineAst { PipelineElements: [CommandExpressionAst] } => false,
            ReturnStatementAst { Pipeline: null or PipelineAst { PipelineElements: [CommandExpressionAst] } } => false,
            IfStatementAst choice => choice.Clauses.Any(clause => IsIn(clause.Item2.Statements))
                || (choice.ElseClause is { } other && IsIn(other.Statements)),
            { } last => MayPutOut(last),
        };
    }

    private static bool MayPutOut(StatementAst statement) => statement switch
    {
        AssignmentStatementAst or FunctionDefinitionAst or TypeDefinitionAst or ThrowStatementAst or BreakStatementAst
            or ContinueStatementAst or ExitStatementAst => false,
        ReturnStatementAst end => end.Pipeline is not null,
        PipelineAst pipeline => pipeline.PipelineElements[^1] switch
        {
            CommandExpressionAst expression => !IsSilent(expression.Expression),
            CommandAst command => command.GetCommandName() is not { } name || !Silent.Contains(name),
            _ => true,
        },
        _ => statement.FindAll(static ast => ast is StatementBlockAst, searchNestedScriptBlocks: false)
            .Cast<StatementBlockAst>().SelectMany(static block => block.Statements).Any(MayPutOut),
    };

    private static bool IsOneCommand(CommandAst command) =>
        command.GetCommandName() is { } name
        && Knows(name)
        && !command.CommandElements.Any(static element => element is ScriptBlockExpressionAst);

    private static bool IsSilent(ExpressionAst expression) => expression switch
    {
        UnaryExpressionAst count => count.TokenKind is TokenKind.PlusPlus or TokenKind.MinusMinus or TokenKind.PostfixPlusPlus
            or TokenKind.PostfixMinusMinus,
        ConvertExpressionAst cast => cast.Type.TypeName.Name.Equals("void", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}

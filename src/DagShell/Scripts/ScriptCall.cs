using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>
/// DagShell's calls of users' scripts, as syntax trees that have no text: what a script sees of its caller (<c>$MyInvocation.Line</c>, the
/// call stack) is nothing of DagShell's then.
/// </summary>
internal static class ScriptCall
{
    private static readonly ScriptExtent Nowhere = new(NoPosition(), NoPosition());

    /// <summary><c>param($Script, $Parameters) &amp; $Script @Parameters</c>.</summary>
    public static ScriptBlockAst Plain { get; } = Make(["Script", "Parameters"], Call());

    /// <summary><c>param($Script, $Parameters, $Command) &amp; $Script @Parameters | &amp; $Command</c>.</summary>
    public static ScriptBlockAst IntoCommand { get; } = Make(["Script", "Parameters", "Command"], Call(), Call(Variable("Command")));

    /// <summary>
    /// <c>&amp; $args[0] $args[1] *>&amp;1</c>: a scope around a command of ours, where all streams of what that calls go into its output.
    /// </summary>
    public static ScriptBlockAst Scope { get; } = Make([], new CommandAst(
        Nowhere,
        [Argument(0), Argument(1)],
        TokenKind.Ampersand,
        [new MergingRedirectionAst(Nowhere, RedirectionStream.All, RedirectionStream.Output)]));

    /// <summary>
    /// <c>param($Scope, $Command, $Argument, $Receiver, $Receive) &amp; $Scope $Command $Argument | &amp; $Receiver $Receive</c>.
    /// </summary>
    public static ScriptBlockAst IntoReceiver { get; } = Make(
        ["Scope", "Command", "Argument", "Receiver", "Receive"],
        Call(Variable("Scope"), Variable("Command"), Variable("Argument")),
        Call(Variable("Receiver"), Variable("Receive")));

    /// <summary>
    /// <c>&amp; $args[0] 2>&amp;1 | &amp; $args[1] $args[2]</c>: no variable of ours is there for the script to see.
    /// </summary>
    /// <param name="splats">
    /// Whether the script gets parameters. Only a variable can be splatted: that has a name which no script would have.
    /// </param>
    /// <param name="stops"><c>$ErrorActionPreference = 'Stop'</c> comes first.</param>
    /// <param name="isWhole">Whether an error that ends a statement of the script ends all of it, as in a <c>try</c>.</param>
    /// <param name="mergesAll">
    /// Whether its other streams go the same way: the command is then called so that it shows of them what comes, which is what the script
    /// was to show.
    /// </param>
    /// <param name="variables">The names of variables of the user's that are to be there; their values are the last arguments.</param>
    public static ScriptBlockAst Merging(bool splats, bool stops, bool isWhole, bool mergesAll, IReadOnlyList<string> variables)
    {
        const string Splatted = "DagFileParameters";
        List<CommandElementAst> script = [Argument(0)];
        if (splats)
        {
            script.Add(new VariableExpressionAst(Nowhere, Splatted, splatted: true));
        }

        var call = new CommandAst(
            Nowhere,
            script,
            TokenKind.Ampersand,
            [new MergingRedirectionAst(
                Nowhere, mergesAll ? RedirectionStream.All : RedirectionStream.Error, RedirectionStream.Output)]);
        CommandElementAst[] shows = mergesAll ? [Continue("WarningAction"), Switch("Verbose"), Switch("Debug")] : [];
        List<StatementAst> statements = [new PipelineAst(Nowhere, [call, Call([Argument(1), Argument(2), .. shows])])];
        if (isWhole)
        {
            statements =
            [
                new TryStatementAst(
                    Nowhere,
                    new StatementBlockAst(Nowhere, statements, traps: null),
                    catchClauses: null,
                    new StatementBlockAst(Nowhere, statements: null, traps: null)),
            ];
        }

        if (stops)
        {
            statements.Insert(0, Assignment("ErrorActionPreference", new ConstantExpressionAst(Nowhere, "Stop")));
        }

        const int FirstValue = 3;
        statements.InsertRange(0, variables.Select((name, i) => Assignment(name, Argument(FirstValue + i))));
        return Make(splats ? [Splatted] : [], statements);
    }

    private static CommandParameterAst Continue(string preference) =>
        new(Nowhere, preference, new StringConstantExpressionAst(Nowhere, "Continue", StringConstantType.SingleQuoted), Nowhere);

    private static CommandParameterAst Switch(string name) => new(Nowhere, name, argument: null, Nowhere);

    private static IndexExpressionAst Argument(int index) =>
        new(Nowhere, Variable("args"), new ConstantExpressionAst(Nowhere, index));

    private static AssignmentStatementAst Assignment(string variable, ExpressionAst value) => new(
        Nowhere, Variable(variable), TokenKind.Equals, new CommandExpressionAst(Nowhere, value, redirections: null), Nowhere);

    private static ScriptPosition NoPosition() => new(null, 0, 0, string.Empty);

    private static CommandAst Call() => Call(Variable("Script"), new VariableExpressionAst(Nowhere, "Parameters", splatted: true));

    private static CommandAst Call(params CommandElementAst[] elements) =>
        new(Nowhere, elements, TokenKind.Ampersand, redirections: null);

    private static ScriptBlockAst Make(string[] parameters, params CommandBaseAst[] commands) =>
        Make(parameters, [new PipelineAst(Nowhere, commands)]);

    private static ScriptBlockAst Make(string[] parameters, IEnumerable<StatementAst> statements)
    {
        ParamBlockAst? block = parameters.Length == 0 ? null : new ParamBlockAst(
            Nowhere,
            attributes: null,
            parameters.Select(name => new ParameterAst(Nowhere, Variable(name), attributes: null, defaultValue: null)));
        return new ScriptBlockAst(Nowhere, block, new StatementBlockAst(Nowhere, statements, traps: null), isFilter: false);
    }

    private static VariableExpressionAst Variable(string name) => new(Nowhere, name, splatted: false);
}

using System.Collections;
using System.Management.Automation;
using DagShell.Engine.Running;
using DagShell.Logs;
using DagShell.Parameters;
using DagShell.Scripts;
using DagShell.Secrets;

namespace DagShell.Sessions;

/// <summary>Makes of what a session said last of an attempt what the attempt came to.</summary>
internal static class RemoteEnd
{
    /// <summary>Where an attempt ended that ended as its files were asked about.</summary>
    private const string FilesUse = "Files";

    /// <summary>The outcome of an attempt.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="host">The machine that it ran on.</param>
    /// <param name="output">What came before the end.</param>
    /// <param name="end">The end; the session is another's, so nothing in it is taken for granted.</param>
    /// <param name="thrown">What the script ended with, if it failed.</param>
    /// <param name="secrets">Takes secrets out of what is said.</param>
    /// <param name="warn">Takes a warning about the node.</param>
    public static AttemptOutcome OutcomeOf(
        NodeAttempt attempt, string host, object?[] output, Hashtable end, Exception? thrown, SecretMask secrets, Action<string> warn)
    {
        var node = DagNode.Of(attempt.Node);
        if (Text(end, "Kind") == "ModuleMissing")
        {
            return AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, ModuleMissing(node, host, end), canRetry: false));
        }

        TimeSpan? delay = DelayIn(end, out string? delayProblem);
        if (Text(end, "RetryIfFailed") is { } cause)
        {
            warn(secrets.Of(Messages.RetryIfFailed(cause)));
        }

        if ((Text(end, "RetryDelayFailed") ?? delayProblem) is { } delayCause)
        {
            warn(secrets.Of(Messages.RetryDelayFailed(delayCause)));
        }

        string? reason = Value(end, "Skip") is Hashtable skip ? Text(skip, "Reason") : null;
        reason = string.IsNullOrEmpty(reason) ? null : secrets.Of(reason);
        bool isSkipped = Value(end, "Skip") is Hashtable;
        NodeFailure? failure = FailureOf(attempt, end, thrown, delayProblem is null, secrets);
        bool hasFiles = node.OutputPath.Length > 0 && !attempt.AsksForItems;
        switch (Text(end, "Use"))
        {
            case "RetryIf":
                return isSkipped ? AttemptOutcome.Skipped(null, reason)
                    : IsTrue(end, "CanRetry") && delayProblem is null ? AttemptOutcome.TryAgain(delay)
                    : AttemptOutcome.ConditionFalse;
            case "When":
                return isSkipped ? AttemptOutcome.Skipped(null, reason, hasStarted: false)
                    : failure is not null ? AttemptOutcome.Failed(failure)
                    : AttemptOutcome.ConditionFalse;
            case FilesUse when hasFiles:
                return isSkipped ? AttemptOutcome.Skipped(null, reason, hasStarted: failure is not null)
                    : failure is not null ? AttemptOutcome.Failed(failure, retryDelay: delay)
                    : AttemptOutcome.UpToDate(FilesIn(output, end));
            case "Precondition":
                return isSkipped
                    ? AttemptOutcome.Skipped(null, reason, hasStarted: false)
                    : AttemptOutcome.Failed(PreconditionFailure.Of(
                        attempt, PreconditionOf(node, end, secrets), failure?.Message, failure?.Cause, position: null));
            default:
                return isSkipped ? AttemptOutcome.Skipped(failure is null ? output : null, reason, hasStarted: !attempt.AsksForItems)
                    : failure is not null ? AttemptOutcome.Failed(failure, retryDelay: delay)
                    : AttemptOutcome.Succeeded(hasFiles ? FilesIn(output, end) : output);
        }
    }

    /// <summary>The output files of a node: they come last, after what its script gave out.</summary>
    private static object?[] FilesIn(object?[] output, Hashtable end) =>
        Value(end, "Files") is int count and >= 0 && count <= output.Length ? output[^count..] : [];

    private static string PreconditionOf(DagNode node, Hashtable end, SecretMask secrets)
    {
        if (Value(end, "Index") is not int index || index < 0 || index >= node.Precondition.Count)
        {
            return "{ }";
        }

        var script = NodeScript.Of(node.Precondition[index]);
        IReadOnlyCollection<string> values = UsedValues.OfUsing(script, node.UsingValues, text => secrets.Of(text));
        return secrets.Of(Messages.Precondition(script.Text, values, script.Position));
    }

    /// <summary>What -RetryDelay gave.</summary>
    private static TimeSpan? DelayIn(Hashtable end, out string? problem)
    {
        problem = null;
        if (!end.ContainsKey("Delay"))
        {
            return null;
        }

        object?[] given = Value(end, "Delay") is IList list ? [.. list.Cast<object?>()] : [Value(end, "Delay")];
        try
        {
            return DurationAttribute.ReadOutput(given);
        }
        catch (ArgumentTransformationMetadataException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    private static NodeFailure? FailureOf(NodeAttempt attempt, Hashtable end, Exception? thrown, bool mayRetry, SecretMask secrets)
    {
        string name = attempt.Name;
        bool canRetry = mayRetry && Text(end, "Use") is (null or FilesUse) && IsTrue(end, "CanRetry");
        ScriptBlock? script = Text(end, "Use") is null ? DagNode.Of(attempt.Node).ScriptBlock : null;
        if (end.ContainsKey("Exit"))
        {
            return new NodeFailure(FailureKind.Error, secrets.Of(Messages.ExitCode(name, Value(end, "Exit"))), canRetry: canRetry)
            {
                Position = script is null ? null : FlowPlace.In(script, "exit"),
            };
        }

        if (Value(end, "ScriptExit") is Hashtable exit)
        {
            string call = Messages.ScriptExitCode(name, Text(exit, "Call") ?? string.Empty, Value(exit, "Code"));
            return new NodeFailure(FailureKind.Error, secrets.Of(call), canRetry: canRetry)
            {
                Position = Value(exit, "Line") is int line ? Messages.Position(Text(exit, "File"), line) : null,
            };
        }

        if (Text(end, "Flow") is { } flow)
        {
            string keyword = flow == "continue" ? flow : "break";
            return new NodeFailure(FailureKind.Error, Messages.StrayFlow(name, keyword), canRetry: canRetry)
            {
                Position = script is null ? null : FlowPlace.In(script, keyword),
            };
        }

        if (!IsTrue(end, "Failed") && thrown is null)
        {
            return null;
        }

        ScriptBlock own = DagNode.Of(attempt.Node).ScriptBlock;
        if (thrown is not null && ErrorPosition.Of(
            own.Ast, Text(end, "Stack"), Text(end, "File"), Value(end, "Line") as int?, Value(end, "Column") as int?,
            Value(end, "Width") as int?, Text(end, "Text"))
            is { } place)
        {
            ErrorPlaces.Note(thrown, place);
        }

        string message = secrets.Of(thrown is null ? Text(end, "Message") ?? string.Empty : ErrorText.Of(thrown, name));
        return new NodeFailure(FailureKind.Error, message, thrown, canRetry)
        {
            Position = PositionOf(own.File, end),
        };
    }

    /// <summary>
    /// Where it happened: the innermost line on the stack where that is the user's, since Write-Error says that the error is where the
    /// script was called.
    /// </summary>
    /// <param name="file">The file of the script; null if it is in none.</param>
    /// <param name="end">What the session said.</param>
    public static string? PositionOf(string? file, Hashtable end)
    {
        if (ErrorPosition.InnermostLine(Text(end, "Stack"), file) is { } line)
        {
            return Messages.Position(file, line);
        }

        return Value(end, "Line") is int at and > 0 && Text(end, "File") is { Length: > 0 } of ? Messages.Position(of, at) : null;
    }

    /// <summary>Where it happened, as a call of a program; null if that is not known.</summary>
    public static ProgramCall? CallIn(Hashtable end) => Value(end, "Line") is int line and > 0 && Value(end, "Column") is int column
        ? new ProgramCall(Text(end, "File") is { Length: > 0 } file ? file : null, line, column)
        : null;

    /// <summary>What the session said of a failure.</summary>
    public static string MessageOf(Hashtable end) => Text(end, "Message") ?? string.Empty;

    /// <summary>What is said of a module that the session has not.</summary>
    public static string ModuleMissing(DagNode node, string host, Hashtable end)
    {
        Hashtable module = Value(end, "Module") as Hashtable ?? [];
        return SessionMessages.ModuleMissing(
            node.Name, Text(module, "Name") ?? string.Empty, Text(module, "Version"), host, Text(module, "There"), Text(module, "Message"));
    }

    private static bool IsTrue(Hashtable table, string key) => LanguagePrimitives.IsTrue(table[key]);

    private static string? Text(Hashtable table, string key) => Value(table, key) as string;

    private static object? Value(Hashtable table, string key) => table[key] is PSObject wrapped ? wrapped.BaseObject : table[key];
}

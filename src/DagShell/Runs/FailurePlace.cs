using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Engine.Running;

namespace DagShell.Runs;

/// <summary>Where in the user's files a node failed.</summary>
internal static class FailurePlace
{
    /// <summary>The file and the line: where the error happened; where that is not known, where the node's script begins.</summary>
    /// <returns>A null file for what was entered at a prompt.</returns>
    public static (string? File, int Line) Of(DagNodeResult result)
    {
        IScriptExtent script = result.Node.ScriptBlock.Ast.Extent;
        return Read(Known(result)) ?? (script.File, script.StartLineNumber);
    }

    /// <summary>Where the error happened, for lines that name the node; null where that is not known, or the message has it.</summary>
    public static string? TextOf(DagNodeResult result) =>
        result.Failure!.Kind is FailureKind.Error or FailureKind.ItemsFailed ? Known(result) : null;

    /// <summary>Where the error happened, or that of the first item that failed.</summary>
    private static string? Known(DagNodeResult result)
    {
        NodeFailure failure = result.Failure!;
        ErrorRecord? error = failure.Kind == FailureKind.ItemsFailed
            ? result.Items.FirstOrDefault(item => item.Status == NodeState.Failed)?.Error
            : null;
        return failure.Position ?? ErrorText.Position(error ?? result.Error!);
    }

    /// <summary>Reads <c>file:line</c>; what has no file is nothing.</summary>
    private static (string? File, int Line)? Read(string? position)
    {
        int colon = position?.LastIndexOf(':') ?? -1;
        return colon > 0 && int.TryParse(position.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int line)
            ? (position![..colon], line)
            : null;
    }
}

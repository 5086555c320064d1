using System.Globalization;
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
        NodeFailure failure = result.Failure!;
        string? position = failure.Position ?? ErrorText.Position(result.Error!);
        if (failure.Kind == FailureKind.ItemsFailed
            && result.Items.FirstOrDefault(item => item.Status == NodeState.Failed)?.Error is { } first)
        {
            position = ErrorText.Position(first);
        }

        IScriptExtent script = result.Node.ScriptBlock.Ast.Extent;
        return Read(position) ?? (script.File, script.StartLineNumber);
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

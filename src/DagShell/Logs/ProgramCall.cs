using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Logs;

/// <summary>Where a script called a program.</summary>
/// <param name="File">The file; null where the script is in none.</param>
/// <param name="Line">The line in it.</param>
/// <param name="Column">The column.</param>
internal sealed record ProgramCall(string? File, int Line, int Column)
{
    /// <summary>The call that an error record comes from; null if that is not known.</summary>
    public static ProgramCall? Of(ErrorRecord record) =>
        record.InvocationInfo is { ScriptLineNumber: > 0 } call
            ? new(call.ScriptName is { Length: > 0 } file ? file : null, call.ScriptLineNumber, call.OffsetInLine)
            : null;

    /// <summary>
    /// The calls that may have failed with an error. PowerShell says the place of what it evaluated last: with <c>$( )</c> among the
    /// arguments, that is inside of the call.
    /// </summary>
    /// <param name="place">The place of the error; null if it is not known.</param>
    /// <param name="script">The node's script, whose calls are looked through.</param>
    /// <returns>Those that are possible; none if that is not known.</returns>
    public static ProgramCall[] Around(ProgramCall? place, Ast script) =>
        place is null ? [] :
        [
            place,
            .. script.FindAll(ast => ast is CommandAst && place.IsIn(ast.Extent), searchNestedScriptBlocks: true)
                .Select(ast => new ProgramCall(ast.Extent.File, ast.Extent.StartLineNumber, ast.Extent.StartColumnNumber)),
        ];

    private bool IsIn(IScriptExtent extent) =>
        File == extent.File
        && (Line, Column).CompareTo((extent.StartLineNumber, extent.StartColumnNumber)) >= 0
        && (Line, Column).CompareTo((extent.EndLineNumber, extent.EndColumnNumber)) < 0;
}

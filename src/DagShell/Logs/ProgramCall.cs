using System.Management.Automation;

namespace DagShell.Logs;

/// <summary>Where a script called a program.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line in it.</param>
/// <param name="Column">The column.</param>
internal sealed record ProgramCall(string? File, int Line, int Column)
{
    /// <summary>The call that an error record comes from; null if that is not known.</summary>
    public static ProgramCall? Of(ErrorRecord record) =>
        record.InvocationInfo is { ScriptLineNumber: > 0 } call ? new(call.ScriptName, call.ScriptLineNumber, call.OffsetInLine) : null;
}

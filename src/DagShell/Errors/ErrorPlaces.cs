using System.Management.Automation.Language;
using System.Runtime.CompilerServices;

namespace DagShell.Errors;

/// <summary>Where errors happened that came from a session: PowerShell sends no place of an error that ends a call.</summary>
/// <remarks>Safe for any thread.</remarks>
internal static class ErrorPlaces
{
    private static readonly ConditionalWeakTable<Exception, IScriptExtent> Places = [];

    /// <summary>Notes the place of an error.</summary>
    public static void Note(Exception exception, IScriptExtent place) => Places.AddOrUpdate(exception, place);

    /// <summary>The place that was noted; null if none was.</summary>
    public static IScriptExtent? Of(Exception exception) => Places.TryGetValue(exception, out IScriptExtent? place) ? place : null;
}

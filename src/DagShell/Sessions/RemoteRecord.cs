using System.Management.Automation;

namespace DagShell.Sessions;

/// <summary>What a session's records are made into for the caller's streams.</summary>
internal static class RemoteRecord
{
    /// <summary>What Write-Host writes comes back from a session as a lifeless copy, which the host would not know.</summary>
    public static object Adapt(object record)
    {
        if (record is not InformationRecord information
            || information.MessageData is not PSObject data
            || !data.TypeNames.Contains("Deserialized." + typeof(HostInformationMessage).FullName))
        {
            return record;
        }

        var adapted = new InformationRecord(
            new HostInformationMessage
            {
                Message = data.Properties["Message"]?.Value?.ToString() ?? string.Empty,
                NoNewLine = data.Properties["NoNewLine"]?.Value is true,
                ForegroundColor = ColorIn(data, "ForegroundColor"),
                BackgroundColor = ColorIn(data, "BackgroundColor"),
            },
            information.Source)
        {
            TimeGenerated = information.TimeGenerated,
        };
        adapted.Tags.AddRange(information.Tags);
        return adapted;
    }

    /// <summary>An error among what a script puts out, as <c>2>&amp;1</c> has it, comes back as a lifeless copy too.</summary>
    public static object? AdaptOutput(object? item) =>
        item is PSObject copy && copy.TypeNames.Contains("Deserialized." + typeof(ErrorRecord).FullName)
            ? new ErrorRecord(
                new RemoteException(copy.ToString()),
                copy.Properties[nameof(ErrorRecord.FullyQualifiedErrorId)]?.Value?.ToString() ?? string.Empty,
                ErrorCategory.NotSpecified,
                targetObject: null)
            : item;

    private static ConsoleColor? ColorIn(PSObject data, string property) =>
        LanguagePrimitives.TryConvertTo(data.Properties[property]?.Value, out ConsoleColor color) ? color : null;
}

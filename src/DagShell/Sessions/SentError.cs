using System.Management.Automation;

namespace DagShell.Sessions;

/// <summary>
/// An error as a script in a session is to see it: PowerShell would send its text and little more. What scripts ask of errors is there
/// under the same names; objects that hang on it are texts.
/// </summary>
internal static class SentError
{
    /// <summary>Exceptions inside of one another that are sent.</summary>
    private const int MostInner = 5;

    /// <summary>Characters of each text: an error may carry a whole page of a web server.</summary>
    private const int LongestText = 16_000;

    /// <summary>Makes a copy that can be sent; null of none.</summary>
    public static PSObject? Of(ErrorRecord? error)
    {
        if (error is null)
        {
            return null;
        }

        // Of an error record as such PowerShell sends what it likes; so this is a text with properties.
        PSObject sent = SentValue.ToDepth(Short(error.ToString()), MostInner);
        sent.TypeNames.Insert(0, typeof(ErrorRecord).FullName!);
        Add(sent, nameof(ErrorRecord.Exception), OfException(error.Exception, MostInner));
        Add(sent, nameof(ErrorRecord.TargetObject), TextOf(error.TargetObject));
        Add(sent, nameof(ErrorRecord.CategoryInfo), OfCategory(error.CategoryInfo));
        Add(sent, nameof(ErrorRecord.FullyQualifiedErrorId), error.FullyQualifiedErrorId);
        Add(sent, nameof(ErrorRecord.ScriptStackTrace), error.ScriptStackTrace);
        Add(sent, nameof(ErrorRecord.InvocationInfo), OfPlace(error is NodeErrorRecord own ? own.InvocationInfo : error.InvocationInfo));
        if (error.ErrorDetails is { } details)
        {
            PSObject told = new(Short(details.ToString()));
            Add(told, nameof(ErrorDetails.Message), details.Message);
            Add(told, nameof(ErrorDetails.RecommendedAction), details.RecommendedAction);
            Add(sent, nameof(ErrorRecord.ErrorDetails), told);
        }

        return sent;
    }

    private static PSObject? OfException(Exception? exception, int most)
    {
        if (exception is null || most == 0)
        {
            return null;
        }

        PSObject sent = SentValue.ToDepth(Short(exception.Message), MostInner);
        sent.TypeNames.Insert(0, exception.GetType().FullName!);
        Add(sent, nameof(Exception.Message), exception.Message);
        Add(sent, nameof(Exception.HResult), exception.HResult);
        Add(sent, nameof(Exception.InnerException), OfException(exception.InnerException, most - 1));

        // Of a failed web request scripts ask the code; of no other object on an exception is it known what it does when it is looked at.
        object? response = PSObject.AsPSObject(exception).Properties["Response"]?.Value;
        object? code = response is null ? null : PSObject.AsPSObject(response).Properties["StatusCode"]?.Value;
        if (code is Enum status)
        {
            PSObject told = new(response!.GetType().Name);
            Add(told, "StatusCode", status);
            Add(sent, "Response", told);
            Add(sent, "StatusCode", status);
        }

        return sent;
    }

    private static PSObject OfCategory(ErrorCategoryInfo category)
    {
        PSObject sent = new(category.ToString());
        Add(sent, nameof(ErrorCategoryInfo.Category), category.Category.ToString());
        Add(sent, nameof(ErrorCategoryInfo.Activity), category.Activity);
        Add(sent, nameof(ErrorCategoryInfo.Reason), category.Reason);
        Add(sent, nameof(ErrorCategoryInfo.TargetName), category.TargetName);
        Add(sent, nameof(ErrorCategoryInfo.TargetType), category.TargetType);
        return sent;
    }

    private static PSObject? OfPlace(InvocationInfo? place)
    {
        if (place is null)
        {
            return null;
        }

        PSObject sent = SentValue.ToDepth(Short(place.PositionMessage), 1);
        Add(sent, nameof(InvocationInfo.ScriptName), place.ScriptName);
        Add(sent, nameof(InvocationInfo.ScriptLineNumber), place.ScriptLineNumber);
        Add(sent, nameof(InvocationInfo.OffsetInLine), place.OffsetInLine);
        Add(sent, nameof(InvocationInfo.Line), place.Line);
        Add(sent, nameof(InvocationInfo.PositionMessage), place.PositionMessage);
        Add(sent, nameof(InvocationInfo.MyCommand), place.MyCommand?.Name);
        return sent;
    }

    private static string? TextOf(object? value) =>
        value is not null && LanguagePrimitives.TryConvertTo(value, out string text) ? text : null;

    private static string Short(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText), "…");

    private static void Add(PSObject sent, string name, object? value) =>
        sent.Properties.Add(new PSNoteProperty(name, value is string text ? Short(text) : value));
}

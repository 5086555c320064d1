using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Text.RegularExpressions;
using DagShell.Hosts;

namespace DagShell.Secrets;

/// <summary>
/// Puts <c>***</c> in the place of secrets in all text that a run shows or writes: of the plain text of what came in as a SecureString or
/// PSCredential by -Parameter or $using:. Objects that nodes put out or throw stay what they are.
/// </summary>
/// <remarks>
/// Safe for any thread. Made before the run; what a dag brings that is known only at its node's turn is added before its nodes begin.
/// </remarks>
internal sealed class SecretMask
{
    private const string Masked = "***";

    private readonly object _lock = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private volatile Regex? _secrets;

    /// <summary>Whether there is anything to mask.</summary>
    public bool HasAny => _secrets is not null;

    /// <summary>Adds the secrets in values. A finder looks at so many alone: what matters most is to be added by itself.</summary>
    /// <param name="values">
    /// The values of -Parameter, and those of $using:, a table a node or script; items; variables of modules. Null for none.
    /// </param>
    public void Add(IEnumerable<object?> values)
    {
        SecretFinder finder = new();
        foreach (object? value in values)
        {
            finder.Add(value);
        }

        lock (_lock)
        {
            int before = _known.Count;
            _known.UnionWith(finder.Found);
            if (_known.Count > before)
            {
                // The longest first: one may be a part of another.
                string pattern = string.Join('|', _known.OrderByDescending(secret => secret.Length).Select(Regex.Escape));
                _secrets = new Regex(pattern, RegexOptions.CultureInvariant);
            }
        }
    }

    /// <summary>Whether there is a secret in a text.</summary>
    public bool IsIn(string? text) => text is not null && _secrets?.IsMatch(text) == true;

    /// <summary>A text without secrets.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Of(string? text) => _secrets is not { } secrets || text is null ? text : secrets.Replace(text, Masked);

    /// <summary>The text of what ended a node's script. Secrets are taken out before it is cut, or a part of one would be left.</summary>
    /// <param name="exception">What ended it.</param>
    /// <param name="node">The node's name.</param>
    public string TextOf(Exception exception, string node) => Of(ErrorText.Of(Of(exception), node));

    /// <summary>An exception that shows no secrets: the same one if it has none, otherwise one that stands for it.</summary>
    public Exception Of(Exception exception)
    {
        if (_secrets is null || exception is FlowControlException || exception is not IContainsErrorRecord && !IsIn(exception.ToString()))
        {
            return exception;
        }

        ErrorRecord record = ErrorText.RecordOf(exception);
        return IsIn(exception.ToString()) || ShowsIn(record) ? StandIn(exception, record) : exception;
    }

    /// <summary>A record of a stream that shows no secrets.</summary>
    public object OfRecord(object record)
    {
        if (_secrets is null)
        {
            return record;
        }

        return record switch
        {
            WarningRecord warning when IsIn(warning.Message) => new WarningRecord(Of(warning.Message)),
            VerboseRecord verbose when IsIn(verbose.Message) => new VerboseRecord(Of(verbose.Message)),
            DebugRecord debug when IsIn(debug.Message) => new DebugRecord(Of(debug.Message)),
            ShownInformation shown => new ShownInformation(Of(shown.Record)),
            InformationRecord information => Of(information),
            ErrorRecord error => Of(error),
            ProgressRecord progress => Of(progress),
            NodePrompt prompt => prompt.Without(Of),
            _ => record,
        };
    }

    private bool ShowsIn(ErrorRecord record) =>
        IsIn(record.ErrorDetails?.Message)
        || IsIn(record.ErrorDetails?.RecommendedAction)
        || IsIn(record.FullyQualifiedErrorId)
        || IsIn(record.CategoryInfo.ToString())
        || IsIn(record.TargetObject?.ToString())
        || IsIn(record.Exception?.ToString());

    private ErrorRecord Of(ErrorRecord error)
    {
        if (!ShowsIn(error))
        {
            return error;
        }

        if (NativeError.LineOf(error) is { } line)
        {
            return new ErrorRecord(new RemoteException(Of(line)), error.FullyQualifiedErrorId, error.CategoryInfo.Category, null);
        }

        return StandIn(error.Exception, error).ErrorRecord;
    }

    private MaskedException StandIn(Exception exception, ErrorRecord record) => new(
        Of(exception.GetType().FullName!),
        Of(record.Exception?.Message ?? exception.Message),
        exception.InnerException is { } inner ? Of(inner) : null,
        Of(record.FullyQualifiedErrorId),
        record.CategoryInfo.Category,
        IsIn(record.TargetObject?.ToString()) ? null : record.TargetObject,
        record.ErrorDetails is { } details
            ? new ErrorDetails(Of(details.Message)) { RecommendedAction = Of(details.RecommendedAction) }
            : null);

    private InformationRecord Of(InformationRecord record)
    {
        object? data = record.MessageData switch
        {
            HostInformationMessage message when IsIn(message.Message) => new HostInformationMessage
            {
                Message = Of(message.Message),
                NoNewLine = message.NoNewLine,
                ForegroundColor = message.ForegroundColor,
                BackgroundColor = message.BackgroundColor,
            },
            { } other and not HostInformationMessage when IsIn(other.ToString()) => Of(other.ToString()),
            _ => null,
        };
        if (data is null && !record.Tags.Exists(IsIn))
        {
            return record;
        }

        var masked = new InformationRecord(data ?? record.MessageData, record.Source) { TimeGenerated = record.TimeGenerated };
        masked.Tags.AddRange(record.Tags.Select(tag => Of(tag)));
        return masked;
    }

    private ProgressRecord Of(ProgressRecord record) => new(record.ActivityId, Of(record.Activity), Of(record.StatusDescription))
    {
        CurrentOperation = Of(record.CurrentOperation),
        ParentActivityId = record.ParentActivityId,
        PercentComplete = record.PercentComplete,
        RecordType = record.RecordType,
        SecondsRemaining = record.SecondsRemaining,
    };
}

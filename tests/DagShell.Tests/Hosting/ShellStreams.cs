using System.Management.Automation;
using System.Text.RegularExpressions;

namespace DagShell.Tests.Hosting;

/// <summary>What a script wrote to the streams other than output.</summary>
internal sealed partial class ShellStreams(PSDataStreams streams)
{
    public ErrorRecord[] Error { get; } = [.. streams.Error];

    public string[] Warning { get; } = [.. streams.Warning.Select(record => record.Message)];

    /// <summary>Verbose messages, those of a run without the time of day that they begin with.</summary>
    public string[] Verbose { get; } = [.. streams.Verbose.Select(record => Time().Replace(record.Message, string.Empty))];

    /// <summary>Verbose messages as they are.</summary>
    public string[] VerboseLines { get; } = [.. streams.Verbose.Select(record => record.Message)];

    public string[] Debug { get; } = [.. streams.Debug.Select(record => record.Message)];

    public InformationRecord[] Information { get; } = [.. streams.Information];

    public ProgressRecord[] Progress { get; } = [.. streams.Progress];

    /// <summary>The errors that say that a node failed.</summary>
    public ErrorRecord[] NodeFailures =>
        [.. Error.Where(error => error.FullyQualifiedErrorId.StartsWith("DagNodeFailed", StringComparison.Ordinal))];

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} ")]
    private static partial Regex Time();
}

using System.Collections.ObjectModel;
using System.Management.Automation;

namespace DagShell.Tests.Hosting;

/// <summary>What a script gave out.</summary>
/// <param name="Output">Its output.</param>
/// <param name="Streams">Its other streams.</param>
/// <param name="Thrown">The error that ended it, if one did.</param>
internal sealed record ShellResult(Collection<PSObject> Output, ShellStreams Streams, Exception? Thrown)
{
    /// <summary>The only object of its output, without PowerShell's wrapping.</summary>
    public object? Single => Output.Single()?.BaseObject;

    /// <summary>The output as text, an object an element.</summary>
    public string[] Text => [.. Output.Select(item => item?.ToString() ?? "<null>")];

    /// <summary>The names of the nodes, of a script whose output is results, in the order in which they came.</summary>
    public string[] Names => [.. Results.Select(item => (string)item.Properties["Name"].Value)];

    /// <summary>"Name Status" of the nodes, in the order of their names.</summary>
    public string[] Statuses => [.. Results.Select(item => $"{item.Properties["Name"].Value} {item.Properties["Status"].Value}").Order()];

    /// <summary>The error record that ended it.</summary>
    public ErrorRecord? ThrownRecord => (Thrown as RuntimeException)?.ErrorRecord;

    private IEnumerable<PSObject> Results => Output.Where(item => item.TypeNames.Contains("DagShell.DagNodeResult"));

    /// <summary>The result of a node, by its name.</summary>
    public PSObject Node(string node) =>
        Results.Single(item => string.Equals((string?)item.Properties["Name"]?.Value, node, StringComparison.OrdinalIgnoreCase));

    public string Status(string node) => Node(node).Properties["Status"].Value.ToString()!;

    /// <summary>What a node gave out, without PowerShell's wrapping.</summary>
    public object?[] NodeOutput(string node) => [.. ((object?[])Node(node).Properties["Output"].Value).Select(Unwrapped.Value)];

    public ErrorRecord? Error(string node) => (ErrorRecord?)Node(node).Properties["Error"].Value;

    /// <summary>The message of what a node failed with.</summary>
    public string? ErrorText(string node) => Error(node)?.Exception.Message;

    public string? SkipReason(string node) => (string?)Node(node).Properties["SkipReason"].Value;

    public int Attempts(string node) => (int)Node(node).Properties["Attempts"].Value;
}

using System.Management.Automation;

namespace DagShell.Tests.Hosting;

/// <summary>Takes PowerShell's wrapping off.</summary>
internal static class Unwrapped
{
    public static object? Value(object? item) => item is PSObject wrapped ? wrapped.BaseObject : item;
}

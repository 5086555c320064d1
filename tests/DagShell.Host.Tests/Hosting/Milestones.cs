using System.Collections.Concurrent;

namespace DagShell.Host.Tests.Hosting;

/// <summary>Lets a test wait until a script has got somewhere: <c>[DagShell.Host.Tests.Hosting.Milestones]::Reach('name')</c>.</summary>
public static class Milestones
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> All = new();

    public static void Reach(string name) => Of(name).TrySetResult();

    public static Task Reached(string name) => Of(name).Task;

    private static TaskCompletionSource Of(string name) =>
        All.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

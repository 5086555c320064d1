using System.Reflection;

namespace DagShell.Tests.Checkpoints;

/// <summary>The module's own <c>OutputText</c>. The tests have the module only as a user has it, so it is looked for there.</summary>
internal static class OutputText
{
    private static readonly Type Inner = AppDomain.CurrentDomain.GetAssemblies()
        .Select(assembly => assembly.GetType("DagShell.Checkpoints.OutputText"))
        .First(type => type is not null)!;

    public static string? Write(object?[] output, out string? obstacle)
    {
        object?[] arguments = [output, CancellationToken.None, null];
        string? text = (string?)Inner.GetMethod("Write", BindingFlags.Static | BindingFlags.Public)!.Invoke(null, arguments);
        obstacle = (string?)arguments[2];
        return text;
    }

    public static bool TryRead(string text, out object?[]? objects)
    {
        object?[] arguments = [text, null];
        bool isRead = (bool)Inner.GetMethod("TryRead", BindingFlags.Static | BindingFlags.Public)!.Invoke(null, arguments)!;
        objects = (object?[]?)arguments[1];
        return isRead;
    }
}

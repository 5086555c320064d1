using System.Management.Automation;

namespace DagShell.Parameters;

/// <summary>Lets a parameter take paths as text or as files, script blocks that give them, and lists of these; null is nothing.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class PathsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        List<object> paths = [];
        Add(inputData, paths);
        return paths.ToArray();
    }

    /// <summary>The path that a value stands for.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It stands for none.</exception>
    public static string Read(object value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        FileSystemInfo file => file.FullName,
        _ when value is PSObject copy && copy.TypeNames.Any(IsCopyOfFile) && copy.Properties["FullName"]?.Value is string path => path,
        { } other when LanguagePrimitives.TryConvertTo(other, out string text) && text.Length > 0 && text.IndexOf('\0') < 0 => text,
        _ => throw new ArgumentTransformationMetadataException(Messages.NotAPath(value)),
    };

    /// <summary>Whether a type's name is that of a file as it comes from a session.</summary>
    private static bool IsCopyOfFile(string type) => type is "Deserialized.System.IO.FileInfo" or "Deserialized.System.IO.DirectoryInfo";

    private static void Add(object? value, List<object> paths)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is ScriptBlock)
        {
            paths.Add(bare);
        }
        else if (bare is not null && LanguagePrimitives.GetEnumerable(bare) is { } values)
        {
            foreach (object? item in values)
            {
                Add(item, paths);
            }
        }
        else if (bare is not null)
        {
            paths.Add(Read(value!));
        }
    }
}

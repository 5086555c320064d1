using DagShell.Benchmarks.Harness;

namespace DagShell.Benchmarks.Shell;

/// <summary>
/// The module as the build laid it out, in a copy: a build that goes on beside a benchmark may lay out another one meanwhile.
/// </summary>
internal sealed class BuiltModule : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("DagShell.Benchmarks.").FullName;

    public BuiltModule()
    {
        string source = Path.Combine(Root, "output", "DagShell");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_folder, "DagShell", Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>What a user would import.</summary>
    public string Manifest => Path.Combine(_folder, "DagShell", "DagShell.psd1");

    /// <summary>Whether the module's assemblies, as they are loaded now, were built as Release or Debug.</summary>
    public static string Describe() => string.Join(", ", AppDomain.CurrentDomain.GetAssemblies()
        .Where(assembly => assembly.GetName().Name is "DagShell" or "DagShell.Engine")
        .Select(assembly => $"{assembly.GetName().Name} built as {Machine.ConfigurationOf(assembly)}")
        .Distinct());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The checkout that the benchmarks were built from.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(Path.GetDirectoryName(typeof(BuiltModule).Assembly.Location)!);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DagShell.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The benchmarks do not run inside a checkout.");
    }
}

namespace DagShell.Host.Hosting;

/// <summary>The modules that lie beside dagsh.</summary>
internal static class ModuleFolders
{
    private const string PathVariable = "PSModulePath";

    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "modules");

    public static string DagShell { get; } = Path.Combine(Root, "DagShell", "DagShell.psd1");

    public static string Everyday { get; } = Path.Combine(Root, "DagShell.Everyday", "DagShell.Everyday.psd1");

    public static bool Contain(string file) => file.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Lets every runspace of the process find the modules by the names of their commands.
    /// They come first: the modules of an installed PowerShell are made for its own host.
    /// </summary>
    public static void PutOnPath()
    {
        string path = Environment.GetEnvironmentVariable(PathVariable) ?? "";
        IEnumerable<string> others = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(folder => folder != Root);
        Environment.SetEnvironmentVariable(PathVariable, string.Join(Path.PathSeparator, others.Prepend(Root)));
    }
}

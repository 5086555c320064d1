namespace DagShell.Tests.Hosting;

/// <summary>A folder of a test's own, removed with all that is in it.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public ScratchFolder() => FullName = Directory.CreateTempSubdirectory("dagshell-test-").FullName;

    public string FullName { get; }

    /// <summary>Writes a file, in Unicode, with line ends of one character.</summary>
    /// <returns>Its full path.</returns>
    public string Write(string name, string text)
    {
        string path = Path.Combine(FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(FullName))
        {
            Directory.Delete(FullName, recursive: true);
        }
    }
}

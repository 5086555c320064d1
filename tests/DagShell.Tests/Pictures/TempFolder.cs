namespace DagShell.Tests.Pictures;

/// <summary>A folder for the files of one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("dagshell-test-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    public string Read(string name) => File.ReadAllText(this[name]);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

namespace DagShell.Pictures.Assets;

/// <summary>The style sheets and scripts that pictures and reports bring along; embedded in the assembly, read when one is made.</summary>
internal static class Asset
{
    /// <summary>The texts of several, one after the other.</summary>
    public static string ReadAll(params string[] names) => string.Concat(names.Select(Read));

    /// <summary>The text of one, by its file name.</summary>
    public static string Read(string name)
    {
        using Stream stream = typeof(Asset).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly has no '{name}'.");
        using StreamReader reader = new(stream);

        // A checkout may have other line ends; the hash of a script is that of what a browser sees, and it sees these.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

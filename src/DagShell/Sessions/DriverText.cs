using System.Reflection;

namespace DagShell.Sessions;

/// <summary>The scripts that are sent to sessions, as they lie in the module.</summary>
internal static class DriverText
{
    /// <summary>Reads one.</summary>
    /// <param name="resource">Its name among the module's resources.</param>
    public static string Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

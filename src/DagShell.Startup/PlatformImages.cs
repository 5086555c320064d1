using System.Reflection;
using System.Runtime.InteropServices;

namespace DagShell.Startup;

/// <summary>
/// The assemblies of the module that are compiled for one platform, so that .NET need not compile their methods at first use. They lie in
/// <c>runtimes/&lt;platform&gt;</c> beside the manifest, are builds of the very assemblies that lie there for all platforms, and may be
/// missing.
/// </summary>
public static class PlatformImages
{
    /// <summary>The module's folder.</summary>
    public static string ModuleFolder { get; } = Path.GetDirectoryName(typeof(PlatformImages).Assembly.Location)!;

    /// <summary>Where they lie for the platform at hand.</summary>
    public static string Folder { get; } = Path.Combine(
        ModuleFolder,
        "runtimes",
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-")
            + (RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => "x64",
                Architecture.Arm64 => "arm64",
                _ => "other",
            }));

    /// <summary>Loads one of them into PowerShell's own context.</summary>
    /// <param name="name">The assembly's name.</param>
    /// <returns>The assembly; null if there is none for this platform, or if it cannot be loaded.</returns>
    /// <remarks>
    /// .NET takes an assembly for another file's if both are of one build. So who asks for the file beside the manifest after that is given
    /// this one.
    /// </remarks>
    public static Assembly? Load(string name)
    {
        string file = Path.Combine(Folder, name + ".dll");
        try
        {
            return File.Exists(file) ? Assembly.LoadFrom(file) : null;
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException)
        {
            // Another build is loaded already, or .NET does not take the image: the assembly for all platforms does, or says what is wrong.
            return null;
        }
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using DagShell.Engine.Graph;
using DagShell.Startup;

namespace DagShell.Loading;

/// <summary>
/// The load context of the module's dependencies: what lies in <c>lib</c> beside the module is loaded here, so that another module's
/// Polly, whatever its version and whenever it is loaded, is never taken for ours, nor ours for its.
/// </summary>
internal sealed class DependencyContext : AssemblyLoadContext
{
    private const string Engine = "DagShell.Engine";
    private const string Pictures = "DagShell.Pictures";
    private const string Transports = "DagShell.Transports";

    private static readonly Lazy<DependencyContext> Only = new(() => new DependencyContext());

    private readonly string _folder = Path.Combine(PlatformImages.ModuleFolder, "lib");

    private DependencyContext()
        : base("DagShell")
    {
    }

    /// <summary>
    /// Gives PowerShell's context the assemblies that the module itself refers to, and no others: nobody else asks for them. A handler of
    /// <see cref="AssemblyLoadContext.Resolving"/>.
    /// </summary>
    public static Assembly? ResolveOwn(AssemblyLoadContext asking, AssemblyName name) =>
        name.Name is Engine or Pictures ? Only.Value.LoadFromFolder(name.Name) : null;

    /// <summary>What opens sessions over a command's input and output. It needs a newer PowerShell than the module does.</summary>
    public static Assembly LoadTransports() => Only.Value.LoadFromFolder(Transports)!;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name switch
    {
        // The module and its dependencies must mean the same types by these, wherever the module found them.
        "DagShell.Model" => typeof(NodeState).Assembly,
        Engine => EngineOfModule(),
        { } name => LoadFromFolder(name),
        null => null,
    };

    /// <remarks>Not a part of <see cref="Load"/>: the engine's types cannot be loaded before that is compiled.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Assembly EngineOfModule() => typeof(DagGraph).Assembly;

    /// <summary>
    /// Loads an assembly of the folder, its image for the platform where there is one; null if the folder has none of that name, which is
    /// PowerShell's or .NET's then.
    /// </summary>
    private Assembly? LoadFromFolder(string name)
    {
        string file = Path.Combine(_folder, name + ".dll");
        if (!File.Exists(file))
        {
            return null;
        }

        string image = Path.Combine(PlatformImages.Folder, name + ".dll");
        try
        {
            return LoadFromAssemblyPath(File.Exists(image) ? image : file);
        }
        catch (BadImageFormatException)
        {
            return LoadFromAssemblyPath(file);
        }
    }
}

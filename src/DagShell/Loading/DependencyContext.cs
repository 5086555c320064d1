using System.Reflection;
using System.Runtime.Loader;

namespace DagShell.Loading;

/// <summary>
/// The load context of the module's dependencies: what lies in <c>lib</c> beside the module is loaded here, so that another module's
/// Polly, whatever its version and whenever it is loaded, is never taken for ours, nor ours for its.
/// </summary>
internal sealed class DependencyContext : AssemblyLoadContext
{
    private const string EngineAssembly = "DagShell.Engine";

    private static readonly Lazy<DependencyContext> Only = new(() => new DependencyContext());

    private readonly string _folder = Path.Combine(Path.GetDirectoryName(typeof(DependencyContext).Assembly.Location)!, "lib");

    private DependencyContext()
        : base("DagShell")
    {
    }

    /// <summary>
    /// Gives PowerShell's context the engine from here, and nothing else: only the module asks for it by that name. A handler of
    /// <see cref="AssemblyLoadContext.Resolving"/>.
    /// </summary>
    public static Assembly? ResolveEngine(AssemblyLoadContext asking, AssemblyName name) =>
        name.Name == EngineAssembly ? Only.Value.LoadFromFolder(EngineAssembly) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name switch
    {
        // The module and its dependencies must mean the same types by these.
        "DagShell.Model" => typeof(NodeState).Assembly,
        { } name => LoadFromFolder(name),
        null => null,
    };

    /// <summary>Loads an assembly of the folder; null if it has none of that name, which is PowerShell's or .NET's then.</summary>
    private Assembly? LoadFromFolder(string name)
    {
        string file = Path.Combine(_folder, name + ".dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file) : null;
    }
}

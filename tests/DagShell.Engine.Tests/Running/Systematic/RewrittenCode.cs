using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Coyote;
using Microsoft.Coyote.Rewriting;

namespace DagShell.Engine.Tests.Running.Systematic;

/// <summary>
/// A second copy of the engine, of Polly and of these tests, rewritten so that Coyote decides at every lock, task and
/// access to a field which thread goes on. Made once, in a temporary folder, and loaded beside the first.
/// </summary>
public sealed class RewrittenCode : IDisposable
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string[] Names = ["DagShell.Engine", "Polly.Core", "DagShell.Engine.Tests"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("DagShell.Engine.Tests.");
    private readonly Assembly _tests;

    public RewrittenCode()
    {
        Rewrite(AppContext.BaseDirectory, _folder.FullName);
        _tests = new RewrittenContext(_folder).LoadFromAssemblyName(new AssemblyName(Names[^1]));
    }

    /// <summary>The rewritten twin of a static method.</summary>
    public Func<Task> TwinOf(Func<Task> method) =>
        _tests.GetType(method.Method.DeclaringType!.FullName!, throwOnError: true)!
            .GetMethod(method.Method.Name, Members)!
            .CreateDelegate<Func<Task>>();

    public void Dispose() => _folder.Delete(recursive: true);

    // What "coyote rewrite" does. The library has no public way to it, and the tool would have to be installed.
    private static void Rewrite(string from, string to)
    {
        Type engine = typeof(RewritingEngine);
        Type optionsType = engine.Assembly.GetType("Microsoft.Coyote.Rewriting.RewritingOptions", throwOnError: true)!;
        object options = optionsType.GetMethod("Create", Members)!.Invoke(null, null)!;
        Set("AssembliesDirectory", from);
        Set("OutputDirectory", to);
        Set("AssemblyPaths", Names.Select(name => Path.Combine(from, name + ".dll")).ToHashSet());

        MethodInfo run = engine.GetMethods(Members).Single(method => method.Name == "Run" && method.IsStatic);
        Configuration configuration = Configuration.Create();
        object?[] arguments =
        [
            options,
            configuration,
            Activator.CreateInstance(run.GetParameters()[2].ParameterType, Members, null, [configuration, false], null),
            Activator.CreateInstance(run.GetParameters()[3].ParameterType, Members, null, [], null),
        ];
        run.Invoke(null, arguments);

        void Set(string property, object value) => optionsType.GetProperty(property, Members)!.SetValue(options, value);
    }

    /// <summary>Finds the rewritten assemblies in their folder, and all others where they are.</summary>
    private sealed class RewrittenContext(DirectoryInfo folder) : AssemblyLoadContext("Rewritten")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (!Names.Contains(assemblyName.Name))
            {
                return null;
            }

            // From a stream, so that the file can be deleted.
            using FileStream file = File.OpenRead(Path.Combine(folder.FullName, assemblyName.Name + ".dll"));
            return LoadFromStream(file);
        }
    }
}

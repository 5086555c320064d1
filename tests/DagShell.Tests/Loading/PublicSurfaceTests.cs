using System.Reflection;
using System.Runtime.Loader;

namespace DagShell.Tests.Loading;

/// <summary>
/// PowerShell looks through the public types of the module's assembly before the module can say where its dependencies are: none of
/// these types may need one.
/// </summary>
public class PublicSurfaceTests : ShellTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private Assembly Module => ((Type)Run("[DagShell.DagNode]").Single!).Assembly;

    [Fact]
    public void The_engine_is_loaded_in_a_context_of_its_own()
    {
        Run("New-DagNode A { }");

        Assembly[] engines = [.. AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.GetName().Name == "DagShell.Engine")];

        Assembly engine = Assert.Single(engines);
        Assert.NotEqual(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(engine));
        Assert.Equal(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(Module));
    }

    [Fact]
    public void No_public_type_exposes_or_derives_from_one_of_the_private_context()
    {
        Run("New-DagNode A { }");
        Assembly module = Module;
        List<string> exposed = [];
        foreach (Type type in module.ExportedTypes)
        {
            IEnumerable<Type> needed = Ancestors(type).Concat(type.GetMembers(Everything).Where(IsVisible).SelectMany(TypesOf));
            exposed.AddRange(needed.SelectMany(Parts).Where(IsPrivate).Select(found => $"{type}: {found}"));
        }

        Assert.NotEmpty(module.ExportedTypes);
        Assert.Empty(exposed.Distinct());
    }

    [Fact]
    public void Scripts_can_name_the_types_that_they_are_given()
    {
        ShellResult result = Run("""
            try { New-DagNode A { } -DependsOn B | Invoke-Dag } catch [DagShell.InvalidDagException] { $problem = $_.Exception.Problems[0]; $problem -is [DagShell.GraphProblem]; $problem.Nodes[0] }
            [DagShell.NodeState]::Failed; [DagShell.RunStatus]::Failed; [DagShell.TriggerRule]::AllDone; [DagShell.RetryBackoff]::Linear
            """);

        Assert.Equal(["True", "A", "Failed", "Failed", "AllDone", "Linear"], result.Text);
    }

    /// <summary>What must be there for a type to be loaded: its bases and interfaces, public or not.</summary>
    private static IEnumerable<Type> Ancestors(Type type)
    {
        foreach (Type contract in type.GetInterfaces())
        {
            yield return contract;
        }

        for (Type? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            yield return ancestor;
        }
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        EventInfo happening => IsVisible(happening.AddMethod!),
        _ => true,
    };

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType),
        MethodBase constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        FieldInfo field => [field.FieldType],
        PropertyInfo property => [property.PropertyType],
        EventInfo happening => [happening.EventHandlerType!],
        _ => [],
    };

    /// <summary>A type and what it is made of: <c>IReadOnlyList&lt;Edge&gt;</c> exposes <c>Edge</c>.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        IEnumerable<Type> inner = type.HasElementType ? [type.GetElementType()!] : type.GenericTypeArguments;
        return inner.SelectMany(Parts).Append(type);
    }

    private static bool IsPrivate(Type type) => AssemblyLoadContext.GetLoadContext(type.Assembly) != AssemblyLoadContext.Default;
}

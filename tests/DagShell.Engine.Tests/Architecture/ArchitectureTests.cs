using System.Reflection;
using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Architecture;

/// <summary>The plan of the house: arrows between files and folders go one way, and none goes from the engine up to PowerShell.</summary>
public sealed class ArchitectureTests
{
    /// <summary>Users go both ways: <c>$result.Run</c>, <c>$run.Nodes</c>.</summary>
    private static readonly string[] CirclesOfUsers = ["DagNodeResult.cs ↔ DagRun.cs"];

    /// <summary>The namespaces that every file sees without asking for it.</summary>
    private static readonly string[] AlwaysSeen =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks"];

    private static readonly string[] ProjectNames = [.. Directory.EnumerateFiles(Sources(), "*.csproj", SearchOption.AllDirectories)
        .Select(file => Path.GetFileNameWithoutExtension(file))];

    public static TheoryData<string> Projects => [.. ProjectNames];

    [Fact]
    public void All_projects_are_looked_at() => Assert.Superset(
        new HashSet<string> { "DagShell", "DagShell.Engine", "DagShell.Model", "DagShell.Pictures" },
        ProjectNames.ToHashSet());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Neither_files_nor_folders_need_one_another_in_a_circle(string project)
    {
        SourceMap map = SourceMap.Of(Path.Combine(Sources(), project));

        Assert.NotEqual(0, map.FileCount);
        Assert.Empty(map.FileCycles().Except(CirclesOfUsers));
        Assert.Empty(map.FolderCycles());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_are_namespaces(string project) =>
        Assert.Empty(SourceMap.Of(Path.Combine(Sources(), project)).Misplaced(project == "DagShell.Model" ? "DagShell" : project));

    [Fact]
    public void A_name_stands_for_one_type()
    {
        string[] names = [.. ProjectNames.SelectMany(project => SourceMap.Of(Path.Combine(Sources(), project)).Types)];
        IEnumerable<string> framework = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly =>
                assembly.GetName().Name is "System.Private.CoreLib" or "System.Runtime" or "System.Collections" or "System.Linq")
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => AlwaysSeen.Contains(type.Namespace) && !type.IsNested)
            .Select(type => type.Name);

        Assert.Contains("DagNode", names);
        Assert.Contains("StreamWriter", framework);
        Assert.Empty(names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.Empty(names.Intersect(framework));
    }

    [Fact]
    public void What_the_module_says_to_users_takes_nothing_but_words_and_numbers() =>
        Assert.Empty(SourceMap.Of(Path.Combine(Sources(), "DagShell")).NeedsOf("Texts/Messages.cs"));

    [Fact]
    public void The_engine_needs_nothing_but_the_model_the_framework_and_Polly()
    {
        string[] allowed = ["DagShell.Model", "Polly.Core", "netstandard", "mscorlib"];

        Assert.Empty(typeof(Scheduler).Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal)
                || name.StartsWith("System.Management", StringComparison.Ordinal))
            .Except(allowed));
    }

    [Fact]
    public void No_text_of_the_engine_speaks_PowerShell()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Sources(), "DagShell.Engine"), "*.cs", SearchOption.AllDirectories))
        {
            // Comments may: they tell what a member is for.
            IEnumerable<string> code = File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
            Assert.DoesNotMatch("""Invoke-Dag|New-Dag|@\{\{| -[A-Z][a-z]+[A-Z]?""", string.Join('\n', code));
        }
    }

    [Fact]
    public void A_circle_of_files_is_found_with_all_that_are_in_it()
    {
        SourceMap map = new(new Dictionary<string, string>
        {
            ["One/A.cs"] = "class A { B b; }",
            ["One/B.cs"] = "record B(C c);",
            ["Two/C.cs"] = "interface C { void Take(A a); }",
            ["Two/D.cs"] = "enum D { None }",
        });

        Assert.Equal(["One/A.cs ↔ One/B.cs ↔ Two/C.cs"], map.FileCycles());
        Assert.Equal(["One ↔ Two"], map.FolderCycles());
    }

    [Fact]
    public void A_file_in_another_namespace_than_its_folder_is_found()
    {
        SourceMap map = new(new Dictionary<string, string>
        {
            ["A.cs"] = "namespace House;",
            ["One/B.cs"] = "namespace House.One;",
            ["One/Two/C.cs"] = "using System;\n\nnamespace House.One;",
        });

        Assert.Equal(["One/Two/C.cs is in House.One"], map.Misplaced("House"));
    }

    [Fact]
    public void Folders_can_need_one_another_where_files_do_not()
    {
        SourceMap map = new(new Dictionary<string, string>
        {
            ["One/A.cs"] = "class A { B b; }",
            ["Two/B.cs"] = "struct B { }",
            ["Two/C.cs"] = "class C : D { }",
            ["One/D.cs"] = "class D { /// <see cref=\"C\"/>\n string s = \"C\"; // C\n }",
        });

        Assert.Empty(map.FileCycles());
        Assert.Equal(["One ↔ Two"], map.FolderCycles());
    }

    private static string Sources() => typeof(ArchitectureTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == nameof(Sources)).Value!;
}

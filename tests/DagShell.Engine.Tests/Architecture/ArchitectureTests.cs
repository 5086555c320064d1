using System.Reflection;
using DagShell.Engine.Running;
using Xunit;

namespace DagShell.Engine.Tests.Architecture;

/// <summary>The plan of the engine's house: arrows between its files and folders go one way, and none goes up to PowerShell.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Neither_files_nor_folders_need_one_another_in_a_circle()
    {
        SourceMap map = SourceMap.Of(EngineSources());

        Assert.True(map.FileCount > 50, $"Only {map.FileCount} files were found.");
        Assert.Empty(map.FileCycles());
        Assert.Empty(map.FolderCycles());
    }

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
        foreach (string file in Directory.EnumerateFiles(EngineSources(), "*.cs", SearchOption.AllDirectories))
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

    private static string EngineSources() => typeof(ArchitectureTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == nameof(EngineSources)).Value!;
}

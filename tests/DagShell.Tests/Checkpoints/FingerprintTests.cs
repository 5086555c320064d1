using System.Diagnostics;

namespace DagShell.Tests.Checkpoints;

/// <summary>
/// A node is restored only if all that it is made of is as it was; where that cannot be known it runs, and it is said why.
/// </summary>
public sealed class FingerprintTests : CheckpointTests
{
    [Theory]
    [InlineData("a class three levels down",
        "class Leaf { [int] $N } class Branch { [Leaf] $Leaf } class Tree { [Branch] $Branch }",
        "$v = [Tree]@{ Branch = [Branch]@{ Leaf = [Leaf]@{ N = 1 } } }", "$v = [Tree]@{ Branch = [Branch]@{ Leaf = [Leaf]@{ N = 2 } } }")]
    [InlineData("a hidden field of a class", "class Box { hidden [int] $N }", "$v = [Box]@{ N = 1 }", "$v = [Box]@{ N = 2 }")]
    [InlineData("a class in a list in a table", "class Box { [int] $N }",
        "$v = @{ a = , [Box]@{ N = 1 } }", "$v = @{ a = , [Box]@{ N = 2 } }")]
    [InlineData("deep", "", "$v = 1; 1..40 | % { $v = @{ inner = , $v } }", "$v = 2; 1..40 | % { $v = @{ inner = , $v } }")]
    [InlineData("a custom object five levels down", "",
        "$v = [pscustomobject]@{ a = [pscustomobject]@{ b = [pscustomobject]@{ c = [pscustomobject]@{ d = 1 } } } }",
        "$v = [pscustomobject]@{ a = [pscustomobject]@{ b = [pscustomobject]@{ c = [pscustomobject]@{ d = 2 } } } }")]
    [InlineData("a script that was added", "",
        "$v = [pscustomobject]@{ a = 1 }; $v.psobject.Members.Add([psscriptproperty]::new('B', { 1 }))",
        "$v = [pscustomobject]@{ a = 1 }; $v.psobject.Members.Add([psscriptproperty]::new('B', { 2 }))")]
    [InlineData("a method that was added", "",
        "$v = [pscustomobject]@{ a = 1 }; $v.psobject.Members.Add([psscriptmethod]::new('B', { 1 }))",
        "$v = [pscustomobject]@{ a = 1 }; $v.psobject.Members.Add([psscriptmethod]::new('B', { 2 }))")]
    [InlineData("what is in a cycle", "", "$v = @{ n = 1 }; $v.self = $v", "$v = @{ n = 2 }; $v.self = $v")]
    [InlineData("the name of a type", "", "$v = [pscustomobject]@{ PSTypeName = 'A'; n = 1 }",
        "$v = [pscustomobject]@{ PSTypeName = 'B'; n = 1 }")]
    public void A_value_that_changed_is_seen(string what, string classes, string before, string after)
    {
        Assert.NotEmpty(what);
        const string Nodes = "New-DagNode A { ($using:ran).Enqueue('A'); $null = $using:v }";
        RunWith($"{classes}\n{before}; {Nodes}");
        ShellResult same = RunWith($"{classes}\n{before}; {Nodes}", "-Resume");
        Assert.Empty(same.Streams.Warning);
        Assert.Empty(TakeRan());

        RunWith($"{classes}\n{after}; {Nodes}", "-Resume");
        Assert.Equal(["A"], TakeRan());
    }

    [Theory]
    [InlineData("function f { 1 }", "function f { 2 }", "f")]
    [InlineData("function f { g }; function g { 1 }", "function f { g }; function g { 2 }", "f")]
    [InlineData("function f { zz }; function g { 1 }; ${alias:zz} = 'g'",
        "function f { zz }; function g { 1 }; function k { 1 }; ${alias:zz} = 'k'", "f")]
    [InlineData("filter f { 1 }", "function f { 1 }", "f")]
    public void A_function_that_changed_is_seen(string before, string after, string call)
    {
        foreach (string how in new[] { "", "-Sequential" })
        {
            File.Delete(Journal);
            string nodes = $"New-DagNode A {{ ($using:ran).Enqueue('A'); {call} }}; New-DagNode B {{ ($using:ran).Enqueue('B') }}";
            RunWith($"{before}; {nodes}", how);
            RunWith($"{before}; {nodes}", $"{how} -Resume");
            Assert.Empty(TakeRan());

            RunWith($"{after}; {nodes}", $"{how} -Resume");
            Assert.Equal(["A"], TakeRan());
        }
    }

    [Theory]
    [InlineData("1.0", "1.1", "function Get-It { 1 }", true)]
    [InlineData("1.0", "1.0", "function Get-It { 1 }", false)]
    [InlineData(null, null, "function Get-It { 1 }", false)]
    [InlineData(null, null, "function Get-It { 2 }", true)]
    public void A_module_that_changed_is_seen(string? before, string? after, string textAfter, bool isAnother)
    {
        const string Nodes = "New-DagNode A { ($using:ran).Enqueue('A'); Get-It }";
        string manifest = Module(before, "function Get-It { 1 }");
        RunWith($"Import-Module '{manifest}' -Force; {Nodes}");
        manifest = Module(after, textAfter);
        RunWith($"Import-Module '{manifest}' -Force; {Nodes}", "-Resume");

        Assert.Equal(isAnother ? ["A"] : [], TakeRan());
    }

    [Fact]
    public void A_function_that_the_session_has_from_an_older_file_of_its_module_is_not_taken_for_the_new_one()
    {
        const string Nodes = "New-DagNode A { ($using:ran).Enqueue(\"A$(Get-It)\") }";
        string module = Module(null, "function Get-It { 1 }");
        RunWith($"Import-Module '{module}' -Force; {Nodes}");
        Module(null, "function Get-It { 2 }");
        RunWith(Nodes, "-Resume");
        Assert.Equal(["A1"], TakeRan());

        RunWith($"Import-Module '{module}' -Force; {Nodes}", "-Resume");
        Assert.Equal(["A2"], TakeRan());
    }

    [Fact]
    public void A_script_file_that_changed_is_seen()
    {
        string file = Folder.Write("work.ps1", "1");
        string nodes = $"New-DagNode A {{ ($using:ran).Enqueue('A'); & '{file}' }}";
        RunWith(nodes);
        RunWith(nodes, "-Resume");
        Assert.Empty(TakeRan());

        Folder.Write("work.ps1", "2");
        RunWith(nodes, "-Resume");
        Assert.Equal(["A"], TakeRan());
    }

    [Fact]
    public void Whether_a_module_is_loaded_already_is_no_change()
    {
        const string Nodes = "New-DagNode A { ($using:ran).Enqueue('A'); Start-Sleep -Milliseconds 1; Get-Item . | Out-Null }";
        RunWith(Nodes);
        Run("Start-Sleep -Milliseconds 1; Get-Item . | Out-Null");
        RunWith(Nodes, "-Resume");

        Assert.Empty(TakeRan());
    }

    [Fact]
    public void A_file_is_the_same_as_long_as_it_was_not_written_to()
    {
        string file = Folder.Write("data.txt", "one");
        string nodes = $"$v = [IO.FileInfo]'{file}'; New-DagNode A {{ ($using:ran).Enqueue('A'); $null = $using:v }}";
        RunWith(nodes);
        RunWith(nodes, "-Resume");
        Assert.Empty(TakeRan());

        Folder.Write("data.txt", "three");
        RunWith(nodes, "-Resume");
        Assert.Equal(["A"], TakeRan());
    }

    [Theory]
    [InlineData("$v = [System.Threading.Tasks.TaskCompletionSource[int]]::new().Task", "Task")]
    [InlineData("$v = [System.Linq.Enumerable]::Range(0, [int]::MaxValue)", "RangeIterator")]
    [InlineData("$v = @{ a = , [System.Threading.Thread]::CurrentThread }", "Thread")]
    [InlineData("$n = 1; $v = { $n }.GetNewClosure()", "ScriptBlock")]
    [InlineData("$v = 1; 1..300 | % { $v = , $v }", "200 levels")]
    [InlineData("$v = $blocking", "BlockingObject")]
    [InlineData("$v = @{ [version] '1.0' = 1; [object]::new() = 2 }", "System.Object")]
    public void What_cannot_be_known_runs_again_with_a_word(string value, string told)
    {
        Shell["blocking"] = new BlockingObject();
        string nodes = $"{value}; New-DagNode A {{ ($using:ran).Enqueue('A'); $null = $using:v }}";
        long start = Stopwatch.GetTimestamp();
        ShellResult first = RunWith(nodes);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 30);
        string warning = Assert.Single(first.Streams.Warning);
        Assert.Contains("$using:v", warning, StringComparison.Ordinal);
        Assert.Contains("'A'", warning, StringComparison.Ordinal);
        Assert.Contains(told, warning, StringComparison.Ordinal);

        ShellResult second = RunWith(nodes, "-Resume -Verbose");
        Assert.Equal(["A"], TakeRan());
        Assert.Contains("[A] runs again: $using:v changed", second.Streams.Verbose);
    }

    [Fact]
    public void One_word_for_many_nodes()
    {
        ShellResult result =
            RunWith("$v = [System.Threading.Thread]::CurrentThread; 1..40 | % { New-DagNode \"N$_\" { $null = $using:v } }");

        Assert.Contains("'N1' and 39 others", Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_whose_nodes_point_back_to_its_root_is_looked_at_once()
    {
        const string Script = """
            function Grow($parent, $level) {
                $node = @{ Parent = $parent; Root = $root; Level = $level; Children = [Collections.ArrayList]::new() }
                if ($null -eq $root) { $root = $node }
                if ($level -lt 4) { 1..8 | % { [void]$node.Children.Add((Grow $node ($level + 1))) } }
                $node
            }
            $root = $null; $v = Grow $null 0
            New-DagNode A { ($using:ran).Enqueue('A'); $null = $using:v }
            """;
        RunWith(Script);
        ShellResult result = RunWith(Script, "-Resume");

        Assert.Empty(result.Streams.Warning);
        Assert.Empty(TakeRan());
    }

    [Fact]
    public void A_secret_is_on_record_as_a_slow_salted_hash_and_each_journal_has_a_salt_of_its_own()
    {
        Shell["secret"] = Secret("hunter2");
        const string Nodes = "New-DagNode A { ($using:ran).Enqueue('A'); $null = $using:secret }";
        RunWith(Nodes);
        string first = File.ReadAllText(Journal);
        Shell["secret"] = Secret("hunter2");
        RunWith(Nodes, "-Resume");
        Assert.Empty(TakeRan());

        Shell["secret"] = Secret("hunter3");
        RunWith(Nodes, "-Resume");
        Assert.Equal(["A"], TakeRan());
        Assert.Contains("\"salt\":\"", first, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", File.ReadAllText(Journal), StringComparison.Ordinal);

        Shell["secret"] = Secret("hunter2");
        RunWith(Nodes, "-Force");
        Assert.NotEqual(Definition(first), Definition(File.ReadAllText(Journal)));

        static string Definition(string journal) => System.Text.RegularExpressions.Regex.Match(journal, "using:secret=[^|\"]*").Value;
    }

    [Fact]
    public void Verbose_says_of_each_node_why_it_is_restored_or_not()
    {
        const string Script = """
            function f { 'F' }
            New-DagNode same { }
            New-DagNode script { 'TEXT' }
            New-DagNode value { $using:v }
            New-DagNode rule -DependsOn same -TriggerRule RULE { }
            New-DagNode call { f }
            New-DagNode param { param($P) $P }
            New-DagNode after -DependsOn value { }
            NEW
            """;
        RunWith("$v = 1;" + Script.Replace("RULE", "AllDone", StringComparison.Ordinal)
            .Replace("NEW", "", StringComparison.Ordinal), "-Parameter @{ P = 1 }");
        ShellResult result = RunWith(
            "$v = 2;" + Script.Replace("RULE", "AllSucceeded", StringComparison.Ordinal).Replace("'F'", "'G'", StringComparison.Ordinal)
                .Replace("TEXT", "text", StringComparison.Ordinal).Replace("NEW", "New-DagNode new { }", StringComparison.Ordinal),
            "-Resume -Verbose -Parameter @{ P = 2 }");

        string[] said = [.. result.Streams.Verbose.Where(line =>
            line.Contains("run", StringComparison.Ordinal) || line.Contains("restored", StringComparison.Ordinal))];
        Assert.Contains("[same] restored from the checkpoint: it is done, and has not changed", said);
        Assert.Contains("[script] runs again: its script changed", said);
        Assert.Contains("[value] runs again: $using:v changed", said);
        Assert.Contains("[rule] runs again: -TriggerRule changed", said);
        Assert.Contains("[call] runs again: functions or script files that it calls changed", said);
        Assert.Contains("[param] runs again: -Parameter P changed", said);
        Assert.Contains("[after] runs again: it depends on 'value', which runs", said);
        Assert.Contains("[new] runs: the checkpoint does not know it", said);
        Assert.Contains("[bad] runs: it was not done, or what it gave out was not written", said);
    }

    private static System.Security.SecureString Secret(string text)
    {
        var secret = new System.Security.SecureString();
        foreach (char character in text)
        {
            secret.AppendChar(character);
        }

        return secret;
    }

    private string Module(string? version, string text)
    {
        string file = Folder.Write("Thing.psm1", text);
        return version is null
            ? file
            : Folder.Write("Thing.psd1", $"@{{ ModuleVersion = '{version}'; RootModule = 'Thing.psm1'; FunctionsToExport = 'Get-It' }}");
    }

    /// <summary>Runs nodes beside one that fails, so that there is something to resume.</summary>
    private ShellResult RunWith(string nodes, string parameters = "")
    {
        if (!parameters.Contains("-Resume", StringComparison.Ordinal))
        {
            Ran.Clear();
        }

        ShellResult result = Run($"& {{ {nodes}\nNew-DagNode bad {{ throw 'as ever' }} }} | Invoke-Dag -Checkpoint $journal {parameters}");
        if (!parameters.Contains("-Resume", StringComparison.Ordinal))
        {
            Ran.Clear();
        }

        return result;
    }
}

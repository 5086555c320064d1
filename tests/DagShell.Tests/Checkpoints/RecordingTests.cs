using System.Collections;
using System.Diagnostics;
using System.Management.Automation;

namespace DagShell.Tests.Checkpoints;

/// <summary>To record what nodes gave out is work with an end; what is recorded comes back as PSSerializer would have brought it.</summary>
public sealed class RecordingTests : CheckpointTests
{
    /// <summary>What only sessions know of files, and what is an object itself, which is written as text.</summary>
    private static readonly string[] Differing =
    [
        "Parent", "Root", "Directory",
        "BaseName", "Mode", "ModeWithoutHardLink", "ResolvedTarget", "NameString", "LengthString", "UnixMode", "User", "Group", "Size",
        "IPAddressToString",
        "VersionInfo",
    ];

    [Theory]
    [InlineData("$using:blocking", "within 5 s")]
    [InlineData(", @($using:blocking)", "within 5 s")]
    [InlineData("[System.Threading.Tasks.TaskCompletionSource[int]]::new().Task", "within 5 s")]
    [InlineData(", [System.Linq.Enumerable]::Repeat('x' * 1000, [int]::MaxValue)", "64 MB|within 5 s")]
    [InlineData(
        "$o = [pscustomobject]@{ a = 1 }; $o.psobject.Members.Add([psscriptproperty]::new('B', { while ($true) { "
        + "[Threading.Thread]::Sleep(10) } })); $o", "within 5 s")]
    public void An_output_that_cannot_be_read_does_not_hold_the_run_up(string output, string told)
    {
        Shell["blocking"] = new BlockingObject();
        long start = Stopwatch.GetTimestamp();
        ShellResult result = Run($$"""
            & {
                New-DagNode A { {{output}} }
                New-DagNode B -DependsOn A { ($using:ran).Enqueue('B') }
            } | Invoke-Dag -Checkpoint $journal -WarningVariable warnings
            """);

        Assert.Equal(["A Succeeded", "B Succeeded"], result.Statuses);
        Assert.Contains(result.Streams.Warning, warning =>
            warning.Contains("'A'", StringComparison.Ordinal) && told.Split('|')
                .Any(limit => warning.Contains(limit, StringComparison.Ordinal)));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 60);
    }

    [Fact]
    public void A_stop_ends_it()
    {
        Shell["blocking"] = new BlockingObject();
        foreach (string how in new[] { "", "-Sequential" })
        {
            using RunningScript running = Shell.Start(
                $"New-DagNode A {{ ($using:ran).Enqueue('A'); $using:blocking }} | Invoke-Dag -Checkpoint $journal -Force {how}");
            Patience.Until(() => Ran.TryDequeue(out _), "A runs");
            running.Stop();
        }
    }

    [Fact]
    public void What_a_script_that_was_added_gives_is_kept()
    {
        Run("""
            & {
                New-DagNode A { $o = [pscustomobject]@{ a = 1 }; $o.psobject.Members.Add([psscriptproperty]::new('B', { $this.a + 1 })); $o }
                New-DagNode bad -DependsOn A { throw 'no' }
            } | Invoke-Dag -Checkpoint $journal
            """);
        ShellResult result = Run("""
            & {
                New-DagNode A { $o = [pscustomobject]@{ a = 1 }; $o.psobject.Members.Add([psscriptproperty]::new('B', { $this.a + 1 })); $o }
                New-DagNode bad -DependsOn A { $Upstream.A.B }
            } | Invoke-Dag -Checkpoint $journal -Resume
            """);

        Assert.Equal([2], result.NodeOutput("bad"));
    }

    [Theory]
    [InlineData("'text', \"`0`r`n`t`u{7f}`u{2028}`u{1F600}_x0041_ _X <>&`\"'\", '', ' '")]
    [InlineData(
        "1, [long]2, [byte]3, [sbyte]-4, [short]5, [ushort]6, [uint]7, [ulong]::MaxValue, 1.5, [float]::NaN, "
        + "[double]::NegativeInfinity, 1.10d")]
    [InlineData(
        "[char]'a', $true, $null, [guid]::Empty, [version]'1.2', [uri]'http://x/?a=b&c', [timespan]'1.02:03:04.5', "
        + "[datetime]'2020-01-02', [datetime]::new(1, 'Utc')")]
    [InlineData("[DayOfWeek]::Monday, [IO.FileShare]3, [xml]'<a>b</a>', { a }")]
    [InlineData("[bigint]5, [ipaddress]'1.2.3.4', [datetimeoffset]'2020-01-01Z', [Text.StringBuilder]'sb'", 2)]
    [InlineData(
        "@{ a = @{ b = @(1, @{ c = 'd' }) } }, [ordered]@{ z = 1; a = 2 }, [pscustomobject]@{ N = 1; L = 1, 2; C = [pscustomobject]@{ D "
        + "= 'e' } }")]
    [InlineData(
        "[Collections.Generic.List[int]](1, 2), [Collections.ArrayList](1, 'x'), [byte[]](1, 2), [int[]](3, 4), "
        + "[Collections.Generic.Dictionary[string,int]]::new()")]
    [InlineData("[IO.DirectoryInfo]'/', [IO.FileInfo]'/etc/hostname'", 2)]
    [InlineData("[pscustomobject]@{ PSTypeName = 'My.Type'; 'a b' = 1; 'q\"<' = 2 }")]
    public void It_comes_back_as_PSSerializer_would_have_brought_it(string script, int depth = 6)
    {
        object?[] output = [.. Run($"$a = @({script}); , $a").Output.Select(item => ((object?[])item.BaseObject)).Single()];
        string? text = OutputText.Write(output, out string? obstacle);
        Assert.Null(obstacle);
        Assert.True(OutputText.TryRead(text!, out object?[]? read));
        var expected = (IList)((PSObject)PSSerializer.Deserialize(PSSerializer.Serialize(output, depth))).BaseObject;
        Assert.Equal(expected.Count, read!.Length);
        for (int i = 0; i < read!.Length; i++)
        {
            Assert.Equal(Describe(expected[i]), Describe(read[i]));
        }
    }

    [Fact]
    public void What_is_used_twice_is_written_once()
    {
        object tree = 1;
        for (int i = 0; i < 40; i++)
        {
            tree = new[] { tree, tree };
        }

        string? text = OutputText.Write([tree], out _);
        Assert.InRange(text!.Length, 1, 10_000);
        Assert.True(OutputText.TryRead(text, out _));
    }

    [Fact]
    public void A_record_that_does_not_decode_makes_its_node_run_again()
    {
        foreach (string text in new[] { "<Objs>",
            "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><I32>x</I32></Objs>", "{}" })
        {
            Assert.False(OutputText.TryRead(text, out _));
        }
    }

    /// <summary>An object's type, text, and parts, in one text.</summary>
    private static string Describe(object? value, int level = 0)
    {
        object? bare = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        string Parts(IEnumerable<string> parts) => level > 5 ? "…" : string.Join(", ", parts);
        return bare switch
        {
            null => "null",
            PSObject custom =>
                $"{string.Join(' ', custom.TypeNames)} {{ "
                + $"{Parts(custom.Properties.Where(IsLasting).OrderBy(p => p.Name)
                    .Select(p => $"{p.Name} = {Describe(p.Value, level + 1)}"))} }}",
            IDictionary table =>
                $"{bare.GetType()} {{ "
                + $"{Parts(table.Keys.Cast<object>().OrderBy(key => key.ToString())
                    .Select(key => $"{Describe(key)} = {Describe(table[key], level + 1)}"))} }}",
            string text => $"string '{text}'",
            System.Xml.XmlDocument document => document.OuterXml,
            IEnumerable items => $"{bare.GetType()} [ {Parts(items.Cast<object?>().Select(item => Describe(item, level + 1)))} ]",
            _ => $"{bare.GetType()} {bare}",
        };
    }

    /// <summary>Whether a property is the same when it is read twice.</summary>
    private static bool IsLasting(PSPropertyInfo property) =>
        !property.Name.Contains("Time", StringComparison.Ordinal) && property.Value is not (null or "")
            && !Differing.Contains(property.Name);
}

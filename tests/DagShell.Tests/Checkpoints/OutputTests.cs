namespace DagShell.Tests.Checkpoints;

/// <summary>What nodes gave out comes back as it was; what is secret is not written.</summary>
public sealed class OutputTests : CheckpointTests
{
    [Fact]
    public void Values_arrays_hashtables_and_custom_objects_come_back_however_deep()
    {
        const string Output = """
            1; 2.5; 'text with "quotes", <tags>, ünïcödé 😀 and
            lines'; $null; $true; [datetime]'2026-01-02T03:04:05Z'; [timespan]'01:02:03'; [guid]'6b0f7c0e-53d7-4f0c-9a39-0a6d1d6f4a55'; [version]'1.2.3'
            , @(1, @(2, @(3, @(4, @(5)))))
            @{ a = @{ b = @{ c = @{ d = 'deep' } } } }
            [pscustomobject]@{ Name = 'x'; Inner = [pscustomobject]@{ List = 1, 2; More = [pscustomobject]@{ Last = 'end' } } }
            """;
        const string Look = """
            $o = $Upstream.A
            $o.Count
            $o[0..4] -join '|'
            $o[5].ToUniversalTime().ToString('o'), $o[6].TotalSeconds, $o[7].ToString(), $o[8].Minor -join '|'
            $o[9][1][1][1][1][0]
            $o[10].a.b.c.d
            $o[11].Inner.List[1], $o[11].Inner.More.Last -join '|'
            $o[0].GetType().Name, $o[5].GetType().Name, $o[6].GetType().Name, $o[7].GetType().Name, $o[8].GetType().Name, $o[10].GetType().Name -join '|'
            """;
        (ShellResult direct, ShellResult resumed) = RunAndResume(Output, Look);

        Assert.NotEmpty(direct.NodeOutput("B"));
        Assert.Equal(direct.NodeOutput("B"), resumed.NodeOutput("B"));
        Assert.Equal(7, direct.NodeOutput("B").Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$null")]
    [InlineData("''")]
    [InlineData("@()")]
    [InlineData(", @()")]
    [InlineData("@{}")]
    [InlineData("0")]
    [InlineData("\"`0`u{1F600}`r`n  <S>\"")]
    public void Little_or_nothing_comes_back_as_that(string output)
    {
        (ShellResult direct, ShellResult resumed) = RunAndResume(
            output, "$null -eq $Upstream.A; @($Upstream.A).Count; \"[$($Upstream.A)]\"; @($input).Count");

        Assert.Equal(direct.NodeOutput("B"), resumed.NodeOutput("B"));
        Assert.Equal(direct.NodeOutput("A").Length, resumed.NodeOutput("A").Length);
    }

    [Fact]
    public void Live_objects_come_back_as_their_properties()
    {
        (_, ShellResult resumed) = RunAndResume("[IO.DirectoryInfo]::new('/tmp/x')", "$Upstream.A.Name; $Upstream.A.PSTypeNames[0]");

        Assert.Equal(["x", "Deserialized.System.IO.DirectoryInfo"], resumed.NodeOutput("B"));
    }

    [Fact]
    public void A_credential_with_nothing_in_it_is_no_secret()
    {
        (_, ShellResult resumed) = RunAndResume("[pscustomobject]@{ Name = 'x'; Credential = [pscredential]::Empty }", "$Upstream.A.Name");

        Assert.Equal(true, resumed.Node("A").Properties["FromCheckpoint"].Value);
        Assert.Equal(["x"], resumed.NodeOutput("B"));
    }

    [Theory]
    [InlineData("$using:secret")]
    [InlineData("[pscredential]::new('user', $using:secret)")]
    [InlineData("1, 2, @(3, @($using:secret))")]
    [InlineData("@{ a = @{ b = @{ c = $using:secret } } }")]
    [InlineData("[pscustomobject]@{ a = 1; b = [pscustomobject]@{ c = @([pscredential]::new('user', $using:secret)) } }")]
    [InlineData("'text' | Add-Member -NotePropertyName hidden -NotePropertyValue $using:secret -PassThru")]
    [InlineData("[Net.NetworkCredential]::new('user', $using:secret)")]
    [InlineData("[Collections.Generic.Dictionary[string, object]]::new() | ForEach-Object { $_['x'] = $using:secret; , $_ }")]
    public void A_secret_is_never_written_and_its_node_runs_again(string output)
    {
        using var secret = new System.Security.SecureString();
        foreach (char character in "hunter2")
        {
            secret.AppendChar(character);
        }

        Shell["secret"] = secret;
        (ShellResult direct, ShellResult resumed) = RunAndResume(output, "'B'");
        string journal = File.ReadAllText(Journal);

        Assert.Equal("Succeeded", direct.Status("A"));
        Assert.Contains("'A'", Assert.Single(direct.Streams.Warning), StringComparison.Ordinal);
        Assert.DoesNotContain("<SS", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", journal, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(System.Text.Encoding.Unicode.GetBytes("hunter2")), journal,
            StringComparison.OrdinalIgnoreCase);
        Assert.Equal(false, resumed.Node("A").Properties["FromCheckpoint"].Value);
        Assert.Equal(["A", "B"], TakeRan());
    }

    [Fact]
    public void A_text_that_looks_like_a_secret_is_none()
    {
        (_, ShellResult resumed) = RunAndResume("'<SS>not secret</SS>'", "$Upstream.A");

        Assert.Equal(["<SS>not secret</SS>"], resumed.NodeOutput("B"));
        Assert.Equal(true, resumed.Node("A").Properties["FromCheckpoint"].Value);
    }

    [Fact]
    public void What_contains_itself_is_not_written()
    {
        (ShellResult direct, ShellResult resumed) = RunAndResume("$h = @{}; $h.self = $h; $h", "'B'");

        Assert.Contains("contains itself", Assert.Single(direct.Streams.Warning), StringComparison.Ordinal);
        Assert.Equal(false, resumed.Node("A").Properties["FromCheckpoint"].Value);
    }

    /// <summary>Runs A, and B, which fails or looks at what A gave out; then resumes with B failing no more.</summary>
    private (ShellResult Direct, ShellResult Resumed) RunAndResume(string output, string look)
    {
        string Script(string parameters) => $$"""
            & {
                New-DagNode A { ($using:ran).Enqueue('A'); {{output}} }
                New-DagNode B -DependsOn A { ($using:ran).Enqueue('B'); {{look}} }
                New-DagNode last -DependsOn B { if (-not $env:DAGSHELL_TEST_OUTPUT_GO) { throw 'not yet' } }
            } | Invoke-Dag -Checkpoint $journal {{parameters}}
            """;
        ShellResult direct = Run("$env:DAGSHELL_TEST_OUTPUT_GO = $null\n" + Script(""));
        TakeRan();

        // B is another node then, and looks at the output anew.
        look += " ";
        ShellResult resumed = Run("$env:DAGSHELL_TEST_OUTPUT_GO = '1'\n" + Script("-Resume"));
        return (direct, resumed);
    }
}

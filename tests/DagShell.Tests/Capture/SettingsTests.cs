namespace DagShell.Tests.Capture;

/// <summary>What holds for the whole of the caller's session holds in nodes.</summary>
public sealed class SettingsTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData("-Off", "000")]
    [InlineData("-Version 1.0", "100")]
    [InlineData("-Version 2.0", "110")]
    [InlineData("-Version 3.0", "111")]
    [InlineData("-Version Latest", "111")]
    public void Strict_mode_is_the_callers(string strict, string expected)
    {
        const string Ask = """
            -join @(try { $null = $undefined; 0 } catch { 1 }; try { $null = 'x'.Undefined; 0 } catch { 1 }; try { $null = @(1)[5]; 0 } catch { 1 })
            """;
        foreach (string how in (string[])["", "-Sequential"])
        {
            ShellResult result = Run($$"""
                Set-StrictMode {{strict}}
                function Ask { {{Ask}} }
                (New-DagNode A { {{Ask}} }), (New-DagNode B { param($Given) Ask } -DependsOn A) | Invoke-Dag -ThrottleLimit 1 {{how}}
                "errors $($Error.Count)"
                """);
            Assert.Equal([expected], result.NodeOutput("A"));
            Assert.Equal([expected], result.NodeOutput("B"));
            if (how.Length == 0)
            {
                Assert.Equal("errors 0", result.Text[^1]);
            }
        }
    }

    [Fact]
    public void Strict_mode_that_a_node_sets_is_its_own()
    {
        ShellResult result = Run("""
            Set-StrictMode -Version 1
            (New-DagNode A { Set-StrictMode -Off; "$($undefined)" }), (New-DagNode B { try { $null = $undefined; 0 } catch { 1 } } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            """);
        Assert.Equal([string.Empty], result.NodeOutput("A"));
        Assert.Equal([1], result.NodeOutput("B"));
    }

    [Fact]
    public void The_callers_drives_are_there_and_a_location_on_one()
    {
        _folder.Write("sub/x.txt", "text");
        ShellResult result = Run("""
            $null = New-PSDrive -Name Mine -PSProvider FileSystem -Root $folder
            Set-Location Mine:/sub
            try { New-DagNode A { Get-Content Mine:/sub/x.txt; Get-Content x.txt; "$PWD" } | Invoke-Dag }
            finally { Set-Location /; Remove-PSDrive Mine }
            """, ("folder", _folder.FullName));
        Assert.Equal(["text", "text", "Mine:/sub"], result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("Env:/")]
    [InlineData("Function:/")]
    [InlineData("Variable:/")]
    public void A_location_that_is_no_folder_is_the_nodes_too_and_after_it_the_next_ones(string location)
    {
        ShellResult result = Run($$"""
            Set-Location {{location}}
            try {
                (New-DagNode A { "$PWD"; Set-Location /; "$PWD" }), (New-DagNode B { "$PWD" } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            }
            finally { Set-Location / }
            """);
        Assert.Equal([location, "/"], result.NodeOutput("A"));
        Assert.Equal([location], result.NodeOutput("B"));
    }

    [Theory]
    [InlineData("-ThrottleLimit 1")]
    [InlineData("-Sequential")]
    public void Every_node_begins_where_the_run_did_on_each_drive(string how)
    {
        _folder.Write("sub/deep/x.txt", string.Empty);
        ShellResult result = Run($$"""
            $null = New-PSDrive -Name Mine -PSProvider FileSystem -Root $folder
            function Get-Where { "$PWD $(Get-Location -PSDrive Mine) $((Get-Location -PSProvider FileSystem).Path)" }
            Set-Location Mine:/sub/deep
            Set-Location -LiteralPath $folder
            Set-Location Env:/
            Push-Location Function:/
            try {
                Get-Where
                $nodes = @(
                    New-DagNode A { Get-Where; Push-Location Mine:/; Set-Location /; Set-Location Env:/; Push-Location Env:/ }
                    New-DagNode B { Get-Where; Set-Location Variable:/; throw 'x' } -DependsOn A -ContinueOnError -When { Get-Where; $true }
                    New-DagNode C { Get-Where; Pop-Location -ErrorAction Ignore } -DependsOn B
                    New-DagNode D { Get-Where } -DependsOn C
                )
                $nodes | Invoke-Dag {{how}} -ErrorAction SilentlyContinue | ForEach-Object { $_.Output }
                Get-Where
                "$(Get-Location -Stack)"
            }
            finally { while ((Get-Location -Stack).Count) { Pop-Location }; Set-Location /; Remove-PSDrive Mine }
            """, ("folder", _folder.FullName));

        Assert.Equal([.. Enumerable.Repeat($"Function:/ Mine:/sub/deep {_folder.FullName}", 5), "Env:/"], result.Text);
    }

    [Fact]
    public void Who_follows_in_the_pipeline_may_go_elsewhere_and_nodes_begin_where_the_first_script_of_the_session_went()
    {
        ShellResult result = Run("""
            Set-Location -LiteralPath $folder
            $nodes = (New-DagNode A { "$PWD"; Set-Location Env:/ }), (New-DagNode B { "$PWD" } -DependsOn A)
            $nodes | Invoke-Dag -Sequential | ForEach-Object { $_.Output; Set-Location Function:/ }
            "$PWD"
            Set-Location -LiteralPath $folder
            $nodes | Invoke-Dag -Sequential -InitializationScript { Set-Location Variable:/ } | ForEach-Object { $_.Output; "$PWD" }
            $nodes | Invoke-Dag -InitializationScript { Set-Location Variable:/ } | ForEach-Object { $_.Output; "$PWD" }
            Set-Location /
            """, ("folder", _folder.FullName));

        string folder = _folder.FullName;
        string[] inSession = ["Variable:/", folder, "Variable:/", folder];
        Assert.Equal([folder, folder, "Function:/", .. inSession, .. inSession], result.Text);
    }

    [Fact]
    public void A_current_folder_that_was_removed_is_a_warning()
    {
        string gone = Path.GetDirectoryName(_folder.Write("gone/x", string.Empty))!;
        ShellResult result = Run("""
            Set-Location $gone
            try { [System.IO.Directory]::Delete($gone, $true); New-DagNode A { 'ran' } | Invoke-Dag }
            finally { Set-Location / }
            """, ("gone", gone));
        Assert.Equal(["ran"], result.NodeOutput("A"));
        Assert.Contains(gone, Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_removes_the_folder_it_is_in_does_no_harm_to_the_next()
    {
        string gone = Path.GetDirectoryName(_folder.Write("gone/x", string.Empty))!;
        ShellResult result = Run("""
            (New-DagNode A { Set-Location $using:gone; [System.IO.Directory]::Delete($using:gone, $true); 1 }), (New-DagNode B { "$PWD" } -DependsOn A) | Invoke-Dag -ThrottleLimit 1
            "$PWD"
            """, ("gone", gone));
        Assert.Equal([result.Text[^1]], result.NodeOutput("B"));
    }

    [Theory]
    [InlineData("-MemberType ScriptProperty -Value { \"double $($this * 2) $(if ($DagNode) { 'in node' })\" }", "double 14 in node")]
    [InlineData("-MemberType NoteProperty -Value noted", "noted")]
    [InlineData(
        "-MemberType AliasProperty -Value Name -TypeName System.IO.FileInfo -Force; $null = Update-TypeData -TypeName System.Int32 "
        + "-MemberName Twice -MemberType ScriptProperty -Value { 'again' }", "again")]
    public void Type_data_is_there(string data, string expected)
    {
        string type = data.Contains("-TypeName", StringComparison.Ordinal) ? string.Empty : "-TypeName System.Int32";
        ShellResult result = Run($$"""
            Update-TypeData -MemberName Twice {{type}} {{data}}
            try { 1..4 | ForEach-Object { New-DagNode "N$_" { (7).Twice } } | Invoke-Dag -ThrottleLimit 4 }
            finally { Remove-TypeData -TypeName System.Int32; Remove-TypeData -TypeName System.IO.FileInfo -ErrorAction Ignore }
            """);
        Assert.All(Enumerable.Range(1, 4), i => Assert.Equal([expected], result.NodeOutput($"N{i}")));
    }

    [Fact]
    public void Type_and_format_files_are_there()
    {
        string types =
            _folder.Write("x.types.ps1xml",
            "<Types><Type><Name>System.Guid</Name><Members><NoteProperty><Name>Filed</Name><Value>yes</Value></NoteProperty></Members>"
            + "</Type></Types>");
        string formats = _folder.Write("x.format.ps1xml", """
            <Configuration><ViewDefinitions><View><Name>v</Name><ViewSelectedBy><TypeName>System.Guid</TypeName></ViewSelectedBy><CustomControl><CustomEntries><CustomEntry>
            <CustomItem><Text>formatted</Text></CustomItem></CustomEntry></CustomEntries></CustomControl></View></ViewDefinitions></Configuration>
            """);
        ShellResult result = Run("""
            Update-TypeData -AppendPath $types
            Update-FormatData -PrependPath $formats
            New-DagNode A { [guid]::Empty.Filed; ([guid]::Empty | Out-String).Trim() } | Invoke-Dag
            """, ("types", types), ("formats", formats));
        Assert.Equal(["yes", "formatted"], result.NodeOutput("A"));
    }

    [Fact]
    public void A_runspace_has_the_name_of_the_node_that_runs_in_it()
    {
        ShellResult result = Run("New-DagNode 'My node' { [runspace]::DefaultRunspace.Name } | Invoke-Dag");
        Assert.Equal(["My node"], result.NodeOutput("My node"));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

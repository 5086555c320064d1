namespace DagShell.Tests.Capture;

/// <summary>
/// What a node would not find, or would do otherwise than it seems to, is told before the run; and nothing is told that is not so.
/// </summary>
public sealed class WarningTests : ShellTests
{
    private readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData("New-DagNode A { Set-Location sub; ./later.ps1 }")]
    [InlineData("New-DagNode A { .\\later.ps1 }")]
    [InlineData("New-DagNode A { & ./bin/tool --version }")]
    [InlineData("New-DagNode A { sh -c 'make' ; mytool }")]
    [InlineData("(New-DagNode A { sh -c 'apt install jq' }), (New-DagNode B { mytool } -DependsOn A)")]
    [InlineData("New-DagNode A { $env:PATH += ':/opt/my/bin'; mytool }")]
    [InlineData("(New-DagNode A { Install-PSResource Some.Module }), (New-DagNode B { Get-ItsThing } -DependsOn A)")]
    [InlineData("New-DagNode A { Set-Alias mine Get-Mine; mine }")]
    public void Nothing_is_told_of_what_the_nodes_may_bring_along(string nodes)
    {
        ShellResult result = Run($"function Get-Mine {{ 'mine' }}; {nodes} | Invoke-Dag -ErrorAction SilentlyContinue");
        Assert.Empty(result.Streams.Warning);
    }

    [Theory]
    [InlineData("New-DagNode A { Get-Nothing }", "Get-Nothing")]
    [InlineData("New-DagNode A { sh -c true; Get-Nothing }", "Get-Nothing")]
    [InlineData("New-DagNode A { nothing-like-it --version }", "nothing-like-it")]
    public void What_is_nowhere_is_told(string nodes, string name)
    {
        ShellResult result = Run($"{nodes} | Invoke-Dag -ErrorAction SilentlyContinue");
        Assert.Contains(name, Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_that_a_node_sets_finds_the_callers_function()
    {
        ShellResult result = Run("function Get-Mine { 'mine' }; New-DagNode A { Set-Alias mine Get-Mine; mine } | Invoke-Dag");
        Assert.Equal(["mine"], result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("[Log]", "($using:log).Add('x')", true)]
    [InlineData("[Log]", "$log = $using:log; $log.Add('x')", true)]
    [InlineData("[Log]", "Use-It $using:log", true)]
    [InlineData("[Derived]", "($using:log).Add('x')", true)]
    [InlineData("[Log]", "($using:log).Lines.Count", false)]
    [InlineData("[Free]", "($using:log).Add('x')", false)]
    [InlineData("[System.Collections.ArrayList]", "($using:log).Add('x')", false)]
    public void A_method_of_an_object_of_the_callers_class_is_told(string type, string script, bool isTold)
    {
        ShellResult result = Run($$"""
            class Log { $Lines = @(); Add($line) { $this.Lines += $line } }
            class Derived : Log { }
            [NoRunspaceAffinity()] class Free { $Lines = @(); Add($line) { $this.Lines += $line } }
            function Use-It($it) { $it.Add('y') }
            $log = {{type}}::new()
            New-DagNode A { {{script}} } | Invoke-Dag -Timeout 2s -ErrorAction SilentlyContinue
            """);
        string[] told = [.. result.Streams.Warning.Where(warning => warning.Contains("NoRunspaceAffinity", StringComparison.Ordinal))];
        Assert.Equal(isTold ? 1 : 0, told.Length);
        if (isTold)
        {
            Assert.Contains("'A'", told[0], StringComparison.Ordinal);
            Assert.Contains("$using:log", told[0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("New-DagNode A { param($Log) $Log.Add('x') } | Invoke-Dag -Parameter @{ Log = [Log]::new() }", "$Log,")]
    [InlineData("New-DagNode A { param([Alias('l')] $Log) Use-It $Log } | Invoke-Dag -Parameter @{ l = [Log]::new() }", "$Log,")]
    [InlineData(
        "New-DagNode A { param($Logs) $Logs[0].Add('x') } | Invoke-Dag -Parameter @{ Logs = [Log]::new(), [Log]::new() }", "$Logs,")]
    [InlineData("New-DagNode A { param($Log) $Log.Lines } | Invoke-Dag -Parameter @{ Log = [Log]::new() }", null)]
    [InlineData("New-DagNode A { param($Log) $Log.Add('x') } | Invoke-Dag -Parameter @{ Log = [Free]::new() }", null)]
    [InlineData("(New-DagNode M { [Log]::new() }), (New-DagNode A { $Upstream.M.Add(1) } -DependsOn M) | Invoke-Dag", "$Upstream['M'],")]
    [InlineData("(New-DagNode M { [Log]::new() }), (New-DagNode A { param($M) Use-It $M } -DependsOn M) | Invoke-Dag", "$Upstream['M'],")]
    [InlineData("(New-DagNode M { [Log]::new() }), (New-DagNode A { $Upstream.M.Lines } -DependsOn M) | Invoke-Dag", null)]
    [InlineData("(New-DagNode M { [Free]::new() }), (New-DagNode A { $Upstream.M.Add(1) } -DependsOn M) | Invoke-Dag", null)]
    [InlineData(
        "(New-DagNode M { [Log]::new() }), (New-DagNode A { $Upstream.M.Add(1) } -DependsOn M) | Invoke-Dag -Sequential", null)]
    public void So_is_one_that_comes_by_Parameter_or_from_a_dependency(string run, string? where)
    {
        ShellResult result = Run($$"""
            class Log { $Lines = @(); Add($line) { $this.Lines += $line } }
            [NoRunspaceAffinity()] class Free { $Lines = @(); Add($line) { $this.Lines += $line } }
            function Use-It($it) { $it.Add('y') }
            {{run}}
            """);
        string[] told = [.. result.Streams.Warning.Where(warning => warning.Contains("NoRunspaceAffinity", StringComparison.Ordinal))];
        Assert.Equal(where is null ? 0 : 1, told.Length);
        if (where is not null)
        {
            Assert.Contains($"of {where}", told[0].Replace(" is called,", ",", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Contains("above 'class Log'", told[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_node_that_waits_for_a_debugger_is_told_and_one_that_the_runs_timeout_released_is_cancelled()
    {
        ShellResult result = Run("New-DagNode A { Wait-Debugger; 1 } | Invoke-Dag -Timeout 1s -ErrorAction SilentlyContinue");
        Assert.Equal("Cancelled", result.Status("A"));
        Assert.Contains(result.Streams.Warning, warning => warning.Contains("'A' calls Wait-Debugger", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-Parameter @{ Stag = 1 }", "'Stag'", "'Stage'")]
    [InlineData("-Parameter @{ Stage = 1; Unlike = 2 }", "'Unlike'", null)]
    [InlineData("-PoolLimit @{ sql = 2; sqll = 3 }", "'sqll'", "'sql'")]
    [InlineData("-PoolLimit @{ sql = 2; other = 3 } -Target A", "'other'", null)]
    public void A_key_that_nothing_takes_is_told(string arguments, string key, string? nearest)
    {
        string limit = arguments.Contains("-PoolLimit", StringComparison.Ordinal) ? string.Empty : "-PoolLimit @{ sql = 1 }";
        ShellResult result =
            Run($"(New-DagNode A {{ 1 }}), (New-DagNode B {{ param([Alias('Phase')] $Stage) $Stage }} -Pool sql) | Invoke-Dag "
            + $"{arguments} {limit}");
        string warning = Assert.Single(result.Streams.Warning);
        Assert.Contains(key, warning, StringComparison.Ordinal);
        Assert.Equal(nearest is not null, warning.Contains($"Did you mean {nearest}?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Cn", "")]
    [InlineData("computername", "")]
    [InlineData("Cn", "-Sequential")]
    public void An_alias_of_a_parameter_counts_as_its_name(string key, string how)
    {
        ShellResult result =
            Run($"New-DagNode A {{ param([Parameter(Mandatory)] [Alias('cn', 'host')] $ComputerName) $ComputerName }} | Invoke-Dag "
            + $"-Parameter @{{ {key} = 'web01' }} {how}");
        Assert.Equal(["web01"], result.NodeOutput("A"));
        Assert.Empty(result.Streams.Warning);
    }

    [Fact]
    public void An_alias_of_a_dag_files_parameter_counts_too()
    {
        string dag = _folder.Write("a.dag.ps1", "param([Alias('cn')] $ComputerName) New-DagNode A { $using:ComputerName }");
        ShellResult result = Run("Invoke-Dag -Path $dag -Parameter @{ cn = 'web01'; ComputerNam = 1 }", ("dag", dag));
        Assert.Equal(["web01"], result.NodeOutput("A"));
        Assert.Contains("Did you mean 'ComputerName'?", Assert.Single(result.Streams.Warning), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-PoolLimit @{ build = 2; biuld = 2 }", "-PoolLimit has 'biuld'")]
    [InlineData("-PoolLimit @{ build = 2 } -PoolSession @{ biuld = { throw 'not asked' } }", "-PoolSession has 'biuld'")]
    public void A_pool_that_no_node_is_in_is_named_with_its_parameter(string arguments, string said)
    {
        ShellResult result = Run($"New-DagNode A {{ 1 }} -Pool build | Invoke-Dag {arguments}");

        Assert.Equal($"{said}, and no node is in a pool of that name. Did you mean 'build'?", Assert.Single(result.Streams.Warning));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

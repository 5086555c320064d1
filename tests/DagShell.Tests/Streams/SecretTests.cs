using DagShell.Tests.Reports;
using DagShell.Tests.Tracing;

namespace DagShell.Tests.Streams;

/// <summary>The plain text of a secret that came in by -Parameter or $using: is nowhere in what a run shows or writes.</summary>
public sealed class SecretTests : ShellTests
{
    /// <summary>What all secrets begin with. It is looked for alone, since a part of a secret must not be left either.</summary>
    private const string Start = "Pa55";

    /// <summary>What a node itself put out, or was asked for, is its user's.</summary>
    private const string Own = "own " + Start;

    private const string Plain = Start + "word!(x";

    private readonly ScratchFolder _folder = new();

    /// <summary>Values that have a secret in them, and how a node gets at it.</summary>
    private static readonly (string Value, string Access)[] Containers =
    [
        ("$secure", "$value"),
        ("$credential", "$value.Password"),
        ("@($secure, 1)", "$value[0]"),
        ("@(, @(, $secure))", "$value[0][0]"),
        ("@{ key = $secure }", "$value.key"),
        ("[ordered]@{ key = $secure }", "$value.key"),
        ("@{ a = @{ b = @($credential) } }", "$value.a.b[0].Password"),
        ("[pscustomobject]@{ Secret = $secure }", "$value.Secret"),
        ("[pscustomobject]@{ Deep = [pscustomobject]@{ Secret = $credential } }", "$value.Deep.Secret.Password"),
        ("[Holder]::new($secure)", "$value.Secret"),
        ("[System.Collections.Generic.List[object]]@($secure)", "$value[0]"),
        ("[System.Collections.ArrayList]@($secure)", "$value[0]"),
        ("(Table)", "$value['k']"),
        ("[System.Collections.Generic.Queue[object]]::new([object[]]@($secure))", "$value.Peek()"),
        ("[System.Collections.Generic.HashSet[object]]::new([object[]]@($secure))", "@($value)[0]"),
        ("[System.Tuple]::Create(1, $secure)", "$value.Item2"),
        ("[ref] $secure", "$value.Value"),
        ("Add-Member -InputObject ([pscustomobject]@{}) -NotePropertyName Late -NotePropertyValue $secure -PassThru", "$value.Late"),
        ("[System.Collections.Generic.KeyValuePair[string, securestring]]::new('k', $secure)", "$value.Value"),
        ("[System.Net.NetworkCredential]::new('u', $secure)", "$value.SecurePassword"),
        ("@(@{ key = $secure }.GetEnumerator())[0]", "$value.Value"),
        ("[System.Lazy[securestring]]::new($secure)", "$value.Value"),
        ("($credential | Group-Object UserName)", "$value.Group[0].Password"),
        ("[System.ValueTuple[int, securestring]]::new(1, $secure)", "$value.Item2"),
    ];

    /// <summary>
    /// Two runs for all: in one each value has a secret of its own, once by -Parameter and once by $using:, and a node of its own gives
    /// that away; in the other one, with a journal, whose work with each secret takes its time, one is given away in every way there is.
    /// </summary>
    [Fact]
    public void It_is_shown_nowhere()
    {
        List<string> questions = [];
        Shell.Screen.Answer = asked =>
        {
            questions.Add(asked);
            return "0";
        };
        using Gate began = new();
        using Gate shown = new();
        using EndedSpans spans = new();
        using RunningScript running = Shell.Start(
            Script(), ("folder", _folder.FullName), ("began", began), ("shown", shown));

        // The run before has 48 errors shown in a transcript, which takes PowerShell half a minute on a busy machine.
        Patience.Until(() => running.IsCompleted || began.IsOpen, "the node that shows progress", TimeSpan.FromMinutes(5));
        Patience.Until(() => running.IsCompleted || AnyProgress(running.Streams, "p ***"), "the progress");
        shown.Open();
        ShellResult result = running.Wait();

        Assert.Null(result.Thrown);
        ShellStreams streams = result.Streams;
        NotIn("the spans", string.Join('\n', spans.Texts()));
        NotIn("what the script gave out", string.Join('\n', result.Text));
        NotIn("the screen", Shell.Screen.Text);
        NotIn("questions", string.Join('\n', questions));
        NotIn("the streams", string.Join('\n', [.. streams.Verbose, .. streams.Warning, .. streams.Debug]));
        NotIn("errors", string.Join('\n', streams.Error.Select(error => $"{error} {error.Exception} {error.FullyQualifiedErrorId}")));
        NotIn("information", string.Join(
            '\n', streams.Information.Select(record => $"{record} {record.MessageData} {string.Join(' ', record.Tags)}")));
        NotIn("progress", string.Join(
            '\n', streams.Progress.Select(record => record.Activity + record.StatusDescription + record.CurrentOperation)));
        foreach (string file in Directory.GetFiles(_folder.FullName))
        {
            string text = File.ReadAllText(file);
            NotIn(file, Path.GetFileName(file) == "journal"
                ? text.Replace(Own, "own", StringComparison.Ordinal).Replace($"_x000A_{Start}", "own", StringComparison.Ordinal)
                : string.Join('\n', PackedTexts.In(text).Prepend(text)));
        }

        AllWasSaid(result, [.. spans.Texts()], questions);
    }

    private void AllWasSaid(ShellResult result, string[] spans, List<string> questions)
    {
        foreach (string node in Containers.SelectMany((_, i) => new[] { $"Talksp{i}", $"Talksu{i}" }))
        {
            Assert.Equal("t ***", result.ErrorText(node));
            Assert.Contains($"[{node}] w ***", result.Streams.Warning);
        }

        Assert.Equal("t ***", result.ErrorText("Late/In"));
        Assert.Equal("Succeeded", result.Status("Says"));
        Assert.Equal([$"own {Plain}0ux"], result.NodeOutput("Says"));
        Assert.Contains(spans, text => text.EndsWith(": t ***", StringComparison.Ordinal));
        Assert.Contains("[Asks] ||q ***", questions);
        Assert.Contains("[Asks] c ***|m ***|&***,&No|1", questions);
        string transcript = Text("transcript");
        Assert.All(
            [
                "own ***", "##vso[task.logissue type=error;]Node 'ThrowsText' failed: t ***", "[Says] v ***", "[Says] d ***",
            ],
            said => Assert.Contains(said, transcript, StringComparison.Ordinal));
        Assert.All(
            ["output: own ***", "warning: w ***", "t ***", "[Skips] skipped: s ***"],
            said => Assert.Contains(said, Text("talks.log") + Text("run.log"), StringComparison.Ordinal));
        Assert.All(
            ["talks", "run", "journal"],
            name => Assert.All(
                ["html", "json", "csv", "xml", "trace.json"],
                format => Assert.Contains(
                    "t ***", string.Join('\n', PackedTexts.In(Text($"{name}.{format}")).Prepend(Text($"{name}.{format}"))),
                    StringComparison.Ordinal)));
        Assert.Contains("t ***", Text("journal"), StringComparison.Ordinal);
    }

    private static string Script()
    {
        string made = string.Join('\n', Containers.SelectMany((container, i) => "pu".Select(way => $$"""
            $secure = ConvertTo-SecureString '{{Plain}}{{i}}{{way}}x' -AsPlainText -Force
            $credential = [pscredential]::new('user', $secure)
            ${{way}}{{i}} = {{container.Value}}
            """)));
        string parameters = string.Join("; ", Containers.Select((_, i) => $"p{i} = $p{i}"));
        string talking = string.Join('\n', Containers.SelectMany((container, i) => "pu".Select(way =>
        {
            string plain = way == 'p' ? $"param($p{i}) $value = $p{i}; " : $"$value = $using:u{i}; ";
            plain += $"$plain = ConvertFrom-SecureString ({container.Access}) -AsPlainText";
            return $$"""
                New-DagNode Talks{{way}}{{i}} { {{plain}}
                    "own $plain"; Write-Warning "w $plain"; Write-Host "h $plain"
                    throw [System.InvalidOperationException]::new("t $plain", [Exception]::new("inner $plain")) }
                """;
        })));
        const string Get = "$plain = ConvertFrom-SecureString $using:u0 -AsPlainText";
        return $$"""
            class Holder { [object] $Secret; Holder($s) { $this.Secret = $s } }
            function Table { $d = [System.Collections.Generic.Dictionary[string, securestring]]::new(); $d['k'] = $secure; , $d }
            {{made}}
            $two = ConvertTo-SecureString "{{Start}}one`n{{Start}}two" -AsPlainText -Force
            $long = 'text ' * 11 + (ConvertFrom-SecureString $u0 -AsPlainText)
            $talks = @(
                {{talking}}
            )
            $nodes = @(
                New-DagNode Says { {{Get}}
                    ($using:began).Open(); "own $plain"; Write-Verbose "v $plain" -Verbose
                    $DebugPreference = 'Continue'; Write-Debug "d $plain"; Write-Error "e $plain" -ErrorAction Continue
                    Write-Information "i $plain" -Tags $plain; Write-Information 5 -Tags $plain
                    Write-Progress "p $plain" -Status "s $plain" -CurrentOperation "c $plain"
                    ($using:shown).Pass() }
                New-DagNode Throws { {{Get}}
                    throw [System.InvalidOperationException]::new("t $plain", [Exception]::new("inner $plain")) }
                New-DagNode Takes { param($p0) throw "t $(ConvertFrom-SecureString $p0 -AsPlainText)" }
                New-DagNode ThrowsText -RetryCount 1 -RetryDelay 1ms { {{Get}}; throw "t $plain" }
                New-DagNode Cmdlet { {{Get}}; Get-Item "./no $plain" }
                New-DagNode Writes { {{Get}}; Write-Error "e $plain" -ErrorId $plain -TargetObject $plain -RecommendedAction $plain }
                New-DagNode Recommends { {{Get}}; Write-Error 'e' -RecommendedAction $plain }
                New-DagNode Details { {{Get}}
                    $record = [System.Management.Automation.ErrorRecord]::new([Exception]::new('details'), 'Id', 'NotSpecified', $null)
                    $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new('x' * 3995 + $plain); throw $record }
                New-DagNode Program { {{Get}}; sh -c 'echo said $0 >&2; echo out $0; exit 3' $plain }
                New-DagNode Lines { "own $(ConvertFrom-SecureString $using:two -AsPlainText)" }
                New-DagNode Asks { {{Get}}; $null = Read-Host "q $plain"
                    $null = $Host.UI.PromptForChoice("c $plain", "m $plain", ("&$plain", '&No'), 1) }
                New-DagNode Skips { {{Get}}; Skip-DagNode "s $plain" }
                New-DagNode SkipsBefore { } -When { {{Get}}; Skip-DagNode "s $plain" }
                New-DagNode When { } -When { {{Get}}; throw "w $plain" }
                New-DagNode Unmet { } -Precondition { {{Get}}; throw "p $plain" }
                New-DagNode Polled { } -PreconditionTimeout 10ms -PreconditionInterval 1ms -Precondition { {{Get}}; throw "p $plain" }
                New-DagNode Values { } -Precondition { $long = $using:long; $false }
                New-DagNode If { throw 'x' } -RetryCount 1 -RetryIf { {{Get}}; throw "r $plain" }
                New-DagNode Delay { throw 'x' } -RetryCount 1 -RetryDelay { {{Get}}; throw "d $plain" }
                New-DagNode Waits { {{Get}}; if ($DagNode.Attempt -eq 1) { throw "t $plain" } } -RetryCount 1 -RetryDelay 200ms
                New-DagNode Items { throw "i $_" } -ForEach { $using:long; {{Get}}; $plain }
                New-DagNode NoItems { } -ForEach { {{Get}}; throw "f $plain" }
                New-DagNode Inner -Dag { New-DagNode In { {{Get}}; throw "t $plain" } }
                New-DagNode Gives { 'late' }
                New-DagNode Late -DependsOn Gives -Dag { param($Gives)
                    $made = ConvertTo-SecureString "{{Plain}}$Gives" -AsPlainText -Force
                    New-DagNode In { throw "t $(ConvertFrom-SecureString $using:made -AsPlainText)" } }
                New-DagNode Sees -DependsOn ThrowsText -TriggerRule AllDone { throw "$($DagNode.Dependencies.ThrowsText.Error)" }
            )
            $null = Start-Transcript $folder/transcript
            $spoken = $talks | New-Dag Talks | Invoke-Dag -ThrottleLimit 3 -Parameter @{ {{parameters}} } -Verbose -RunVariable talk `
                -LogPath $folder/talks.log
            $results = $nodes | New-Dag Secret | Invoke-Dag -ThrottleLimit 3 -Parameter @{ p0 = $p0 } -Verbose `
                -LogPath $folder/run.log -Force -Checkpoint $folder/journal `
                -InitializationScript { {{Get}}; Write-Warning "first $plain" } -CIFormat AzureDevOps `
                -FinalizationScript { {{Get}}; throw "last $plain" } -RunVariable run -InformationAction Continue `
                -ErrorVariable errors -WarningVariable warnings -InformationVariable facts
            $spoken | Out-Default
            $results | Out-Default
            try { $nodes | Invoke-Dag -Parameter @{ p0 = $p0 } -Target ThrowsText -ErrorAction Stop -RunVariable second | Out-Null }
            catch { $_ | Out-Default; "$_"; $_ | Format-List * -Force | Out-String; $_ | Get-Error | Out-String }
            $job = $nodes | Invoke-Dag -Parameter @{ p0 = $p0 } -Target Takes, Skips, Program -AsJob # {{Plain}}0ux
            $job | Receive-Job -Wait *>&1 | Out-String
            $job, $job.ChildJobs | ForEach-Object { $_ } | Format-List * | Out-String
            $null = Stop-Transcript
            $all = @($spoken) + @($results)
            $all | Format-Table | Out-String
            $all | Format-Table -View DagNodeResultTable | Out-String
            $all | ForEach-Object { $_.Items | Out-String }
            $all | ForEach-Object { $_.Log; $_.Items | Select-Object * -ExcludeProperty Item } | Out-String
            @($all.Error) + @($errors) | Where-Object { $_ } | ForEach-Object { "$_"; $_.Exception.ToString() }
            $some = @($spoken | Select-Object -First 2) + @($results | Where-Object Name -NotLike Skips*)
            $some | Select-Object * -ExcludeProperty Output, Run | Format-List | Out-String
            $some.Error | Where-Object { $_ } | Out-String
            $some.Error | Where-Object { $_ } | Format-List * -Force | Out-String
            $results | Where-Object Name -In ThrowsText, Throws, Writes, Recommends | ForEach-Object Error | Get-Error | Out-String
            $warnings; $facts | Out-String
            $run | Measure-DagRun | Format-List * | Out-String
            $run | Show-Dag
            foreach ($format in 'html', 'json', 'csv', 'xml', 'trace.json') {
                $talk | Export-DagRun "$folder/talks.$format" -Force | Out-Null
                $run | Export-DagRun "$folder/run.$format" -Force | Out-Null
                Export-DagRun "$folder/journal.$format" -Checkpoint $folder/journal -Force | Out-Null
            }
            $run, $second | Export-DagRun $folder/history.html | Out-Null
            Get-DagRun $folder/journal | ForEach-Object { $_ | Format-List * | Out-String; $_.Nodes.Values.Error.Exception.Message }
            $all
            """;
    }

    [Fact]
    public void Nor_with_Sequential_nor_in_the_line_that_resumes()
    {
        const string How = "-Sequential -Parameter @{ secure = $secure; x = '" + Plain + "' } -Checkpoint $folder/journal";
        ShellResult result = Run(
            $$"""
            $secure = ConvertTo-SecureString '{{Plain}}' -AsPlainText -Force
            $nodes = @(
                New-DagNode Says { $plain = ConvertFrom-SecureString $using:secure -AsPlainText; "own $plain"; Write-Warning "w $plain" }
                New-DagNode Throws { param($secure) throw "t $(ConvertFrom-SecureString $secure -AsPlainText)" }
                New-DagNode Skips { Skip-DagNode "s $(ConvertFrom-SecureString $using:secure -AsPlainText)" }
            )
            $results = $nodes | Invoke-Dag {{How}} -LogPath $folder/run.log -RunVariable run 2>$null
            $results | Out-String
            $results.Log | Out-String
            $results.Error | Where-Object { $_ } | ForEach-Object { "$_"; $_ | Out-String; $_.Exception.ToString() }
            $results.SkipReason
            $run | Export-DagRun $folder/run.json
            $run | Export-DagRun $folder/run.html
            """,
            ("folder", _folder.FullName));

        string[] said = [.. result.Streams.Information.Select(record => $"{record}")];
        NotIn("what the script gave out", string.Join('\n', result.Text));
        NotIn("information", string.Join('\n', said));
        NotIn("the log", Text("run.log"));
        NotIn("the report", Text("run.json") + string.Concat(PackedTexts.In(Text("run.html")).Prepend(Text("run.html"))));
        Assert.Contains("[Says] w ***", result.Streams.Warning);
        Assert.Contains("s ***", result.Text);
        Assert.Contains("x = '***'", said[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$value = [pscustomobject]@{ Self = $null; Secret = $secure }; $value.Self = $value", "$value.Self.Self.Secret")]
    [InlineData("$value = @{ Secret = $secure }; $value.Self = @(, $value)", "$value.Self[0].Secret")]
    [InlineData(
        "$value = @{ Secret = $secure }; 1..20000 | ForEach-Object { $value = [pscustomobject]@{ Next = $value; Secret = $secure } }",
        "$value.Next.Next.Secret")]
    public void Values_that_point_to_themselves_or_go_deep_are_looked_at_too(string made, string access)
    {
        ShellResult result = Run($$"""
            $secure = ConvertTo-SecureString '{{Plain}}' -AsPlainText -Force
            {{made}}
            New-DagNode A { $value = $using:value; throw "it is $(ConvertFrom-SecureString ({{access}}) -AsPlainText)" } |
                Invoke-Dag -ErrorAction Ignore
            """);

        Assert.Equal("it is ***", result.ErrorText("A"));
    }

    private const string Secure = "$secure = ConvertTo-SecureString '" + Plain + "' -AsPlainText -Force\n"
        + "$credential = [pscredential]::new('user', $secure)\n";

    private const string ToText = "ConvertFrom-SecureString $value -AsPlainText";

    [Theory]
    [InlineData("New-DagNode A -ForEach $secure { $value = $_; throw \"t $(" + ToText + ")\" }")]
    [InlineData("New-DagNode A -ForEach @{ p = $secure }, 1 { $value = $_.p; throw \"t $(" + ToText + ")\" }")]
    [InlineData("New-DagNode A -ForEach @{ p = $secure } -Dag { New-DagNode In { $value = ($using:_).p; throw \"t $("
        + ToText + ")\" } }")]
    [InlineData("New-DagNode A -ForEach @{ p = $secure } -Dag { New-DagNode In { $value = $DagNode.Item.p; throw \"t $("
        + ToText + ")\" } }")]
    [InlineData("New-DagNode A (& { $c = $credential; { throw \"t $($c.GetNetworkCredential().Password)\" }.GetNewClosure() })")]
    [InlineData("New-DagNode Gives { 1 }; New-DagNode A -DependsOn Gives -Dag { param($Gives) "
        + "$value = ConvertTo-SecureString ('P' + 'a55word!(x') -AsPlainText -Force; "
        + "New-DagNode In { throw \"t $(" + ToText + ")\" }.GetNewClosure() }")]
    [InlineData("New-Module -Name Safe -ArgumentList $secure { param($s) $value = $s; "
        + "function Get-Safe { throw \"t $(" + ToText + ")\" }; Export-ModuleMember Get-Safe } | Import-Module; "
        + "New-DagNode A { Get-Safe }")]
    [InlineData("class Box { $Secret }; $boxes = [Box[]]@([Box]@{ Secret = $secure }); "
        + "New-DagNode A { $value = $using:boxes[0].Secret; throw \"t $(" + ToText + ")\" }")]
    public void Nor_what_comes_in_as_an_item_or_with_a_closure_or_a_module(string nodes)
    {
        string path = Path.Combine(_folder.FullName, "n.log");
        foreach (string how in new[] { string.Empty, "-Sequential" })
        {
            ShellResult result = Run(
                Secure + $$"""
                & { {{nodes}} } | Invoke-Dag {{how}} -LogPath $folder/n.log -Checkpoint $folder/n.journal -Force `
                    -ErrorAction SilentlyContinue -ErrorVariable errors | ForEach-Object { "$($_.Error)" }
                $errors | ForEach-Object { "$_" }
                """,
                ("folder", _folder.FullName));

            string all = string.Join('\n', result.Text) + File.ReadAllText(path) + Text("n.journal");
            NotIn($"{how} run", all);
            Assert.Contains("t ***", all, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("throw \"t $plain\"", "t ***")]
    [InlineData("Write-Warning \"t $plain\"", "gave out no session")]
    [InlineData("Write-Error \"t $plain\"", "t ***")]
    [InlineData("Get-Item \"./no $plain\"", "no ***")]
    [InlineData("New-DagSession \"/no/$plain\"", "/no/***")]
    public void Nor_by_the_script_that_opens_sessions(string does, string said)
    {
        ShellResult result = Run(
            Secure + $$"""
            New-DagNode A { 1 } -Pool p | Invoke-Dag -PoolLimit @{ p = 1 } -LogPath $folder/s.log -Checkpoint $folder/s.journal `
                -ErrorAction SilentlyContinue `
                -PoolSession @{ p = { $plain = ConvertFrom-SecureString $using:secure -AsPlainText; {{does}} } } |
                ForEach-Object { "$($_.Error)" }
            """,
            ("folder", _folder.FullName));

        string all = string.Join('\n', [.. result.Text, .. result.Streams.Warning]) + Text("s.log") + Text("s.journal");
        NotIn("the run", all);
        Assert.Contains(said, result.Text.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throw \"t $plain\"", true)]
    [InlineData("throw [System.InvalidOperationException]::new(\"t $plain\")", true)]
    [InlineData("Write-Error \"t $plain\" -ErrorAction Stop", true)]
    [InlineData("Get-Item \"./t $plain\"", false)]
    [InlineData("Write-Error \"t $plain\"", false)]
    [InlineData("Write-Warning \"t $plain\"", false)]
    [InlineData("Write-Verbose \"t $plain\" -Verbose", false)]
    [InlineData("Write-Debug \"t $plain\" -Debug", false)]
    [InlineData("Write-Host \"t $plain\"", false)]
    [InlineData("Write-Progress \"t $plain\" -Status \"s $plain\" -CurrentOperation \"c $plain\" -Completed", false)]
    [InlineData("Write-Information \"t $plain\"", false)]
    public void Nor_by_a_dag_file_that_gets_one(string does, bool ends)
    {
        string file = Path.Combine(_folder.FullName, "x.dag.ps1");
        File.WriteAllText(
            file,
            $"param($p)\n$plain = ConvertFrom-SecureString $p -AsPlainText\n{does}\nNew-DagNode A {{ 'ran' }}\n");
        foreach (string how in new[]
        {
            "Invoke-Dag $file", "New-DagNode In -Dag $file | Invoke-Dag",
            $"New-DagNode In -Dag {{ param($p) $plain = ConvertFrom-SecureString $p -AsPlainText\n{does}\nNew-DagNode A {{ 'ran' }} }}"
                + " | Invoke-Dag",
        })
        {
            ShellResult result = Shell.Run(
                Secure + $"{how} -Parameter @{{ p = $secure }} | ForEach-Object Output\n'after'\n", ("file", file));
            ShellStreams streams = result.Streams;
            string all = string.Join(
                '\n',
                [
                    $"{result.Thrown} {(result.Thrown as System.Management.Automation.IContainsErrorRecord)?.ErrorRecord}",
                    .. result.Text, .. streams.Warning, .. streams.Verbose, .. streams.Debug, Shell.Screen.Text,
                    .. streams.Error.Select(error => $"{error} {error.Exception} {error.FullyQualifiedErrorId} {error.TargetObject}"),
                    .. streams.Information.Select(record => $"{record}"),
                    .. streams.Progress.Select(record => $"{record.Activity} {record.StatusDescription} {record.CurrentOperation}"),
                ]);
            NotIn(how, all);
            Assert.Contains("t ***", all, StringComparison.Ordinal);
            Assert.Equal(ends, result.Thrown is not null && !result.Text.Contains("after"));
        }
    }

    [Fact]
    public void Its_progress_is_as_PowerShells_own_and_only_while_it_runs()
    {
        string file = Path.Combine(_folder.FullName, "x.dag.ps1");
        File.WriteAllText(file, """
            param($p)
            Write-Progress act st 3 -PercentComplete 40 -SecondsRemaining 5 -CurrentOperation op -ParentId 2
            Write-Progress -Activity act -Id 3 -Completed
            try { Write-Progress } catch { $said = 'refused' }
            New-DagNode A { $using:said }
            """);
        ShellResult result = Run(
            Secure + """
            $seen = [System.Collections.ArrayList]::new()
            $handler = $ExecutionContext.InvokeCommand.PostCommandLookupAction = { param($name) $null = $seen.Add($name) }
            (Invoke-Dag $file -Parameter @{ p = $secure }).Output
            $ExecutionContext.InvokeCommand.PostCommandLookupAction = $null
            $seen -contains 'Write-Progress'
            & { Write-Progress "after $(ConvertFrom-SecureString $secure -AsPlainText)" }
            """,
            ("file", file));
        string[] told = [.. result.Streams.Progress.Select(record =>
            $"{record.ActivityId} {record.ParentActivityId} {record.Activity} {record.StatusDescription} {record.CurrentOperation} "
            + $"{record.PercentComplete} {record.SecondsRemaining} {record.RecordType}")];

        Assert.Equal(["refused", "True"], result.Text);
        Assert.Contains("3 2 act st op 40 5 Processing", told);
        Assert.Contains("3 -1 act Processing  -1 -1 Completed", told);
        Assert.Contains(told, line => line.Contains("after", StringComparison.Ordinal) && !line.Contains("***", StringComparison.Ordinal));
    }

    [Fact]
    public void Its_error_is_shown_at_its_line()
    {
        string file = Path.Combine(_folder.FullName, "x.dag.ps1");
        File.WriteAllText(file, "param($p)\n$plain = ConvertFrom-SecureString $p -AsPlainText\nthrow \"t $plain\"\n");
        ShellResult result = Run(
            Secure + "try { Invoke-Dag $file -Parameter @{ p = $secure } } "
            + "catch { \"$_ $($_.InvocationInfo.ScriptName):$($_.InvocationInfo.ScriptLineNumber)\" }",
            ("file", file));

        Assert.Equal($"t *** {file}:3", result.Single);
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }

    private static bool AnyProgress(System.Management.Automation.PSDataStreams streams, string text) =>
        streams.Progress.ToArray().Any(record =>
            $"{record.Activity} {record.StatusDescription} {record.CurrentOperation}".Contains(text, StringComparison.Ordinal));

    private static void NotIn(string where, string text)
    {
        int at = text.IndexOf(Start, StringComparison.Ordinal);
        Assert.True(at < 0, at < 0 ? string.Empty : $"{where}: {text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 100)]}");
    }

    private string Text(string file) => File.ReadAllText(Path.Combine(_folder.FullName, file));
}

using DagShell.Tests.Tracing;

namespace DagShell.Tests.Streams;

/// <summary>The plain text of a secret that came in by -Parameter or $using: is nowhere in what a run shows or writes.</summary>
public sealed class SecretTests : ShellTests
{
    private const string Plain = "Pa55word!(x";

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
    ];

    /// <summary>
    /// One run for all: each value has a secret of its own, once by -Parameter and once by $using:, and a node of its own gives that away
    /// in every way there is.
    /// </summary>
    [Fact]
    public void It_is_shown_nowhere()
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
                New-DagNode Talks{{way}}{{i}} -RetryCount 1 -RetryDelay 1ms { {{plain}}
                    "out $plain"; Write-Warning "w $plain"; Write-Host "h $plain"
                    throw [System.InvalidOperationException]::new("t $plain", [Exception]::new("inner $plain")) }
                """;
        })));
        const string Get = "$plain = ConvertFrom-SecureString $using:u0 -AsPlainText";
        using Gate began = new();
        using Gate shown = new();
        using SpanTexts spans = new();
        using RunningScript running = Shell.Start(
            $$"""
            class Holder { [object] $Secret; Holder($s) { $this.Secret = $s } }
            function Table { $d = [System.Collections.Generic.Dictionary[string, securestring]]::new(); $d['k'] = $secure; , $d }
            {{made}}
            $long = 'text ' * 11 + (ConvertFrom-SecureString $u0 -AsPlainText)
            $nodes = @(
                New-DagNode Says { {{Get}}
                    ($using:began).Open(); "out $plain"; Write-Verbose "v $plain" -Verbose; $DebugPreference = 'Continue'; Write-Debug "d $plain"
                    Write-Information "i $plain"; Write-Error "e $plain" -ErrorAction Continue
                    Write-Progress "p $plain" -Status "s $plain" -CurrentOperation "c $plain"
                    ($using:shown).Pass() }
                {{talking}}
                New-DagNode ThrowsText { {{Get}}; throw "t $plain" }
                New-DagNode Cmdlet { {{Get}}; Get-Item "./no $plain" }
                New-DagNode Writes { {{Get}}; Write-Error "e $plain" -ErrorId $plain -TargetObject $plain -RecommendedAction $plain }
                New-DagNode Program { {{Get}}; sh -c 'echo said $0 >&2; echo out $0; exit 3' $plain }
                New-DagNode Skips { {{Get}}; Skip-DagNode "s $plain" }
                New-DagNode SkipsBefore { } -When { {{Get}}; Skip-DagNode "s $plain" }
                New-DagNode When { } -When { {{Get}}; throw "w $plain" }
                New-DagNode Unmet { } -Precondition { {{Get}}; throw "p $plain" }
                New-DagNode Polled { } -PreconditionTimeout 10ms -PreconditionInterval 1ms -Precondition { {{Get}}; throw "p $plain" }
                New-DagNode Values { } -Precondition { $long = $using:long; $false }
                New-DagNode If { throw 'x' } -RetryCount 1 -RetryIf { {{Get}}; throw "r $plain" }
                New-DagNode Delay { throw 'x' } -RetryCount 1 -RetryDelay { {{Get}}; throw "d $plain" }
                New-DagNode Waits { {{Get}}; if ($DagNode.Attempt -eq 1) { throw "t $plain" } } -RetryCount 1 -RetryDelay 300ms
                New-DagNode Items { throw "i $_" } -ForEach { $using:long; {{Get}}; $plain }
                New-DagNode NoItems { } -ForEach { {{Get}}; throw "f $plain" }
                New-DagNode Inner -Dag { New-DagNode In { {{Get}}; throw "t $plain" } }
                New-DagNode Sees -DependsOn ThrowsText -TriggerRule AllDone { throw "$($DagNode.Dependencies.ThrowsText.Error)" }
            )
            $null = Start-Transcript $folder/transcript
            $results = $nodes | New-Dag Secret | Invoke-Dag -ThrottleLimit 3 -Parameter @{ {{parameters}} } -Verbose -LogPath $folder/run.log -Force `
                -Checkpoint $folder/journal -InitializationScript { {{Get}}; Write-Warning "first $plain" } -CIFormat AzureDevOps `
                -FinalizationScript { {{Get}}; throw "last $plain" } -RunVariable run -InformationAction Continue `
                -ErrorVariable errors -WarningVariable warnings -InformationVariable facts
            $results | Out-Default
            try { $nodes | Invoke-Dag -Parameter @{ {{parameters}} } -Target ThrowsText -ErrorAction Stop | Out-Null }
            catch { $_ | Out-Default; "$_"; $_ | Format-List * -Force | Out-String }
            $job = $nodes | Invoke-Dag -Parameter @{ {{parameters}} } -Target ThrowsText, Skips -AsJob
            $job | Receive-Job -Wait 2>&1 | Out-String
            $job | Format-List * | Out-String
            $job.ChildJobs | Format-List * | Out-String
            $null = Stop-Transcript
            $results | Format-Table | Out-String
            $results | Format-List | Out-String
            $results | ForEach-Object { $_.Log; $_.Items } | Out-String
            $results.SkipReason
            $results.Error | Where-Object { $_ } | ForEach-Object { "$_"; $_ | Out-String; $_ | Format-List * -Force | Out-String; $_.Exception.ToString() }
            $errors | ForEach-Object { "$_"; $_ | Out-String; $_ | Format-List * -Force | Out-String; $_.Exception.ToString() }
            $warnings; $facts | Out-String
            foreach ($format in 'html', 'json', 'csv', 'xml', 'trace.json') {
                $run | Export-DagRun "$folder/run.$format" -Force | Out-Null
                Export-DagRun "$folder/journal.$format" -Checkpoint $folder/journal -Force | Out-Null
            }
            Get-DagRun $folder/journal | ForEach-Object { $_ | Format-List * | Out-String; $_.Nodes.Values | Format-List * | Out-String }
            $results
            """,
            ("folder", _folder.FullName),
            ("began", began),
            ("shown", shown));
        began.Pass();
        Patience.Until(
            () => running.IsCompleted || running.Streams.Progress.ToArray().Any(record =>
                record.Activity.Contains("p ***", StringComparison.Ordinal)
                    || record.StatusDescription.Contains("p ***", StringComparison.Ordinal)),
            "the progress");
        shown.Open();
        ShellResult result = running.Wait();

        Assert.Null(result.Thrown);
        NotIn("the spans", string.Join('\n', spans.Texts));
        Assert.Contains(spans.Texts, text => text.EndsWith(": t ***", StringComparison.Ordinal));
        NotIn("what the script gave out", string.Join('\n', result.Text));
        NotIn("the screen", Shell.Screen.Text);
        ShellStreams streams = result.Streams;
        NotIn("the streams", string.Join('\n', [.. streams.Verbose, .. streams.Warning, .. streams.Debug]));
        NotIn("errors", string.Join('\n', streams.Error.Select(error => $"{error} {error.Exception} {error.FullyQualifiedErrorId}")));
        NotIn("information", string.Join('\n', streams.Information.Select(record => $"{record} {record.MessageData}")));
        NotIn("progress", string.Join(
            '\n', streams.Progress.Select(record => record.Activity + record.StatusDescription + record.CurrentOperation)));
        foreach (string file in Directory.GetFiles(_folder.FullName))
        {
            // What a node put out is its own, also in the journal.
            NotIn(file, File.ReadAllText(file).Replace($"out {Plain}0ux", "own", StringComparison.Ordinal));
        }

        // All of it was said.
        string transcript = File.ReadAllText(Path.Combine(_folder.FullName, "transcript"));
        Assert.Contains("out ***", transcript, StringComparison.Ordinal);
        Assert.Contains("##vso[task.logissue type=error;]Node 'ThrowsText' failed: t ***", transcript, StringComparison.Ordinal);
        Assert.Contains("output: out ***", File.ReadAllText(Path.Combine(_folder.FullName, "run.log")), StringComparison.Ordinal);
        foreach (string node in Containers.SelectMany((_, i) => new[] { $"Talksp{i}", $"Talksu{i}" }))
        {
            Assert.Equal("t ***", result.ErrorText(node));
            Assert.Contains($"[{node}] w ***", streams.Warning);
        }
    }

    private static void NotIn(string where, string text)
    {
        int at = text.IndexOf("Pa55word!", StringComparison.Ordinal);
        Assert.True(at < 0, at < 0 ? string.Empty : $"{where}: {text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 100)]}");
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

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _folder.Dispose();
    }
}

namespace DagShell.Tests.Streams;

/// <summary>The plain text of a secret that came in by -Parameter or $using: is nowhere in what a run shows or writes.</summary>
public sealed class SecretTests : ShellTests
{
    private const string Plain = "Pa55word!(x";

    private readonly ScratchFolder _folder = new();

    /// <summary>Values that have the secret in them, and how a node gets at it.</summary>
    public static TheoryData<string, string> Containers => new()
    {
        { "$secure", "$value" },
        { "$credential", "$value.Password" },
        { "@($secure, 1)", "$value[0]" },
        { "@(, @(, $secure))", "$value[0][0]" },
        { "@{ key = $secure }", "$value.key" },
        { "[ordered]@{ key = $secure }", "$value.key" },
        { "@{ a = @{ b = @($credential) } }", "$value.a.b[0].Password" },
        { "[pscustomobject]@{ Secret = $secure }", "$value.Secret" },
        { "[pscustomobject]@{ Deep = [pscustomobject]@{ Secret = $credential } }", "$value.Deep.Secret.Password" },
        { "[Holder]::new($secure)", "$value.Secret" },
        { "[System.Collections.Generic.List[object]]@($secure)", "$value[0]" },
        { "[System.Collections.ArrayList]@($secure)", "$value[0]" },
        { "(Table)", "$value['k']" },
        { "[System.Collections.Generic.Queue[object]]::new([object[]]@($secure))", "$value.Peek()" },
        { "[System.Collections.Generic.HashSet[object]]::new([object[]]@($secure))", "@($value)[0]" },
        { "[System.Tuple]::Create(1, $secure)", "$value.Item2" },
        { "[ref] $secure", "$value.Value" },
        { "Add-Member -InputObject ([pscustomobject]@{}) -NotePropertyName Late -NotePropertyValue $secure -PassThru", "$value.Late" },
        { "[System.Collections.Generic.KeyValuePair[string, securestring]]::new('k', $secure)", "$value.Value" },
        { "[System.Net.NetworkCredential]::new('u', $secure)", "$value.SecurePassword" },
    };

    [Theory]
    [MemberData(nameof(Containers))]
    public void It_is_shown_nowhere(string container, string access)
    {
        foreach (string way in (string[])["-Parameter @{ value = $value }", ""])
        {
            string param = way.Length > 0 ? "param($value)" : string.Empty;
            string get = way.Length > 0 ? string.Empty : "$value = $using:value; ";
            ShellResult result = Run(
                $$"""
                class Holder { [object] $Secret; Holder($s) { $this.Secret = $s } }
                $secure = ConvertTo-SecureString '{{Plain}}' -AsPlainText -Force
                function Table { $d = [System.Collections.Generic.Dictionary[string, securestring]]::new(); $d['k'] = $secure; , $d }
                $credential = [pscredential]::new('user', $secure)
                $value = {{container}}
                $nodes = @(
                    New-DagNode Talks { {{param}} {{get}}$plain = ConvertFrom-SecureString ({{access}}) -AsPlainText
                        "out $plain"; Write-Warning "w $plain"; Write-Verbose "v $plain" -Verbose; Write-Host "h $plain"
                        $DebugPreference = 'Continue'; Write-Debug "d $plain"; Write-Information "i $plain"; Write-Error "e $plain" -ErrorAction Continue
                        Write-Progress "p $plain" -Status "s $plain" }
                    New-DagNode Throws -RetryCount 1 -RetryDelay 1ms { {{param}} {{get}}$plain = ConvertFrom-SecureString ({{access}}) -AsPlainText
                        throw [System.InvalidOperationException]::new("t $plain", [Exception]::new("inner $plain")) }
                    New-DagNode ThrowsText { {{param}} {{get}}throw "t $(ConvertFrom-SecureString ({{access}}) -AsPlainText)" }
                    New-DagNode Skips { {{param}} {{get}}Skip-DagNode "s $(ConvertFrom-SecureString ({{access}}) -AsPlainText)" }
                )
                $results = $nodes | New-Dag Secret | Invoke-Dag {{way}} -Verbose -LogPath $folder/run.log -Checkpoint $folder/journal -Force `
                    -RunVariable run -InformationAction Continue -ErrorVariable errors -WarningVariable warnings -InformationVariable facts
                $results | Format-Table | Out-String
                $results | ForEach-Object { $_.Log } | Out-String
                $results.SkipReason
                $results.Error | Where-Object { $_ } | ForEach-Object { "$_"; $_ | Out-String; $_ | Format-List * -Force | Out-String; $_.Exception.ToString() }
                $errors | ForEach-Object { "$_"; $_ | Out-String; $_ | Format-List * -Force | Out-String; $_.Exception.ToString() }
                $warnings; $facts | Out-String
                foreach ($format in 'html', 'json', 'csv') { $run | Export-DagRun "$folder/run.$format" -Force | Out-Null }
                "Output: $($results[0].Output.Count + $results[1].Output.Count + $results[2].Output.Count + $results[3].Output.Count)"
                """,
                ("folder", _folder.FullName));

            Assert.Contains("Output: 1", result.Text);
            Assert.DoesNotContain(Plain, string.Join('\n', result.Text), StringComparison.Ordinal);
            Assert.DoesNotContain(Plain, Shell.Screen.Text, StringComparison.Ordinal);
            Assert.Contains("[Talks] w ***", result.Streams.Warning);
            Assert.All(result.Streams.Verbose.Concat(result.Streams.Warning).Concat(result.Streams.Debug), NotThere);
            Assert.All(result.Streams.Information, record => NotThere(record.ToString()));
            Assert.All(result.Streams.Progress, record => NotThere(record.Activity + record.StatusDescription));
            foreach (string file in Directory.GetFiles(_folder.FullName))
            {
                // What a node put out is its own, also in the journal.
                string text = File.ReadAllText(file).Replace($"out {Plain}", "own", StringComparison.Ordinal);
                Assert.False(text.Contains(Plain, StringComparison.Ordinal), $"The secret is in {file}.");
            }

            Assert.Contains("output: out ***", File.ReadAllText(Path.Combine(_folder.FullName, "run.log")), StringComparison.Ordinal);
        }
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

    private static void NotThere(string text) => Assert.DoesNotContain(Plain, text, StringComparison.Ordinal);
}

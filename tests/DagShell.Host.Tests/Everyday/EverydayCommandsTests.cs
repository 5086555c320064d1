using System.Management.Automation;

namespace DagShell.Host.Tests.Everyday;

/// <summary>Each command does what the one of the same name does in pwsh.</summary>
public sealed class EverydayCommandsTests(EverydayRunspace everyday) : IClassFixture<EverydayRunspace>
{
    [Theory]
    [InlineData("Write-Output 1 2 3", "1|2|3")]
    [InlineData("Write-Output (1, 2)", "1|2")]
    [InlineData("(Write-Output 1, 2 -NoEnumerate | Measure-Object).Count", "1")]
    [InlineData("1..3 | Write-Output", "1|2|3")]
    [InlineData("Write-Output $null", "<null>")]
    public void Writes_output(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("1..5 | Select-Object -First 2", "1|2")]
    [InlineData("1..5 | Select-Object -Last 2", "4|5")]
    [InlineData("1..5 | Select-Object -Skip 3", "4|5")]
    [InlineData("1..5 | Select-Object -SkipLast 3", "1|2")]
    [InlineData("1..5 | Select-Object -Skip 1 -First 2", "2|3")]
    [InlineData("1..5 | Select-Object -Skip 1 -Last 2", "3|4")]
    [InlineData("1..5 | Select-Object -First 1 -Last 1", "1|5")]
    [InlineData("1..5 | Select-Object -Index 0, 3", "1|4")]
    [InlineData("1..5 | Select-Object -First 0", "")]
    [InlineData("'a', 'A', 'a', 'b' | Select-Object -Unique", "a|A|b")]
    [InlineData("[pscustomobject]@{ A = 1; B = 2 } | Select-Object b", "@{B=2}")]
    [InlineData("[pscustomobject]@{ Ab = 1; Ac = 2; D = 3 } | Select-Object A*", "@{Ab=1; Ac=2}")]
    [InlineData("[pscustomobject]@{ A = 1; B = 2 } | Select-Object * -ExcludeProperty A", "@{B=2}")]
    [InlineData("[pscustomobject]@{ A = 1; B = 2 } | Select-Object A, None", "@{A=1; None=}")]
    [InlineData("[pscustomobject]@{ A = 1, 2 } | Select-Object -ExpandProperty A", "1|2")]
    [InlineData("3 | Select-Object @{ Name = 'Double'; Expression = { $_ * 2 } }, @{ n = 'x'; e = { 'y' } }", "@{Double=6; x=y}")]
    [InlineData("@{ A = 1 } | Select-Object A", "@{A=1}")]
    public void Selects(string script, string expected) => Gives(script, expected);

    [Fact]
    public void Select_first_ends_the_commands_before_it_and_lets_those_after_it_finish()
    {
        string[] output = everyday.Run(
            """
            $script:seen = 0
            1..1000 | ForEach-Object { $script:seen++; $_ } | Select-Object -First 2 | Sort-Object -Descending
            $script:seen
            """);
        Assert.Equal(["2", "1", "2"], output);
    }

    [Theory]
    [InlineData("3, 1, 2 | Sort-Object", "1|2|3")]
    [InlineData("3, 1, 2 | Sort-Object -Descending", "3|2|1")]
    [InlineData("10, 9, 100 | Sort-Object", "9|10|100")]
    [InlineData("'b', 'B', 'a' | Sort-Object", "a|b|B")]
    [InlineData("'b', 'A', 'b' | Sort-Object -Unique", "A|b")]
    [InlineData("'aaa', 'b', 'cc' | Sort-Object Length", "b|cc|aaa")]
    [InlineData("'aaa', 'b', 'cc' | Sort-Object { $_.Length } -Descending", "aaa|cc|b")]
    [InlineData("'b1', 'a2', 'c1' | Sort-Object @{ e = { $_[1] }; Descending = $true }, { $_ }", "a2|b1|c1")]
    [InlineData("5, 3, 4 | Sort-Object -Top 2", "3|4")]
    [InlineData("5, 3, 4 | Sort-Object -Bottom 2", "4|5")]
    [InlineData("1..20 | Sort-Object { $_ % 2 } | Select-Object -First 3", "2|4|6")]
    public void Sorts(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("'a', 'b', 'A' | Group-Object | ForEach-Object { \"$($_.Name)=$($_.Count)\" }", "a=2|b=1")]
    [InlineData("'ab', 'c', 'de' | Group-Object Length | ForEach-Object { \"$($_.Name): $($_.Group)\" }", "1: c|2: ab de")]
    [InlineData("('ab', 'c', 'de' | Group-Object Length -AsHashTable)[2] -join ','", "ab,de")]
    [InlineData("('ab', 'c' | Group-Object Length -AsHashTable -AsString)['1']", "c")]
    [InlineData("1..4 | Group-Object { $_ % 2 -eq 0 } -NoElement | ForEach-Object Name", "False|True")]
    public void Groups(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("(1..4 | Measure-Object).Count", "4")]
    [InlineData("1..4 | Measure-Object -Sum -Average -Minimum -Maximum | ForEach-Object { \"$($_.Sum) $($_.Average) $($_.Minimum) $($_.Maximum)\" }", "10 2.5 1 4")]
    [InlineData("('a', 'bbb' | Measure-Object Length -Sum).Sum", "4")]
    [InlineData("(2, 4, 4, 4, 5, 5, 7, 9 | Measure-Object -StandardDeviation).StandardDeviation.ToString('0.000')", "2.138")]
    [InlineData("'one two', 'three' | Measure-Object -Line -Word -Character | ForEach-Object { \"$($_.Lines) $($_.Words) $($_.Characters)\" }", "2 3 12")]
    public void Measures(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("@{ a = 1 } | ConvertTo-Json -Compress", "{\"a\":1}")]
    [InlineData("[ordered]@{ s = 'x\"y'; n = $null; b = $true; d = 1.5; l = 1, 2 } | ConvertTo-Json -Compress", "{\"s\":\"x\\\"y\",\"n\":null,\"b\":true,\"d\":1.5,\"l\":[1,2]}")]
    [InlineData("1, 2 | ConvertTo-Json -Compress", "[1,2]")]
    [InlineData("1 | ConvertTo-Json -Compress -AsArray", "[1]")]
    [InlineData("[DayOfWeek]::Monday | ConvertTo-Json", "1")]
    [InlineData("[DayOfWeek]::Monday | ConvertTo-Json -EnumsAsStrings", "\"Monday\"")]
    [InlineData("[pscustomobject]@{ t = [datetime]::new(2020, 1, 2, 3, 4, 5, [DateTimeKind]::Utc) } | ConvertTo-Json -Compress", "{\"t\":\"2020-01-02T03:04:05Z\"}")]
    [InlineData("@{ a = 2.0 } | ConvertTo-Json -Compress", "{\"a\":2.0}")]
    [InlineData("('{\"a\": [1, 2.5, \"x\", null, true]}' | ConvertFrom-Json).a", "1|2.5|x|<null>|True")]
    [InlineData("('{\"a\": {\"b\": 1}}' | ConvertFrom-Json).a.b.GetType().Name", "Int64")]
    [InlineData("('{\"A\": 1}' | ConvertFrom-Json -AsHashtable)['A']", "1")]
    [InlineData("'[1, 2]' | ConvertFrom-Json", "1|2")]
    [InlineData("('[1, 2]' | ConvertFrom-Json -NoEnumerate).GetType().Name", "Object[]")]
    [InlineData("('{\"t\": \"2020-01-02T03:04:05Z\"}' | ConvertFrom-Json).t.Year", "2020")]
    [InlineData("'{', '\"a\": 1', '}' | ConvertFrom-Json | ForEach-Object a", "1")]
    [InlineData("'{\"a\": 1}', '{\"a\": 2}' | ConvertFrom-Json | ForEach-Object a", "1|2")]
    [InlineData("try { '{' | ConvertFrom-Json } catch { $_.Exception.GetType().Name }", "ArgumentException")]
    public void Converts_json(string script, string expected) => Gives(script, expected);

    [Fact]
    public void Json_is_indented_by_two_and_warns_when_it_is_cut()
    {
        using PowerShell shell = everyday.Create("@{ a = @{ b = @{ c = @{ d = 1 } } } } | ConvertTo-Json");
        string json = shell.Invoke<string>()[0].ReplaceLineEndings("\n");
        Assert.Equal("{\n  \"a\": {\n    \"b\": {\n      \"c\": \"System.Collections.Hashtable\"\n    }\n  }\n}", json);
        Assert.Contains("depth of 2", Assert.Single(shell.Streams.Warning).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ a = 1; b = 'x,\"y' } | ConvertTo-Csv", "\"a\",\"b\"|\"1\",\"x,\"\"y\"")]
    [InlineData("[pscustomobject]@{ a = 1; b = 'x,y' } | ConvertTo-Csv -UseQuotes AsNeeded -Delimiter ';'", "a;b|1;x,y")]
    [InlineData("'a,b', '1,\"x, y\"' | ConvertFrom-Csv | ForEach-Object { \"$($_.a)/$($_.b)\" }", "1/x, y")]
    [InlineData("'1;2' | ConvertFrom-Csv -Delimiter ';' -Header x, y | ForEach-Object y", "2")]
    [InlineData("$f = New-TemporaryFile; @{ a = 1 }, @{ a = 2 } | Export-Csv $f; @{ a = 3 } | Export-Csv $f -Append; (Import-Csv $f).a; Remove-Item $f", "1|2|3")]
    public void Converts_csv(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("Get-Date -Date '2020-02-29 13:14:15' -Format 'yyyy-MM-dd HH:mm'", "2020-02-29 13:14")]
    [InlineData("(Get-Date 2020-02-29 -Day 1 -Hour 5).ToString('s')", "2020-02-01T05:00:00")]
    [InlineData("Get-Date 2020-02-29 -Format FileDate", "20200229")]
    [InlineData("(Get-Date -UnixTimeSeconds 0 -AsUTC).ToString('s')", "1970-01-01T00:00:00")]
    [InlineData("(Get-Date).GetType().Name", "DateTime")]
    [InlineData("New-TimeSpan -Minutes 90", "01:30:00")]
    [InlineData("New-TimeSpan -Start 2020-01-01 -End 2020-01-02", "1.00:00:00")]
    [InlineData("(Measure-Command { $x = 1 }).GetType().Name; $x", "TimeSpan|1")]
    [InlineData("(New-Guid).GetType().Name; New-Guid -Empty", "Guid|00000000-0000-0000-0000-000000000000")]
    [InlineData("(Get-Random -Minimum 5 -Maximum 6), (Get-Random 1)", "5|0")]
    [InlineData("(1..9 | Get-Random -Count 9 | Sort-Object) -join ''", "123456789")]
    [InlineData("(Get-Random -InputObject a, b) -in 'a', 'b'", "True")]
    [InlineData("Start-Sleep -Milliseconds 1; Start-Sleep 0.001; Start-Sleep -Duration 0:0:0.001; 'awake'", "awake")]
    public void Tells_time_and_chance(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("(New-Object System.Text.StringBuilder 'ab').Length", "2")]
    [InlineData("New-Object psobject -Property @{ a = 1 }", "@{a=1}")]
    [InlineData("(New-Object System.UriBuilder -Property @{ Host = 'h' }).Host", "h")]
    [InlineData("try { New-Object No.Such } catch { $_.FullyQualifiedErrorId }", "TypeNotFound,New-Object")]
    [InlineData("$o = [pscustomobject]@{ a = 1 }; $o | Add-Member b 2; $o | Add-Member -MemberType ScriptProperty -Name c -Value { $this.a + $this.b }; $o.c", "3")]
    [InlineData("([pscustomobject]@{} | Add-Member @{ x = 5 } -PassThru).x", "5")]
    [InlineData("[pscustomobject]@{ a = 1 } | Get-Member -MemberType NoteProperty | ForEach-Object Name", "a")]
    [InlineData("$x = 5; (Get-Variable x).Value; Get-Variable x -ValueOnly", "5|5")]
    [InlineData("Set-Variable y 7; $y", "7")]
    [InlineData("& { Set-Variable g 8 -Scope Global }; $global:g", "8")]
    [InlineData("function f { $inner = 'seen'; Get-Variable inner -ValueOnly }; f", "seen")]
    public void Makes_objects_and_variables(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("([pscustomobject]@{ a = 1; b = 'xy' } | Out-String).Trim() -split '\\r?\\n' | ForEach-Object TrimEnd", "a b|- -|1 xy")]
    [InlineData("1, 'x' | Out-String -Stream", "1|x")]
    [InlineData("'a', 'b' | Out-String -NoNewline", "ab")]
    [InlineData("[pscustomobject]@{ Name = 'n'; Size = 12 } | Format-Table", "|Name Size|---- ----|n      12|")]
    [InlineData("[pscustomobject]@{ Name = 'n'; Size = 12 } | Format-Table Size -HideTableHeaders", "|  12|")]
    [InlineData("[pscustomobject]@{ Name = 'n'; Size = 12 } | Format-List", "|Name : n|Size : 12|")]
    [InlineData("$f = New-TemporaryFile; 'a', 'b' | Out-File $f; 'c' >> $f; Get-Content $f; Remove-Item $f", "a|b|c")]
    [InlineData("$f = New-TemporaryFile; 'x' > $f; Get-Content $f; Remove-Item $f", "x")]
    public void Formats(string script, string expected) => Gives(script, expected);

    private void Gives(string script, string expected) => Assert.Equal(expected, string.Join('|', everyday.Run(script)));
}

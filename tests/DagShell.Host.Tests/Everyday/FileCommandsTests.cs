namespace DagShell.Host.Tests.Everyday;

public sealed class FileCommandsTests : IClassFixture<EverydayRunspace>, IDisposable
{
    private readonly EverydayRunspace _everyday;
    private readonly string _folder = Directory.CreateTempSubdirectory("dagsh-tests-").FullName;

    public FileCommandsTests(EverydayRunspace everyday)
    {
        _everyday = everyday;
        Directory.CreateDirectory(Path.Combine(_folder, "src", "deep"));
        File.WriteAllLines(Path.Combine(_folder, "src", "a.txt"), ["one", "two", "three"]);
        File.WriteAllText(Path.Combine(_folder, "src", "b.log"), "log");
        File.WriteAllText(Path.Combine(_folder, "src", "deep", "c.txt"), "deep");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("(Get-ChildItem src).Name", "deep|a.txt|b.log")]
    [InlineData("(Get-ChildItem src -File).Name", "a.txt|b.log")]
    [InlineData("(Get-ChildItem src -Directory).Name", "deep")]
    [InlineData("(Get-ChildItem src -Recurse -Filter *.txt).Name", "a.txt|c.txt")]
    [InlineData("(Get-ChildItem src -Recurse -Include *.txt, *.log -Exclude a*).Name | Sort-Object", "b.log|c.txt")]
    [InlineData("(Get-ChildItem src/*.txt).Name", "a.txt")]
    [InlineData("(Get-ChildItem . -Depth 1 -File).Name", "a.txt|b.log")]
    [InlineData("(Get-ChildItem src -Name -File)", "a.txt|b.log")]
    [InlineData("(Get-Item src | Get-ChildItem -File).Name", "a.txt|b.log")]
    [InlineData("(Get-Item src/a.txt).Length -gt 5", "True")]
    [InlineData("(Get-ChildItem env:PATH).Name", "PATH")]
    [InlineData("try { Get-Item nosuch -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; $_.CategoryInfo.Category }", "PathNotFound,Get-Item|ObjectNotFound")]
    [InlineData("Get-ChildItem nosuch -ErrorAction SilentlyContinue; $?", "False")]
    public void Lists(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("Get-Content src/a.txt", "one|two|three")]
    [InlineData("(Get-Content src/a.txt -Raw).Length", "14")]
    [InlineData("Get-Content src/a.txt -TotalCount 1", "one")]
    [InlineData("Get-Content src/a.txt -Tail 1", "three")]
    [InlineData("Get-ChildItem src/b.log | Get-Content", "log")]
    [InlineData("(Get-Content src/b.log -AsByteStream)[0]", "108")]
    [InlineData("'x', 'y' | Set-Content new.txt; Get-Content new.txt", "x|y")]
    [InlineData("Set-Content new.txt 'x' -NoNewline; Add-Content new.txt 'y'; (Get-Content new.txt -Raw).Trim()", "xy")]
    [InlineData("Set-Content new.txt 1, 2; 3 | Add-Content new.txt; Get-Content new.txt", "1|2|3")]
    [InlineData("Set-Content new.txt 'é' -Encoding unicode; (Get-Item new.txt).Length -in 6, 8; Get-Content new.txt -Encoding unicode", "True|é")]
    [InlineData("$env:DAGSH_TEST = 'v'; Get-Content env:DAGSH_TEST; Set-Content env:DAGSH_TEST 'w'; $env:DAGSH_TEST", "v|w")]
    [InlineData("try { Get-Content src -ErrorAction Stop } catch { $_.CategoryInfo.Category }", "InvalidOperation")]
    public void Reads_and_writes(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("(New-Item d -ItemType Directory).Name; Test-Path d -PathType Container", "d|True")]
    [InlineData("$null = New-Item -Path src -Name n.txt -Value 'hi'; Get-Content src/n.txt", "hi")]
    [InlineData("try { New-Item src/a.txt -ErrorAction Stop } catch { $_.Exception.GetType().Name }; (New-Item src/a.txt -Force).Length", "IOException|0")]
    [InlineData("Remove-Item src/a.txt; Test-Path src/a.txt", "False")]
    [InlineData("Remove-Item src -Recurse; Test-Path src", "False")]
    [InlineData("Remove-Item src/* -Recurse -Force; @(Get-ChildItem src).Count", "0")]
    [InlineData("Get-ChildItem src -File | Remove-Item; (Get-ChildItem src).Name", "deep")]
    [InlineData("Remove-Item src/a.txt -WhatIf; Test-Path src/a.txt", "True")]
    [InlineData("& { $WhatIfPreference = $true; Remove-Item src/a.txt }; Test-Path src/a.txt", "True")]
    [InlineData("Copy-Item src/a.txt copy.txt; Get-Content copy.txt -TotalCount 1", "one")]
    [InlineData("Copy-Item src dst -Recurse; Test-Path dst/deep/c.txt", "True")]
    [InlineData("(Copy-Item src/a.txt copy.txt -PassThru).Name", "copy.txt")]
    [InlineData("Move-Item src/a.txt moved.txt; (Test-Path moved.txt), (Test-Path src/a.txt)", "True|False")]
    [InlineData("Rename-Item src/a.txt r.txt; Test-Path src/r.txt", "True")]
    [InlineData("Test-Path src, nosuch, src/*.txt", "True|False|True")]
    [InlineData("Test-Path src -PathType Leaf", "False")]
    [InlineData("Test-Path nodrive:/x", "False")]
    public void Changes_files(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("(Join-Path a b).Replace('\\', '/')", "a/b")]
    [InlineData("(Join-Path a b c d).Replace('\\', '/')", "a/b/c/d")]
    [InlineData("(Split-Path a/b/c.tar.gz).Replace('\\', '/')", "a/b")]
    [InlineData("Split-Path a/b/c.txt -Leaf; Split-Path a/c.txt -LeafBase; Split-Path a/c.txt -Extension", "c.txt|c|.txt")]
    [InlineData("Split-Path a/b -IsAbsolute", "False")]
    [InlineData("(Resolve-Path src/*.txt).Path -eq (Convert-Path src/a.txt)", "True")]
    [InlineData("(Resolve-Path src -Relative).Replace('\\', '/')", "./src")]
    [InlineData("try { Resolve-Path nosuch -ErrorAction Stop } catch { $_.CategoryInfo.Category }", "ObjectNotFound")]
    [InlineData("Push-Location src; Split-Path (Get-Location) -Leaf; Pop-Location; Test-Path src", "src|True")]
    [InlineData("$p = (Set-Location src/deep -PassThru).Path; Split-Path $p -Leaf; Set-Location ../..", "deep")]
    public void Handles_paths(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("(Get-FileHash src/b.log).Hash", "836FF184E7B41B1E13CB5FD89FA1DE98DBBAB99E9D2918913FF43B86A5C7C213")]
    [InlineData("(Get-FileHash src/b.log -Algorithm MD5).Hash", "DC1D71BBB5C4D2A5E936DB79EF10C19F")]
    [InlineData("(Get-ChildItem src -File | Get-FileHash).Count", "2")]
    [InlineData("Split-Path (Get-FileHash src/b.log).Path -Leaf", "b.log")]
    public void Hashes(string script, string expected) => Gives(script, expected);

    [Theory]
    [InlineData("Compress-Archive src z.zip; Expand-Archive z.zip out; (Get-ChildItem out -Recurse -File).Name | Sort-Object", "a.txt|b.log|c.txt")]
    [InlineData("Compress-Archive src z.zip; Expand-Archive z.zip out; Test-Path out/src/deep/c.txt", "True")]
    [InlineData("Compress-Archive src/* z; Expand-Archive z.zip; Test-Path z/deep/c.txt", "True")]
    [InlineData("Compress-Archive src/a.txt z.zip; Compress-Archive src/b.log z.zip -Update; Expand-Archive z.zip; (Get-ChildItem z).Name", "a.txt|b.log")]
    [InlineData("Compress-Archive src z.zip; try { Compress-Archive src z.zip -ErrorAction Stop } catch { $_.CategoryInfo.Category }; (Compress-Archive src z.zip -Force -PassThru).Name", "ResourceExists|z.zip")]
    public void Archives(string script, string expected) => Gives(script, expected);

    private string[] In(string script) => _everyday.Run($"Set-Location -LiteralPath '{_folder}'\n{script}\nSet-Location /");

    private void Gives(string script, string expected) => Assert.Equal(expected, string.Join('|', In(script)));
}

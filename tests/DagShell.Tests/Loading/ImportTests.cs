using System.Runtime.InteropServices;

namespace DagShell.Tests.Loading;

/// <summary>The ways to import the module, and to be rid of it. In a process of its own, where nothing was imported before.</summary>
public sealed class ImportTests : IDisposable
{
    private const string Script = """
        param([string] $Manifest, [string] $Copy)
        $ErrorActionPreference = 'Stop'
        $isLoaded = { $args[0] -in [AppDomain]::CurrentDomain.GetAssemblies().ForEach{ $_.GetName().Name } }
        $areImages = {
            $loaded = [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -match '^(DagShell|Polly)' }
            $loaded.Where{ $_.Location -notlike '*runtimes*' }.ForEach{ $_.GetName().Name }
        }
        $run = { (New-DagNode A { $args.Count } -RetryCount 1 -Timeout 1m | Invoke-Dag).Status }
        Import-Module $Manifest
        "from: $([DagShell.Dag].Assembly.Location | Split-Path | Split-Path | Split-Path -Leaf)"
        "engine at import: $(& $isLoaded DagShell.Engine)"
        "Polly at import: $(& $isLoaded Polly.Core)"
        $nodes = (New-DagNode A { }), (New-DagNode B { } -DependsOn A)
        "without retry or timeout: $($nodes | Invoke-Dag -Timeout 1m | ForEach-Object Status)"
        "Polly after that: $(& $isLoaded Polly.Core)"
        "imported: $(& $run)"
        "all from there: $(& $areImages)"
        "Polly after a retry: $(& $isLoaded Polly.Core)"
        "pictures after a run: $(& $isLoaded DagShell.Pictures)"
        "picture: $(New-DagNode A { } | Show-Dag | Select-String A)"
        Remove-Module DagShell
        Import-Module $Manifest
        "again: $(& $run)"
        Import-Module $Manifest -Force
        "by force: $(& $run)"
        Remove-Module DagShell
        Copy-Item (Split-Path $Manifest) $Copy -Recurse
        Import-Module (Join-Path $Copy DagShell.psd1)
        "a copy: $(& $run)"
        Import-Module $Manifest
        "beside its copy: $(& $run)"
        Remove-Module DagShell
        $job = Start-ThreadJob { Import-Module $using:Manifest; (New-DagNode A { } -RetryCount 1 | Invoke-Dag).Status }
        "thread job: $($job | Receive-Job -Wait)"
        $job = Start-Job { Import-Module $using:Manifest; "$((New-DagNode A { } -RetryCount 1 | Invoke-Dag).Status)" }
        "job: $($job | Receive-Job -Wait)"
        "using module: $(& ([scriptblock]::Create("using module $Manifest`n`$n = New-DagNode A { } -TriggerRule ([DagShell.TriggerRule]::AllDone); (`$n | Invoke-Dag).Status")))"
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task However_it_is_imported_nodes_run()
    {
        string manifest = CopyWithImages(File.Copy);

        string[] lines = await RealShell.LinesOfAsync(
            _folder.Write("import.ps1", Script), manifest, Path.Combine(_folder.FullName, "copy"));

        Assert.Equal(
            [
                "from: runtimes", "engine at import: False", "Polly at import: False",
                "without retry or timeout: Succeeded Succeeded", "Polly after that: False",
                "imported: Succeeded", "all from there: DagShell.Startup", "Polly after a retry: True",
                "pictures after a run: False", "picture: │  A  │", "again: Succeeded", "by force: Succeeded",
                "a copy: Succeeded", "beside its copy: Succeeded", "thread job: Succeeded", "job: Succeeded", "using module: Succeeded",
            ],
            lines);
    }

    [Fact]
    public async Task Images_that_NET_does_not_take_are_left_aside()
    {
        string manifest = CopyWithImages(static (_, image) => File.WriteAllText(image, "for another platform"));

        string[] lines = await RealShell.LinesOfAsync(_folder.Write("import.ps1", """
            param([string] $Manifest)
            Import-Module $Manifest
            (New-DagNode A { } -RetryCount 1 | Invoke-Dag).Status
            """), manifest);

        Assert.Equal(["Succeeded"], lines);
    }

    /// <summary>
    /// Copies the module, with images for this platform: what .NET would take for one, it takes for the assembly beside the manifest.
    /// </summary>
    private string CopyWithImages(Action<string, string> makeImage)
    {
        string source = Path.GetDirectoryName(Checkout.Manifest)!;
        string copy = Path.Combine(_folder.FullName, "module");
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        string images = Path.Combine(copy, "runtimes", $"{system}-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant());
        Directory.CreateDirectory(images);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("runtimes", StringComparison.Ordinal)))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
            if (Path.GetExtension(file) == ".dll" && Path.GetFileName(file) != "DagShell.Startup.dll")
            {
                makeImage(file, Path.Combine(images, Path.GetFileName(file)));
            }
        }

        return Path.Combine(copy, "DagShell.psd1");
    }
}

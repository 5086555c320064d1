namespace DagShell.Tests.Loading;

/// <summary>The ways to import the module, and to be rid of it. In a process of its own, where nothing was imported before.</summary>
public sealed class ImportTests : IDisposable
{
    private const string Script = """
        param([string] $Manifest, [string] $Copy)
        $ErrorActionPreference = 'Stop'
        $isLoaded = { [bool] ([AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -eq $args[0] }) }
        $run = { (New-DagNode A { $args.Count } -RetryCount 1 -Timeout 1m | Invoke-Dag).Status }
        Import-Module $Manifest
        "engine at import: $(& $isLoaded DagShell.Engine)"
        "Polly at import: $(& $isLoaded Polly.Core)"
        "imported: $(& $run)"
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
        string[] lines = await RealShell.LinesOfAsync(
            _folder.Write("import.ps1", Script), Checkout.Manifest, Path.Combine(_folder.FullName, "copy"));

        Assert.Equal(
            [
                "engine at import: False", "Polly at import: False", "imported: Succeeded",
                "pictures after a run: False", "picture: │  A  │", "again: Succeeded", "by force: Succeeded",
                "a copy: Succeeded", "beside its copy: Succeeded", "thread job: Succeeded", "job: Succeeded", "using module: Succeeded",
            ],
            lines);
    }
}

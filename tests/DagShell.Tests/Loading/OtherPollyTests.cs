using System.Reflection;
using System.Reflection.Emit;

namespace DagShell.Tests.Loading;

/// <summary>
/// Other modules bring Polly along too, in versions of their own. Each test has a process of its own, since an assembly stays loaded.
/// </summary>
public sealed class OtherPollyTests : IDisposable
{
    private const string Script = """
        param([string] $Manifest, [string] $Polly, [string] $First)
        $ErrorActionPreference = 'Stop'

        # Loads Polly, and asks for it by name as an assembly does that was compiled against it.
        function Invoke-Other {
            $null = [System.Reflection.Assembly]::LoadFrom($Polly)
            $builder = [Activator]::CreateInstance([type]::GetType('Polly.ResiliencePipelineBuilder, Polly.Core', $true))
            "other: $($builder.GetType().Assembly.Location)"
        }

        function Invoke-Ours {
            Import-Module $Manifest
            $nodes = @(
                New-DagNode Retried { if ($DagNode.Attempt -eq 1) { throw 'once' } 'retried' } -RetryCount 1 -RetryDelay 1ms -Timeout 5m
                New-DagNode Late { while ($true) { Start-Sleep -Milliseconds 10 } } -Timeout 1s -RetryCount 1
            )
            $nodes | Invoke-Dag -ErrorAction Ignore | Sort-Object Name | ForEach-Object { "$($_.Name): $($_.Status) $($_.Attempts) $($_.Output)" }
        }

        if ($First -eq 'Other') { Invoke-Other; Invoke-Ours; Invoke-Other } else { Invoke-Ours; Invoke-Other; Invoke-Ours }
        """;

    private static readonly string[] Ours = ["Late: Failed 2", "Retried: Succeeded 2 retried"];

    private readonly ScratchFolder _folder = new();

    private static string OlderPolly => Path.Combine(AppContext.BaseDirectory, "polly-older", "Polly.Core.dll");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_older_Polly_that_was_loaded_first_disturbs_nothing_and_is_not_disturbed()
    {
        string[] lines = await RunAsync(OlderPolly, first: "Other");

        Assert.Equal([$"other: {OlderPolly}", .. Ours, $"other: {OlderPolly}"], lines);
    }

    [Fact]
    public async Task A_newer_Polly_that_was_loaded_first_disturbs_nothing_and_is_not_disturbed()
    {
        string polly = WriteNewerPolly();

        string[] lines = await RunAsync(polly, first: "Other");

        Assert.Equal([$"other: {polly}", .. Ours, $"other: {polly}"], lines);
    }

    [Fact]
    public async Task A_module_that_comes_later_gets_its_own_Polly()
    {
        string[] lines = await RunAsync(OlderPolly, first: "Ours");

        Assert.Equal([.. Ours, $"other: {OlderPolly}", .. Ours], lines);
    }

    private Task<string[]> RunAsync(string polly, string first) =>
        RealShell.LinesOfAsync(_folder.Write("other.ps1", Script), Checkout.Manifest, polly, first);

    /// <summary>Makes a Polly of a version that is yet to come, of which nothing is as the engine knows it.</summary>
    private string WriteNewerPolly()
    {
        string file = Path.Combine(_folder.FullName, "Polly.Core.dll");
        PersistedAssemblyBuilder assembly =
            new(new AssemblyName("Polly.Core") { Version = new Version(9, 0, 0, 0) }, typeof(object).Assembly);
        assembly.DefineDynamicModule("Polly.Core").DefineType("Polly.ResiliencePipelineBuilder", TypeAttributes.Public).CreateType();
        assembly.Save(file);
        return file;
    }
}

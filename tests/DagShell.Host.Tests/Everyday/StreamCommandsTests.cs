using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Host.Hosting;

namespace DagShell.Host.Tests.Everyday;

/// <summary>A cmdlet sees the preferences of whoever calls it. These functions are to do the same.</summary>
public sealed class StreamCommandsTests(EverydayRunspace everyday) : IClassFixture<EverydayRunspace>
{
    [Fact]
    public void A_warning_obeys_the_callers_own_preference()
    {
        using PowerShell shell = Run(
            """
            function Quiet { $WarningPreference = 'SilentlyContinue'; Write-Warning 'not seen' }
            Quiet
            Write-Warning 'seen'
            Write-Warning 'not seen' -WarningAction SilentlyContinue
            """);
        Assert.Equal(["seen"], shell.Streams.Warning.Select(record => record.Message));
    }

    [Fact]
    public void Verbose_debug_and_information_obey_the_callers_preference()
    {
        using PowerShell shell = Run(
            """
            function Loud { [CmdletBinding()] param() Write-Verbose 'v'; Write-Debug 'd' }
            Loud
            Loud -Verbose
            & { $DebugPreference = 'Continue'; Write-Debug 'd2' }
            Write-Verbose 'v2' -Verbose
            Write-Information 'i' -Tags t
            """);
        Assert.Equal(["v", "v2"], shell.Streams.Verbose.Select(record => record.Message));
        Assert.Equal(["d2"], shell.Streams.Debug.Select(record => record.Message));
        InformationRecord information = Assert.Single(shell.Streams.Information);
        Assert.Equal("i", information.MessageData);
        Assert.Equal(["t"], information.Tags);
    }

    [Fact]
    public void An_error_does_not_end_the_caller_and_points_to_the_calling_line()
    {
        using PowerShell shell = Run(
            """

            Write-Error 'bad' -ErrorId MyId -Category InvalidData -TargetObject 5
            $?
            'after'
            """,
            out string[] output);
        ErrorRecord error = Assert.Single(shell.Streams.Error);
        Assert.Equal("bad", error.ToString());
        Assert.Equal("MyId,Write-Error", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Equal(5, error.TargetObject);
        Assert.Equal(2, error.InvocationInfo.ScriptLineNumber);
        Assert.Equal(["False", "after"], output);
    }

    [Fact]
    public void An_error_ends_a_caller_that_prefers_to_stop()
    {
        using PowerShell shell = Run(
            """
            function Fails {
                $ErrorActionPreference = 'Stop'
                Write-Error 'bad'
                'not reached'
            }
            try { Fails } catch { $_.ToString(); $_.FullyQualifiedErrorId; $_.InvocationInfo.ScriptLineNumber }
            try { Write-Error -Exception ([IO.IOException]::new('io')) -ErrorAction Stop } catch [IO.IOException] { 'io caught' }
            """,
            out string[] output);
        Assert.Equal(["bad", "Microsoft.PowerShell.Commands.WriteErrorException,Write-Error", "3", "io caught"], output);
    }

    [Fact]
    public void The_host_gets_what_Write_Host_writes_whatever_the_information_preference()
    {
        using PowerShell shell = Run(
            """
            Write-Host 'a', 'b' -Separator '-' -ForegroundColor Red
            Write-Host 1 2
            Write-Host
            'p' | Write-Host -NoNewline
            """);
        HostInformationMessage[] messages = [.. shell.Streams.Information.Select(record => (HostInformationMessage)record.MessageData)];
        Assert.Equal(["a-b", "1 2", "", "p"], messages.Select(message => message.Message ?? ""));
        Assert.Equal(ConsoleColor.Red, messages[0].ForegroundColor);
        Assert.True(messages[3].NoNewLine);
    }

    [Fact]
    public void Progress_has_all_its_parts()
    {
        using PowerShell shell = Run(
            """
            Write-Progress Copying 'file 1' -Id 3 -ParentId 1 -PercentComplete 50 -SecondsRemaining 9 -CurrentOperation now
            & { $ProgressPreference = 'SilentlyContinue'; Write-Progress Hidden }
            Write-Progress Copying -Id 3 -Completed
            """);
        ProgressRecord[] records = [.. shell.Streams.Progress];
        Assert.Equal(2, records.Length);
        ProgressRecord first = records[0];
        Assert.Equal(("Copying", "file 1", "now"), (first.Activity, first.StatusDescription, first.CurrentOperation));
        Assert.Equal((3, 1, 50, 9), (first.ActivityId, first.ParentActivityId, first.PercentComplete, first.SecondsRemaining));
        Assert.Equal(ProgressRecordType.Completed, records[1].RecordType);
    }

    /// <summary>A function that emits within its try catches what the commands after it throw. None of these may.</summary>
    [Theory]
    [InlineData("Write-Output 1")]
    [InlineData("2, 1 | Sort-Object")]
    [InlineData("1, 2 | Select-Object -First 1")]
    [InlineData("1 | Group-Object")]
    [InlineData("Get-ChildItem env:PATH")]
    [InlineData("Get-Item /")]
    [InlineData("Resolve-Path /")]
    [InlineData("Test-Path /")]
    [InlineData("Set-Location / -PassThru")]
    [InlineData("Get-Content env:PATH")]
    [InlineData("Get-Content (Join-Path ([AppContext]::BaseDirectory) dagsh.runtimeconfig.json)")]
    [InlineData("Get-FileHash (Join-Path ([AppContext]::BaseDirectory) dagsh.runtimeconfig.json)")]
    [InlineData("'{\"a\": 1}' | ConvertFrom-Json")]
    [InlineData("'a', '1' | ConvertFrom-Csv")]
    public void What_later_commands_throw_is_theirs(string command)
    {
        string script = $"try {{ {command} | ForEach-Object {{ throw 'later' }} }} catch {{ $_.Exception.GetType().Name; \"$_\" }}";
        using PowerShell shell = Run(script, out string[] output);
        Assert.Equal(["RuntimeException", "later"], output);
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public async Task Sleep_ends_when_the_pipeline_is_stopped()
    {
        using PowerShell shell = everyday.Create("'started'; Start-Sleep 3600");
        using PSDataCollection<PSObject> output = [];
        TaskCompletionSource started = new();
        output.DataAdded += (_, _) => started.TrySetResult();
        IAsyncResult run = shell.BeginInvoke<PSObject, PSObject>(null, output);
        await started.Task;
        shell.Stop();
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(run));
    }

    [Fact]
    public void Nothing_is_exported_that_the_engine_brings_itself()
    {
        using Runspace engine = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        engine.Open();
        using PowerShell shell = PowerShell.Create(engine);
        shell.AddScript("(Get-Command -CommandType Cmdlet, Function).Where{ -not $_.ModuleName.StartsWith('DagShell') }.Name");
        HashSet<string> own = [.. shell.Invoke<string>()];
        using PowerShell other = everyday
            .Create("(Import-Module $args[0] -PassThru -Force).ExportedFunctions.Keys")
            .AddArgument(ModuleFolders.Everyday);
        string[] exported = [.. other.Invoke<string>()];
        Assert.NotEmpty(exported);
        Assert.DoesNotContain(exported, own.Contains);
    }

    private PowerShell Run(string script) => Run(script, out _);

    private PowerShell Run(string script, out string[] output)
    {
        PowerShell shell = everyday.Create(script);
        output = [.. shell.Invoke().Select(value => value.ToString())];
        return shell;
    }
}

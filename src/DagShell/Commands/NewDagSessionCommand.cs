using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using DagShell.Parameters;
using DagShell.Sessions;

namespace DagShell.Commands;

/// <summary>Opens PowerShell sessions over the standard input and output of a command.</summary>
[Cmdlet(VerbsCommon.New, "DagSession")]
[OutputType(typeof(PSSession))]
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable", Justification =
        "The token source owns no handle and no timer.")]
public sealed class NewDagSessionCommand : DagCommand
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The program: one that starts <c>pwsh -sshs</c>, here or elsewhere.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "A program that starts 'pwsh -sshs', here or elsewhere: pwsh, srun, docker.")]
    [ValidateNotNullOrEmpty]
    public string FilePath { get; set; } = string.Empty;

    /// <summary>The program's arguments, each as it is: no shell reads them.</summary>
    [Parameter(Position = 1, HelpMessage = "The program's arguments, each as it is: no shell reads them.")]
    [ValidateNotNull]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>How many sessions.</summary>
    [Parameter(HelpMessage = "How many sessions to open, side by side.")]
    [ValidateRange(1, 10_000)]
    public int Count { get; set; } = 1;

    /// <summary>How long each may take to open.</summary>
    [Parameter(HelpMessage = "How long each session may take to open: 1 minute where nothing is said.")]
    [Duration]
    public TimeSpan ConnectingTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    private protected override void End()
    {
        if (!CommandSession.IsSupported)
        {
            throw new CommandErrorException(
                new PSNotSupportedException(SessionMessages.NeedsNewerShell), "NotSupported", ErrorCategory.NotInstalled, null);
        }

        if (ConnectingTimeout <= TimeSpan.Zero)
        {
            throw new CommandErrorException(
                new PSArgumentException(SessionMessages.ZeroConnectingTimeout), "InvalidTimeout", ErrorCategory.InvalidArgument,
                ConnectingTimeout);
        }

        string program = CommandFile.Find(FilePath, this);
        if (KeepAlive.IsWithout(program, ArgumentList))
        {
            WriteWarning(SessionMessages.CommandMayFallSilent);
        }

        string folder = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        Task<Runspace>[] openings =
        [
            .. Enumerable.Range(0, Count).Select(_ => CommandSession.OpenAsync(
                Host, program, ArgumentList, folder, ConnectingTimeout, _stop.Token)),
        ];
        try
        {
            foreach (Task<Runspace> opening in openings)
            {
                WriteSession(opening);
            }
        }
        catch
        {
            // The pipeline was stopped, or wants no more: what is not given out belongs to nobody.
            _stop.Cancel();
            foreach (Task<Runspace> opening in openings)
            {
                _ = opening.ContinueWith(
                    static opened => Dispose(opened.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion,
                    TaskScheduler.Default);
            }

            throw;
        }
    }

    private static void Dispose(Runspace runspace) => runspace.Dispose();

    private void WriteSession(Task<Runspace> opening)
    {
        Runspace runspace;
        try
        {
            runspace = opening.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (RuntimeException exception)
        {
            WriteError(new ErrorRecord(
                new PSRemotingTransportException(SessionMessages.NotOpened(FilePath, exception.Message), exception),
                "SessionNotOpened",
                ErrorCategory.OpenError,
                FilePath));
            return;
        }

        WriteObject(CommandSession.ToSession(runspace, this));
    }
}

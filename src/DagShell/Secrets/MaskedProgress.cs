using System.Management.Automation;

namespace DagShell.Secrets;

/// <summary>
/// Has Write-Progress show no secret, as long as it is not disposed of, in the session and on the thread that it was made on.
/// </summary>
internal sealed class MaskedProgress : IDisposable
{
    private const string Name = "Write-Progress";

    private static readonly CmdletInfo Masked = new(Name, typeof(WriteMaskedProgressCommand));

    private readonly CommandInvocationIntrinsics _session;
    private readonly EventHandler<CommandLookupEventArgs>? _userHandler;
    private readonly EventHandler<CommandLookupEventArgs> _handler;
    private readonly SecretMask? _outer;

    /// <summary>Begins.</summary>
    /// <param name="session">The session of the calling thread.</param>
    /// <param name="secrets">What is not to be shown.</param>
    public MaskedProgress(SessionState session, SecretMask secrets)
    {
        // The handler of a session is that of its own $ExecutionContext.
        _session = ((EngineIntrinsics)session.PSVariable.GetValue("ExecutionContext")).InvokeCommand;
        _outer = WriteMaskedProgressCommand.Secrets;
        WriteMaskedProgressCommand.Secrets = secrets;
        _userHandler = _session.PostCommandLookupAction;
        _session.PostCommandLookupAction = _handler = Replace;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        WriteMaskedProgressCommand.Secrets = _outer;
        if (_session.PostCommandLookupAction == _handler)
        {
            _session.PostCommandLookupAction = _userHandler;
        }
    }

    private void Replace(object? sender, CommandLookupEventArgs found)
    {
        _userHandler?.Invoke(sender, found);
        if (found is { Command: CmdletInfo { Name: Name, ModuleName: "Microsoft.PowerShell.Utility" }, CommandScriptBlock: null })
        {
            found.Command = Masked;
        }
    }
}

using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using DagShell.Hosts;
using DagShell.Runspaces;

namespace DagShell.Sessions;

/// <summary>
/// The host of a pipeline in a session: takes what is shown there, and asks nothing, so that what would ask fails at once.
/// </summary>
internal sealed class SessionHost : RecordingHost, IHostSupportsInteractiveSession
{
    private readonly SessionUserInterface _ui;

    private SessionHost(Action<object> write, Func<string, bool>? takes) => _ui = new SessionUserInterface(write, takes);

    /// <inheritdoc/>
    public override string Name => "DagShell";

    /// <inheritdoc/>
    public override PSHostUserInterface UI => _ui;

    /// <inheritdoc/>
    public override Version Version { get; } = typeof(SessionHost).Assembly.GetName().Version!;

    /// <summary>How the pipeline is to be invoked.</summary>
    public PSInvocationSettings Settings => new() { Host = this, RemoteStreamOptions = RemoteStreamOptions.AddInvocationInfo };

    /// <summary>Makes the host of a pipeline, and has it take what comes in the pipeline's streams.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="write">Takes the records of what is written there, on the threads of the session's connection.</param>
    /// <param name="takes">Takes debug texts that are not to be shown; null if there are none.</param>
    public static SessionHost Of(PowerShell pipeline, Action<object> write, Func<string, bool>? takes = null)
    {
        SessionHost host = new(write, takes);
        NodeStreams.ForwardAll(pipeline, record => host._ui.Take(RemoteRecord.Adapt(record)));
        return host;
    }

    /// <inheritdoc/>
    public bool IsRunspacePushed => false;

    /// <inheritdoc/>
    public Runspace Runspace => null!;

    /// <inheritdoc/>
    public void PushRunspace(Runspace runspace) => throw new NotSupportedException(Messages.NoNestedPrompt);

    /// <inheritdoc/>
    public void PopRunspace()
    {
        // Exit-PSSession: nobody has entered the session. PowerShell calls this there or breaks the session off.
    }

    /// <summary>Hands on what was held back, at the end of a call: what was shown before it says nothing of what comes.</summary>
    public void EndCall() => _ui.EndCall();
}

using System.Globalization;
using System.Management.Automation.Host;

namespace DagShell.Sessions;

/// <summary>
/// The host of a pipeline in a session: takes what is shown there, and asks nothing, so that what would ask fails at once.
/// </summary>
internal sealed class SessionHost : PSHost
{
    private readonly SessionUserInterface _ui;

    /// <summary>Makes a host.</summary>
    /// <param name="write">Takes the records of what is written there, on the threads of the session's connection.</param>
    public SessionHost(Action<object> write) => _ui = new SessionUserInterface(write);

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override string Name => "DagShell";

    /// <inheritdoc/>
    public override PSHostUserInterface UI => _ui;

    /// <inheritdoc/>
    public override Version Version { get; } = typeof(SessionHost).Assembly.GetName().Version!;

    /// <summary>Takes a record from the pipeline's streams.</summary>
    public void Take(object record) => _ui.Take(record);

    /// <summary>Hands on what was held back. For the end of the pipeline.</summary>
    public void Flush() => _ui.Flush();

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException(Messages.NoNestedPrompt);

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException(Messages.NoNestedPrompt);

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode)
    {
        // An exit ends its node.
    }
}

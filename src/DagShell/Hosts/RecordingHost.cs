using System.Globalization;
using System.Management.Automation.Host;

namespace DagShell.Hosts;

/// <summary>A host that makes records of what it is to show. Nodes have no prompt of their own, and leave the terminal alone.</summary>
internal abstract class RecordingHost : PSHost
{
    /// <inheritdoc/>
    public sealed override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public sealed override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    /// <inheritdoc/>
    public sealed override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <inheritdoc/>
    public sealed override void EnterNestedPrompt() => throw new NotSupportedException(Messages.NoNestedPrompt);

    /// <inheritdoc/>
    public sealed override void ExitNestedPrompt() => throw new NotSupportedException(Messages.NoNestedPrompt);

    /// <inheritdoc/>
    public sealed override void NotifyBeginApplication()
    {
        // A program of a node does not have the terminal.
    }

    /// <inheritdoc/>
    public sealed override void NotifyEndApplication()
    {
    }

    /// <inheritdoc/>
    public sealed override void SetShouldExit(int exitCode)
    {
        // An exit ends its node.
    }
}

using System.Globalization;
using System.Management.Automation.Host;

namespace DagShell.Sessions;

/// <summary>
/// The host of nodes in sessions: it shows nothing, since all that they write comes as records, and would be shown twice; and it asks
/// nothing, so that what would ask fails at once.
/// </summary>
internal sealed class SilentHost : PSHost
{
    public static SilentHost Instance { get; } = new();

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "DagShell";

    public override PSHostUserInterface UI => null!;

    public override Version Version { get; } = typeof(SilentHost).Assembly.GetName().Version!;

    public override void EnterNestedPrompt()
    {
    }

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }
}

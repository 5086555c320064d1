using System.Globalization;
using System.Management.Automation.Host;

namespace DagShell.Tests.Hosting;

/// <summary>A host with a screen that tests can read.</summary>
internal sealed class TestHost : PSHost
{
    public TestUserInterface TestUI { get; } = new();

    public override PSHostUserInterface UI => TestUI;

    public override string Name => "DagShell tests";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

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

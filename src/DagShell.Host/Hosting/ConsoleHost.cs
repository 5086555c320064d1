using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Reflection;

namespace DagShell.Host.Hosting;

/// <summary>What PowerShell takes dagsh for.</summary>
internal sealed class ConsoleHost(ConsoleHostUserInterface ui) : PSHost
{
    public override string Name => "dagsh";

    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version ?? new(0, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => ui;

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    /// <summary>What the script said with <c>exit</c>, if it did.</summary>
    public int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new PSNotImplementedException("dagsh has no nested prompt.");

    public override void ExitNestedPrompt() => throw new PSNotImplementedException("dagsh has no nested prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}

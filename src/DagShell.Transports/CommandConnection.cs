using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Remoting.Client;
using System.Management.Automation.Runspaces;

namespace DagShell.Transports;

/// <summary>How a session is opened over the standard input and output of a command, such as <c>pwsh -sshs</c>.</summary>
internal sealed class CommandConnection : RunspaceConnectionInfo
{
    private readonly CommandLine _command;

    public CommandConnection(CommandLine command, TimeSpan connectingTimeout)
    {
        _command = command;
        ComputerName = Path.GetFileNameWithoutExtension(command.FilePath);
        OpenTimeout = (int)Math.Min(connectingTimeout.TotalMilliseconds, int.MaxValue);
    }

    /// <summary>What Get-PSSession shows; a session does not know its host before it is open.</summary>
    public override string ComputerName { get; set; }

    /// <summary>Nobody signs in: the command does, if there is need.</summary>
    public override PSCredential? Credential { get; set; }

    public override AuthenticationMechanism AuthenticationMechanism { get; set; }

    public override string? CertificateThumbprint { get; set; }

    /// <summary>The transport of the session that was made last; what went wrong with it is known there.</summary>
    public CommandTransport? Transport { get; private set; }

    public override RunspaceConnectionInfo Clone() => new CommandConnection(_command, TimeSpan.FromMilliseconds(OpenTimeout))
    {
        Culture = CultureInfo.CurrentCulture,
        UICulture = CultureInfo.CurrentUICulture,
    };

    public override BaseClientSessionTransportManager CreateClientSessionTransportManager(
        Guid instanceId, string sessionName, PSRemotingCryptoHelper cryptoHelper) =>
        Transport = new CommandTransport(_command, instanceId, cryptoHelper);
}

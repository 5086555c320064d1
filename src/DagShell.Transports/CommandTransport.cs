using System.ComponentModel;
using System.Management.Automation.Internal;
using System.Management.Automation.Remoting;
using System.Management.Automation.Remoting.Client;
using DagShell.Transports.Texts;

namespace DagShell.Transports;

/// <summary>
/// Carries PowerShell's own remoting protocol over the standard input and output of a process. A process that ends is noticed at once,
/// and breaks the session, whatever is under way.
/// </summary>
internal sealed class CommandTransport : ClientSessionTransportManagerBase
{
    /// <summary>How long a session may take to close by itself. One whose script blocks never does.</summary>
    private static readonly TimeSpan TimeToClose = TimeSpan.FromSeconds(1);

    private readonly CommandLine _command;
    private readonly object _lock = new();
    private CommandProcess? _process;
    private Timer? _closing;
    private bool _isClosing;

    public CommandTransport(CommandLine command, Guid runspaceId, PSRemotingCryptoHelper cryptoHelper)
        : base(runspaceId, cryptoHelper) => _command = command;

    /// <summary>What the process wrote last to its standard error.</summary>
    public string Errors => _process?.Errors ?? string.Empty;

    public override void CreateAsync()
    {
        try
        {
            lock (_lock)
            {
                if (_isClosing)
                {
                    return;
                }

                _process = CommandProcess.Start(_command);
            }
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or IOException)
        {
            Raise(exception.Message, TransportMethodEnum.CreateShellEx);
            return;
        }

        SetMessageWriter(_process.Input);
        _process.Listen(Receive, OnEnded);
        try
        {
            SendOneItem();
        }
        catch (IOException)
        {
            // It has ended already, which is told where its output ends.
        }
    }

    public override void CloseAsync()
    {
        lock (_lock)
        {
            _isClosing = true;
            _closing ??= new Timer(static state => ((CommandProcess?)state)?.End(), _process, TimeToClose, Timeout.InfiniteTimeSpan);
        }

        try
        {
            base.CloseAsync();
        }
        catch (IOException)
        {
            // There is nobody to say goodbye to.
            _process?.End();
        }
    }

    protected override void CleanupConnection()
    {
        lock (_lock)
        {
            _isClosing = true;
            _closing?.Dispose();
        }

        _process?.End();
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        if (isDisposing)
        {
            CleanupConnection();
        }
    }

    private void Receive(string line)
    {
        // What is no protocol: a greeting of a login shell, or an error message that went the wrong way.
        if (line.StartsWith('<'))
        {
            HandleOutputDataReceived(line);
        }
        else
        {
            _process!.KeepError(line);
        }
    }

    private void OnEnded(int? exitCode)
    {
        bool isClosing;
        lock (_lock)
        {
            isClosing = _isClosing;
        }

        Raise(
            SessionText.Ended(_command.FilePath, _command.Arguments, exitCode, _process!.Errors),
            isClosing ? TransportMethodEnum.CloseShellOperationEx : TransportMethodEnum.ReceiveShellOutputEx);
        _process.End();
    }

    private void Raise(string message, TransportMethodEnum where) =>
        RaiseErrorHandler(new TransportErrorOccuredEventArgs(new PSRemotingTransportException(message), where));
}

using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Runspaces;

/// <summary>
/// The scripts that call a node's script in one session. PowerShell compiles them for that session, which takes longer than most calls;
/// so they are made once.
/// </summary>
/// <remarks>Belongs to the session's thread.</remarks>
internal sealed class CallScripts
{
    private static readonly CmdletInfo LimitItems = new("Limit-DagItem", typeof(LimitItemsCommand));

    private ScriptBlock? _withParameters;
    private ScriptBlock? _forItems;
    private ScriptBlock? _scope;
    private ScriptBlock? _intoReceiver;

    /// <summary>Makes a pipeline that calls a script.</summary>
    /// <param name="session">The session of the calling thread.</param>
    /// <param name="script">The script.</param>
    /// <param name="parameters">Its parameters, by name.</param>
    /// <param name="isLimited">Whether it may give out only so many objects.</param>
    public SteppablePipeline Pipeline(SessionState session, ScriptBlock script, object parameters, bool isLimited)
    {
        ScriptBlock call = isLimited
            ? _forItems ??= TrustedScript.Of(ScriptCall.IntoCommand, session)
            : _withParameters ??= TrustedScript.Of(ScriptCall.Plain, session);
        return call.GetSteppablePipeline(CommandOrigin.Internal, isLimited ? [script, parameters, LimitItems] : [script, parameters]);
    }

    /// <summary>
    /// Makes a pipeline inside one that runs already, with a scope of its own and a command in it. What is written there, to whatever
    /// stream, is handed on.
    /// </summary>
    /// <param name="session">The session of the calling thread.</param>
    /// <param name="body">What the command does.</param>
    /// <param name="receive">Takes what is written.</param>
    public SteppablePipeline Pipeline(SessionState session, Action<PSCmdlet> body, Action<PSObject?> receive)
    {
        _intoReceiver ??= TrustedScript.Of(ScriptCall.IntoReceiver, session);
        _scope ??= TrustedScript.Of(ScriptCall.Scope, session);
        return _intoReceiver.GetSteppablePipeline(
            CommandOrigin.Internal, [_scope, PumpCommand.Info, body, ReceiveOutputCommand.Info, receive]);
    }
}

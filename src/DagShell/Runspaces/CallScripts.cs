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
}

using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Runspaces;

/// <summary>
/// The scripts that call a node's script in one session. PowerShell compiles them for that session, which takes longer than most calls;
/// so they are made once.
/// </summary>
/// <remarks>Belongs to the session's thread.</remarks>
internal sealed class CallScripts
{
    private static readonly ScriptBlock ForItems =
        ScriptBlock.Create("param($Script, $Parameters, $Limit) & $Script @Parameters | & $Limit");

    private static readonly ScriptBlock WithParameters = ScriptBlock.Create("param($Script, $Parameters) & $Script @Parameters");

    private static readonly CmdletInfo LimitItems = new("Limit-DagItem", typeof(LimitItemsCommand));

    private ScriptBlock? _withParameters;
    private ScriptBlock? _forItems;

    /// <summary>The text from which scripts are called; errors of parameters point into it.</summary>
    public static Ast Text => WithParameters.Ast;

    /// <summary>Makes a pipeline that calls a script.</summary>
    /// <param name="session">The session of the calling thread.</param>
    /// <param name="script">The script.</param>
    /// <param name="parameters">Its parameters, by name.</param>
    /// <param name="isLimited">Whether it may give out only so many objects.</param>
    public SteppablePipeline Pipeline(SessionState session, ScriptBlock script, object parameters, bool isLimited)
    {
        ScriptBlock call = isLimited
            ? _forItems ??= Trusted(ForItems, session)
            : _withParameters ??= Trusted(WithParameters, session);
        return call.GetSteppablePipeline(CommandOrigin.Internal, isLimited ? [script, parameters, LimitItems] : [script, parameters]);
    }

    /// <summary>
    /// Makes the call for a session. In a constrained one PowerShell evaluates a steppable pipeline's own words only if its
    /// script block is trusted, as this constant text is; the node's script stays as constrained as its session.
    /// </summary>
    private static ScriptBlock Trusted(ScriptBlock call, SessionState session)
    {
        PSLanguageMode mode = session.LanguageMode;
        try
        {
            session.LanguageMode = PSLanguageMode.FullLanguage;
            return ((ScriptBlockAst)call.Ast).GetScriptBlock();
        }
        finally
        {
            session.LanguageMode = mode;
        }
    }
}

using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace DagShell.Scripts;

/// <summary>Makes script blocks of the module's own, constant text.</summary>
internal static class TrustedScript
{
    private static readonly ScriptBlock AskEngine = ScriptBlock.Create("$ExecutionContext");

    /// <summary>
    /// Makes a script block that may do all that the language can, also where the session of the calling thread is constrained. A script
    /// block keeps the language mode that it was made in, and those of the module serve all sessions of the process.
    /// </summary>
    /// <param name="text">The text.</param>
    public static ScriptBlock Create(string text)
    {
        if (Runspace.DefaultRunspace is null)
        {
            return ScriptBlock.Create(text);
        }

        SessionState session = ((EngineIntrinsics)AskEngine.Invoke()[0].BaseObject).SessionState;
        return MakeIn(session, () => ScriptBlock.Create(text));
    }

    /// <summary>The same script block as new, for the session that calls it: PowerShell ties one to the first that looks at it.</summary>
    public static ScriptBlock Fresh(ScriptBlock script) => ((ScriptBlockAst)script.Ast).GetScriptBlock();

    /// <summary>
    /// Makes a call for a session. In a constrained one PowerShell evaluates a steppable pipeline's own words only if its script block is
    /// trusted, as constant texts are; what they call stays as constrained as its session.
    /// </summary>
    /// <param name="call">The tree of the call.</param>
    /// <param name="session">The session of the calling thread.</param>
    public static ScriptBlock Of(ScriptBlockAst call, SessionState session) => MakeIn(session, call.GetScriptBlock);

    private static ScriptBlock MakeIn(SessionState session, Func<ScriptBlock> make)
    {
        PSLanguageMode mode = session.LanguageMode;
        try
        {
            session.LanguageMode = PSLanguageMode.FullLanguage;
            return make();
        }
        finally
        {
            session.LanguageMode = mode;
        }
    }
}

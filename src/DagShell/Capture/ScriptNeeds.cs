using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>What a script needs of its author's session, with all that it calls.</summary>
/// <remarks>Built on the caller's thread before the run; not changed after that.</remarks>
internal sealed class ScriptNeeds
{
    private const string ExitCode = "global:LASTEXITCODE";

    /// <summary>What the names that it calls mean, each name once.</summary>
    public List<CapturedCommand> Commands { get; } = [];

    /// <summary>The modules that must be there, in the order in which they are come upon.</summary>
    public List<CapturedModule> Modules { get; } = [];

    /// <summary>The module in whose scope the script itself runs; null for none.</summary>
    public CapturedModule? Home { get; set; }

    /// <summary>Script files that it calls. They are not brought: every runspace finds them by their path.</summary>
    public List<ExternalScriptInfo> ScriptFiles { get; } = [];

    /// <summary>Commands that it calls and that the session does not have: perhaps of modules that are not loaded yet.</summary>
    public List<string> NotLoaded { get; } = [];

    /// <summary>
    /// Whether the script, or something that it calls, may leave something behind in the session but <see cref="GlobalVariables"/>.
    /// </summary>
    public bool MayTouchSession { get; set; }

    /// <summary>Whether the session is not to be used after it: what it does there cannot be taken back.</summary>
    public bool SpoilsSession { get; set; }

    /// <summary>The global variables that it, or something that it calls, may set, as paths: global:x.</summary>
    public HashSet<string> GlobalVariables { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it may set a global variable other than the exit code of a program.</summary>
    public bool MaySetGlobals => GlobalVariables.Count > (GlobalVariables.Contains(ExitCode) ? 1 : 0);

    /// <summary>Whether it may run programs, which leave an exit code.</summary>
    public bool MayRunPrograms => MayTouchSession || GlobalVariables.Contains(ExitCode);

    /// <summary>Whether a function that it calls has an <c>exit</c>.</summary>
    public bool MayExit { get; set; }

    /// <summary>
    /// Whether it may put out something and go on; also where only a name that it calls says otherwise, which means something else there.
    /// </summary>
    public bool PutsOutEarly { get; set; }

    /// <summary>Whether it, or something that it calls, calls Wait-Debugger.</summary>
    public bool WaitsForDebugger { get; set; }

    /// <summary>
    /// A command that Pester mocks in a module that it calls: in another session the module would call the real one. Null for none.
    /// </summary>
    public string? MockedInModule { get; set; }

    /// <summary>The names of the methods that it, and what it calls, call on objects.</summary>
    public HashSet<string> MethodsCalled { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes what a script does to the session that it runs in.</summary>
    /// <param name="script">The script, or one that is called by it.</param>
    /// <param name="isOfModule">Whether it runs in the scope of a module, whose variables are that module's own affair.</param>
    public void NoteTraces(NodeScript script, bool isOfModule)
    {
        MayTouchSession |= script.TouchesSession || (script.UsesScriptScope && !isOfModule);
        GlobalVariables.UnionWith(script.GlobalVariables.Select(static name => "global:" + name));
    }

    /// <summary>Notes that a program is called.</summary>
    public void NoteProgram() => GlobalVariables.Add(ExitCode);

    /// <summary>The values of the caller's that come along with the modules of scripts: as by <c>$using:</c>, or as arguments.</summary>
    public static IEnumerable<object?> PassedValues(IEnumerable<ScriptNeeds> needs) =>
        needs.SelectMany(static needed => needed.Modules).Distinct().SelectMany(static module => module.PassedValues);

    /// <summary>Whether nothing has to be brought.</summary>
    public bool IsEmpty => Commands.Count == 0 && Modules.Count == 0;
}

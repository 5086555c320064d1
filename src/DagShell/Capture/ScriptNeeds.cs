using System.Management.Automation;

namespace DagShell.Capture;

/// <summary>What a script needs of its author's session, with all that it calls.</summary>
/// <remarks>Built on the caller's thread before the run; not changed after that.</remarks>
internal sealed class ScriptNeeds
{
    /// <summary>The needs of a script that calls nothing.</summary>
    public static ScriptNeeds None { get; } = new();

    /// <summary>Functions and filters to define.</summary>
    public List<CapturedFunction> Functions { get; } = [];

    /// <summary>Aliases to set: name and definition.</summary>
    public List<KeyValuePair<string, string>> Aliases { get; } = [];

    /// <summary>Modules to import.</summary>
    public List<ModuleImport> Modules { get; } = [];

    /// <summary>Script files that it calls. They are not brought: every runspace finds them by their path.</summary>
    public List<ExternalScriptInfo> ScriptFiles { get; } = [];

    /// <summary>Commands that it calls and that the session does not have: perhaps of modules that are not loaded yet.</summary>
    public List<string> NotLoaded { get; } = [];

    /// <summary>Whether the script, or something that it calls, may leave something behind in the session.</summary>
    public bool MayTouchSession { get; set; }

    /// <summary>Whether a function that it calls has an <c>exit</c>.</summary>
    public bool MayExit { get; set; }

    /// <summary>Whether nothing has to be brought.</summary>
    public bool IsEmpty => Functions.Count == 0 && Aliases.Count == 0 && Modules.Count == 0;
}

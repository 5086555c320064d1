using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using DagShell.Capture;
using DagShell.Hosts;

namespace DagShell.Runspaces;

/// <summary>
/// What the runspaces of a run have in common: the caller's language mode, preferences, and what else holds for all of its session.
/// </summary>
/// <remarks>Captured on the caller's thread before the run; read by the workers' threads.</remarks>
internal sealed class SessionTemplate : IRunspaceKind, IDisposable
{
    // ErrorActionPreference is not among them: inside nodes it is Stop, whatever the caller has.
    private static readonly string[] Preferences =
    [
        "DebugPreference", "InformationPreference", "ProgressPreference", "VerbosePreference",
        "WarningPreference", DefaultParameterValues, "PSModuleAutoLoadingPreference", "PSNativeCommandArgumentPassing",
        "OutputEncoding", "ErrorView", "FormatEnumerationLimit", "OFS",
    ];

    /// <summary>What a runspace is called while no node runs in it.</summary>
    public const string RunspaceName = "DagShell";

    private const string DefaultParameterValues = "PSDefaultParameterValues";

    private readonly InitialSessionState? _given;
    private readonly SessionStateCmdletEntry _command;
    private readonly PSLanguageMode _languageMode;
    private readonly Dictionary<string, object> _variables;
    private readonly CallerSettings _settings;
    private readonly WarmStore<NodeRunspace>? _warm;
    private readonly PSHost _host;
    private readonly Lazy<InitialSessionState> _initialState;
    private Task<NodeRunspace>? _ahead;

    private SessionTemplate(
        InitialSessionState? given, SessionStateCmdletEntry command, PSLanguageMode languageMode, Dictionary<string, object> variables,
        CallerSettings settings, PSHost host, WarmStore<NodeRunspace>? warm)
    {
        // Cloned at once: it is the caller's to change.
        _given = given?.Clone();
        _command = command;
        _languageMode = languageMode;
        _variables = variables;
        _host = host;
        _settings = settings;
        _warm = warm;
        _initialState = new Lazy<InitialSessionState>(InitialState);
    }

    /// <summary>Captures the session of a cmdlet's caller.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="given">What runspaces are to start with, if the caller says so.</param>
    /// <param name="command">A command that every node has.</param>
    /// <param name="warm">Runspaces that earlier runs have left, and where those of this one are left; null for none.</param>
    public static SessionTemplate Capture(
        PSCmdlet cmdlet, InitialSessionState? given, SessionStateCmdletEntry command, WarmStore<NodeRunspace>? warm)
    {
        // A caller who is constrained must not get out of it through a node.
        PSLanguageMode languageMode = given is null || cmdlet.SessionState.LanguageMode != PSLanguageMode.FullLanguage
            ? cmdlet.SessionState.LanguageMode
            : given.LanguageMode;
        Dictionary<string, object> variables = [];
        foreach (string name in Preferences)
        {
            if (cmdlet.SessionState.PSVariable.GetValue(name) is { } value)
            {
                variables[name] = Adapt(name, value);
            }
        }

        foreach (var (name, value) in PreferencesOf(cmdlet))
        {
            variables[name] = value;
        }

        variables["ConfirmPreference"] = ConfirmationOf(cmdlet);
        variables["ErrorActionPreference"] = ActionPreference.Stop;
        variables["PSNativeCommandUseErrorActionPreference"] = true;
        CallerSettings settings = CallerSettings.Of(cmdlet);
        if (settings.Problem is { } problem)
        {
            cmdlet.WriteWarning(problem);
        }

        return new SessionTemplate(given, command, languageMode, variables, settings, cmdlet.Host, given is null ? warm : null);
    }

    /// <summary>The preference variables that the common parameters of a command stand for.</summary>
    public static IReadOnlyList<KeyValuePair<string, object>> PreferencesOf(PSCmdlet cmdlet)
    {
        List<KeyValuePair<string, object>> preferences = [];
        foreach (var (parameter, preference) in CommonParameters)
        {
            if (cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? bound))
            {
                preferences.Add(new(preference, Adapt(preference, bound is SwitchParameter on ? Preference(on) : bound)));
            }
        }

        if (cmdlet.MyInvocation.BoundParameters.ContainsKey("WarningVariable"))
        {
            // The variable gets warnings that are not shown, too.
            preferences.Add(new("WarningPreference", ActionPreference.Continue));
        }

        return preferences;
    }

    /// <inheritdoc/>
    /// <remarks>But for the location, which each run sets.</remarks>
    public bool IsLike(IRunspaceKind kind) =>
        kind is SessionTemplate { _given: null } other && _given is null
            && _languageMode == other._languageMode
            && _host == other._host
            && _variables.Count == other._variables.Count
            && _variables.All(variable => other._variables.TryGetValue(variable.Key, out object? value) && IsSame(variable.Value, value))
            && _settings.IsLike(other._settings);

    /// <summary>
    /// Begins to open a runspace, for the first caller of <see cref="Open"/>, while the calling thread goes on to prepare the run:
    /// the first one of a process takes twice as long as others.
    /// </summary>
    public void OpenAhead()
    {
        NodeRunspace? warm = TakeWarm();
        _ahead = warm is not null
            ? Task.FromResult(warm)
            : Task.Factory.StartNew(OpenNew, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The version of the caller's strict mode; 0 for none.</summary>
    public int StrictMode => _settings.StrictMode;

    /// <summary>The preference variables of every node, by name.</summary>
    public Hashtable PreferencesOfNodes()
    {
        Hashtable found = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in _variables.Where(variable => variable.Key is not "OutputEncoding"))
        {
            // Where they go an enumeration is a number.
            found[name] = value is Enum ? value.ToString() : value is IDictionary table ? new Hashtable(table) : value;
        }

        // A session's owner may try things out there; this run is no trial.
        found["WhatIfPreference"] = false;
        return found;
    }

    /// <summary>Gives a runspace for the calling thread: one that an earlier run has left, or a new one.</summary>
    public NodeRunspace Open() => Interlocked.Exchange(ref _ahead, null)?.GetAwaiter().GetResult() ?? TakeWarm() ?? OpenNew();

    /// <summary>Keeps a runspace for later runs that is as <see cref="Open"/> gave it.</summary>
    /// <returns>Whether it is kept; if not, it is the caller's to close.</returns>
    public bool TryKeep(NodeRunspace runspace) => _warm?.TryKeep(runspace, this) == true;

    /// <summary>Lets go of the runspace that was opened ahead, if nobody has taken it. Others can be opened all the same.</summary>
    public void Dispose() =>
        Interlocked.Exchange(ref _ahead, null)?.ContinueWith(
            opened =>
            {
                if (!TryKeep(opened.Result))
                {
                    opened.Result.Dispose();
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);

    private NodeRunspace? TakeWarm()
    {
        while (_warm?.Take(this) is { } kept)
        {
            if (kept.Runspace.RunspaceStateInfo.State == RunspaceState.Opened && _settings.TrySetLocationIn(kept.Runspace))
            {
                return kept;
            }

            kept.Dispose();
        }

        return null;
    }

    private NodeRunspace OpenNew()
    {
        NodeHost host = new(_host);
        InitialSessionState state = _initialState.Value;
        Runspace runspace = RunspaceFactory.CreateRunspace(host, _given is null ? _settings.AddTo(state) : state);
        try
        {
            runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
            runspace.Name = RunspaceName;
            runspace.Open();
            _settings.SetIn(runspace, isWhole: _given is null);
            if (_variables.TryGetValue(DefaultParameterValues, out object? value) && value is IDictionary defaults)
            {
                // Changed in place, so to each runspace its own.
                runspace.SessionStateProxy.SetVariable(DefaultParameterValues, new DefaultParameterDictionary(defaults));
            }

            return new NodeRunspace(runspace, host);
        }
        catch
        {
            runspace.Dispose();
            throw;
        }
    }

    /// <summary>What new runspaces start with. Runspaces copy what they take of it.</summary>
    private InitialSessionState InitialState()
    {
        InitialSessionState state = _given ?? InitialSessionState.CreateDefault2();
        if (state.Commands[_command.Name].Count == 0)
        {
            state.Commands.Add(_command);
        }

        state.LanguageMode = _languageMode;
        foreach (var (name, value) in _variables)
        {
            state.Variables.Remove(name, typeof(SessionStateVariableEntry));
            state.Variables.Add(new SessionStateVariableEntry(name, value, string.Empty));
        }

        return state;
    }

    /// <summary>Tables of default parameter values, which may have objects of any kind, are alike only where there are none.</summary>
    private static bool IsSame(object one, object other) => one is IDictionary values
        ? values.Count == 0 && other is IDictionary { Count: 0 }
        : Equals(Bare(one), Bare(other));

    private static object Bare(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static (string Parameter, string Preference)[] CommonParameters =>
    [
        ("Verbose", "VerbosePreference"), ("Debug", "DebugPreference"), ("WarningAction", "WarningPreference"),
        ("InformationAction", "InformationPreference"), ("ProgressAction", "ProgressPreference"),
    ];

    /// <summary>
    /// A caller who wants to be asked has been, about the run as a whole; there is nobody to ask in a node. Commands that ask whatever one
    /// prefers still do, and fail; unless the caller wants no questions at all.
    /// </summary>
    private static ConfirmImpact ConfirmationOf(PSCmdlet cmdlet)
    {
        object? preference = cmdlet.MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm)
            ? confirm is SwitchParameter { IsPresent: false } ? ConfirmImpact.None : ConfirmImpact.High
            : cmdlet.GetVariableValue("ConfirmPreference");
        return LanguagePrimitives.TryConvertTo(preference, out ConfirmImpact impact) && impact == ConfirmImpact.None
            ? ConfirmImpact.None
            : ConfirmImpact.High;
    }

    private static ActionPreference Preference(SwitchParameter isOn) =>
        isOn ? ActionPreference.Continue : ActionPreference.SilentlyContinue;

    /// <summary>
    /// A preference that would end or ask is the caller's to apply when the record reaches it; in the node it is Continue.
    /// A table of defaults is copied, so that a node's changes stay its own.
    /// </summary>
    private static object Adapt(string name, object value)
    {
        object bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is IDictionary defaults && name == DefaultParameterValues)
        {
            return new DefaultParameterDictionary(defaults);
        }

        bool isStreamPreference = name is "DebugPreference" or "InformationPreference" or "ProgressPreference"
            or "VerbosePreference" or "WarningPreference";
        return isStreamPreference
            && LanguagePrimitives.TryConvertTo(bare, out ActionPreference preference)
            && preference is not (ActionPreference.Ignore or ActionPreference.SilentlyContinue)
            ? ActionPreference.Continue
            : value;
    }
}

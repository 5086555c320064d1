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
internal sealed class SessionTemplate : IDisposable
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

    private readonly InitialSessionState _initialState;
    private readonly CallerSettings _settings;
    private readonly bool _isWhole;
    private readonly PSHost _host;
    private Task<NodeRunspace>? _ahead;

    private SessionTemplate(InitialSessionState initialState, CallerSettings settings, bool isWhole, PSHost host)
    {
        _host = host;
        _initialState = initialState;
        _settings = settings;
        _isWhole = isWhole;
    }

    /// <summary>Captures the session of a cmdlet's caller.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="given">What runspaces are to start with, if the caller says so.</param>
    /// <param name="command">A command that every node has.</param>
    public static SessionTemplate Capture(PSCmdlet cmdlet, InitialSessionState? given, SessionStateCmdletEntry command)
    {
        InitialSessionState state = given?.Clone() ?? InitialSessionState.CreateDefault2();
        if (state.Commands[command.Name].Count == 0)
        {
            state.Commands.Add(command);
        }

        // A caller who is constrained must not get out of it through a node.
        state.LanguageMode = given is null || cmdlet.SessionState.LanguageMode != PSLanguageMode.FullLanguage
            ? cmdlet.SessionState.LanguageMode
            : given.LanguageMode;
        foreach (string name in Preferences)
        {
            if (cmdlet.SessionState.PSVariable.GetValue(name) is { } value)
            {
                Set(state, name, Adapt(name, value));
            }
        }

        foreach (var (name, value) in PreferencesOf(cmdlet))
        {
            Set(state, name, value);
        }

        Set(state, "ConfirmPreference", ConfirmationOf(cmdlet));
        Set(state, "ErrorActionPreference", ActionPreference.Stop);
        Set(state, "PSNativeCommandUseErrorActionPreference", true);
        CallerSettings settings = CallerSettings.Of(cmdlet);
        if (settings.Problem is { } problem)
        {
            cmdlet.WriteWarning(problem);
        }

        return new SessionTemplate(state, settings, isWhole: given is null, cmdlet.Host);
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

    /// <summary>
    /// Begins to open a runspace, for the first caller of <see cref="Open"/>, while the calling thread goes on to prepare the run:
    /// the first one of a process takes twice as long as others.
    /// </summary>
    public void OpenAhead() =>
        _ahead = Task.Factory.StartNew(OpenNew, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Opens a runspace of its own for the calling thread.</summary>
    public NodeRunspace Open() => Interlocked.Exchange(ref _ahead, null)?.GetAwaiter().GetResult() ?? OpenNew();

    /// <summary>Closes the runspace that was opened ahead, if nobody has taken it. Others can be opened all the same.</summary>
    public void Dispose() =>
        Interlocked.Exchange(ref _ahead, null)?.ContinueWith(
            static opened =>
                opened.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

    private NodeRunspace OpenNew()
    {
        NodeHost host = new(_host);
        Runspace runspace = RunspaceFactory.CreateRunspace(host, _isWhole ? _settings.AddTo(_initialState) : _initialState);
        try
        {
            runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
            runspace.Name = RunspaceName;
            runspace.Open();
            _settings.SetIn(runspace, isWhole: _isWhole);

            if (_initialState.Variables[DefaultParameterValues].FirstOrDefault()?.Value is IDictionary defaults)
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

    private static void Set(InitialSessionState state, string name, object value)
    {
        state.Variables.Remove(name, typeof(SessionStateVariableEntry));
        state.Variables.Add(new SessionStateVariableEntry(name, value, string.Empty));
    }
}

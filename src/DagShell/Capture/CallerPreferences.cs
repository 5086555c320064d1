using System.Management.Automation;

namespace DagShell.Capture;

/// <summary>What the caller of a cmdlet wants to see, from its common parameters or else its preference variables.</summary>
/// <param name="StopsOnError">Whether errors are to end the command.</param>
/// <param name="ShowsErrors">Whether errors are shown.</param>
/// <param name="ShowsProgress">Whether progress is shown.</param>
/// <param name="ShowsVerbose">Whether verbose messages are shown.</param>
/// <param name="ShowsWarnings">Whether warnings are shown, or gathered in a variable.</param>
/// <param name="ShowsDebug">Whether debug messages are shown.</param>
/// <param name="ShowsInformation">Whether information is shown.</param>
internal sealed record CallerPreferences(
    bool StopsOnError, bool ShowsErrors, bool ShowsProgress, bool ShowsVerbose, bool ShowsWarnings, bool ShowsDebug, bool ShowsInformation)
{
    public static CallerPreferences Of(PSCmdlet cmdlet) => new(
        StopsOnError: Preference(cmdlet, "ErrorAction", "ErrorActionPreference") == ActionPreference.Stop,
        ShowsErrors: IsVisible(cmdlet, "ErrorAction", "ErrorActionPreference"),
        ShowsProgress: IsVisible(cmdlet, "ProgressAction", "ProgressPreference"),
        ShowsVerbose: Switch(cmdlet, "Verbose") ?? IsVisible(cmdlet, null, "VerbosePreference"),
        ShowsWarnings: IsVisible(cmdlet, "WarningAction", "WarningPreference")
            || cmdlet.MyInvocation.BoundParameters.ContainsKey("WarningVariable"),
        ShowsDebug: Switch(cmdlet, "Debug") ?? IsVisible(cmdlet, null, "DebugPreference"),
        ShowsInformation: IsVisible(cmdlet, "InformationAction", "InformationPreference"));

    /// <summary>Whether the caller's preferences would hide a record of a node that the node's own do not hide.</summary>
    public bool Hides(object record) => record switch
    {
        WarningRecord => !ShowsWarnings,
        VerboseRecord => !ShowsVerbose,
        DebugRecord => !ShowsDebug,
        InformationRecord => !ShowsInformation,
        _ => false,
    };

    private static bool? Switch(PSCmdlet cmdlet, string parameter) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? given) ? given is SwitchParameter { IsPresent: true } : null;

    private static bool IsVisible(PSCmdlet cmdlet, string? parameter, string variable) =>
        Preference(cmdlet, parameter, variable) is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    private static ActionPreference Preference(PSCmdlet cmdlet, string? parameter, string variable)
    {
        object? value = parameter is not null && cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out object? bound)
            ? bound
            : cmdlet.SessionState.PSVariable.GetValue(variable);
        return LanguagePrimitives.TryConvertTo(value, out ActionPreference preference) ? preference : ActionPreference.Continue;
    }
}

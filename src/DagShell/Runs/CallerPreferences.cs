using System.Management.Automation;

namespace DagShell.Runs;

/// <summary>What the caller of a cmdlet wants to see, from its common parameters or else its preference variables.</summary>
/// <param name="StopsOnError">Whether errors are to end the command.</param>
/// <param name="ShowsProgress">Whether progress is shown.</param>
/// <param name="ShowsVerbose">Whether verbose messages are shown.</param>
internal sealed record CallerPreferences(bool StopsOnError, bool ShowsProgress, bool ShowsVerbose)
{
    public static CallerPreferences Of(PSCmdlet cmdlet)
    {
        bool isVerbose = cmdlet.MyInvocation.BoundParameters.TryGetValue("Verbose", out object? verbose)
            ? verbose is SwitchParameter { IsPresent: true }
            : IsVisible(cmdlet, null, "VerbosePreference");
        return new CallerPreferences(
            StopsOnError: Preference(cmdlet, "ErrorAction", "ErrorActionPreference") == ActionPreference.Stop,
            ShowsProgress: IsVisible(cmdlet, "ProgressAction", "ProgressPreference"),
            ShowsVerbose: isVerbose);
    }

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

namespace DagShell.Texts;

/// <summary>What the module says of sessions, and of what runs in them.</summary>
internal static class SessionMessages
{
    public const string NeedsNewerShell =
        "New-DagSession needs PowerShell 7.6 or later. Invoke-Dag -Session takes sessions of New-PSSession here too.";

    public const string ZeroConnectingTimeout = "-ConnectingTimeout must be longer than zero.";

    public static string NotOpened(string command, string cause) => $"No session could be opened by '{command}': {cause}";

    public static string ProgramNotFound(string name) =>
        $"There is no program '{name}'. Give its path, or the name of one that is searched for ($env:PATH).";
}

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

    public static string NotPrepared(string session, string? cause) =>
        $"The session '{session}' cannot run nodes: {cause ?? "it gave no answer"}. It needs PowerShell in full language mode.";

    public static string LiveObject(string node, string use, string type) =>
        $"Node '{node}' uses {use}, a {type}, which cannot be taken to another machine: what arrives there is a copy of its data. "
        + "Make it in the node, or send the data that the node needs.";

    public static string NestedTooDeeply(string node, string use, int most) =>
        $"Node '{node}' uses {use}, which has tables, lists or objects inside of one another, more than {most} levels deep. "
        + "PowerShell takes no such value to another process. Send what the node needs of it, or all of it as a text "
        + "(ConvertTo-Json -Depth 100).";

    public static string BlockWithState(string node, string use) =>
        $"Node '{node}' uses {use}, a script block that belongs to a module, or has variables of its own (GetNewClosure). It cannot be "
        + "taken to another machine with them. Send the values, and write the script in the node.";

    public static string OuterType(string node, string type, string position) =>
        $"Node '{node}' uses the type '{type}', which is defined at {position} and not in the node's script: another process does not know "
        + "it. Define it in that script, in -InitializationScript, or in a module with functions that make what the node needs.";

    public static string ModuleWithoutFile(string node, string module) => module.StartsWith("__DynamicModule_", StringComparison.Ordinal)
        ? $"Node '{node}' has a script that is a closure, or of a module without a name (GetNewClosure(), New-Module): its variables "
            + "cannot be taken to another machine with it. Give it their values with $using:."
        : $"Node '{node}' uses the module '{module}', which was made in this session (New-Module, an assembly) and cannot be imported by "
            + "its name on another machine. Put it into a file there.";

    public static string ModuleMissing(string node, string module, string? version, string host, string? there, string? cause)
    {
        string wanted = version is null ? $"'{module}'" : $"'{module}' {version}";
        return string.IsNullOrEmpty(there)
            ? $"Node '{node}' uses the module {wanted}, which '{host}' does not have: {cause} Install it there; modules are never copied."
            : $"Node '{node}' uses the module {wanted}; '{host}' has it in version {there}: {cause} Install the same version there, "
                + "or import that one here.";
    }

    public static string SessionLost(string node, string host, string? cause) =>
        $"The session on '{host}' was lost while node '{node}' ran there{Because(cause)} The node may still be at work over there.";

    public static string NoSession(string node, string pool, string? cause) =>
        $"Node '{node}' has no session to run in: {(pool.Length == 0 ? "none of -Session is" : $"pool '{pool}' has none")} left, "
        + $"and none can be opened{Because(cause)}";

    public static string CallFailed(string node, string host, string cause) => $"Node '{node}' could not be run on '{host}': {cause}";

    public const string NoEnd = "the session did not say how it ended.";

    public const string SessionsAlone =
        "-Session and -PoolSession run nodes in those sessions; they do not go with -Sequential, -UseNewRunspace or -InitialSessionState.";

    public static string SendsTooMuch(string node, long most) =>
        $"Node '{node}' would send more than {Size(most)} to another process, which is the most that it may. "
        + "Bring the data there by other means, such as Copy-Item -ToSession or a shared folder, and send its path.";

    public static string ReceivesTooMuch(string node, string host, long most) =>
        $"Node '{node}' gave out more than {Size(most)} on '{host}', which is the most that it may, and was stopped. Have it write to a "
        + "file there, and give out the path; give out less, with Select-Object; or allow more: "
        + "$PSSessionOption.MaximumReceivedDataSizePerCommand = 1GB.";

    public static string MayFallSilent(IReadOnlyCollection<string> hosts) =>
        $"The connection to {string.Join(", ", hosts.Take(5).Select(host => $"'{host}'"))}"
        + (hosts.Count > 5 ? $" and {hosts.Count - 5} more" : string.Empty)
        + " has no ServerAliveInterval: should the machine fall silent, its node runs for ever, or until its -Timeout. "
        + "Open it with: New-PSSession -HostName … -Options @{ ServerAliveInterval = 5; ServerAliveCountMax = 2 }, "
        + "or set that in ~/.ssh/config.";

    public const string CommandMayFallSilent =
        "This ssh has no ServerAliveInterval: should the machine fall silent, its node runs for ever, or until its -Timeout. "
        + "Say -ArgumentList '-o', 'ServerAliveInterval=5', …, or set that in ~/.ssh/config.";

    public static string NamedTwice(string session) =>
        $"The session '{session}' is named twice. A session runs one node at a time: give it to -Session or to one pool.";

    public static string NotOpen(string session, object state) =>
        $"The session '{session}' is {state}, and nothing runs in it. The run goes on with the others.";

    public static string NoneOpen(string where) => $"None of the sessions of {where} is open. Open them anew, such as with New-PSSession.";

    public static string NeitherSessionNorScript(string pool) =>
        $"-PoolSession takes sessions for a pool, or a script block that opens one; what it has for '{pool}' is neither: "
        + "@{ " + pool + " = $sessions } or @{ " + pool + " = { New-PSSession -HostName … } }.";

    public const string GaveNoSession = "the script block gave out no session.";

    public const string GivenUp = "what ran there could not be stopped.";

    public static string Sizes(long sent, long received, string host) => $"sent {Size(sent)} to {host}, received {Size(received)}";

    private static string Because(string? cause) => string.IsNullOrWhiteSpace(cause) ? "." : $": {cause.Trim()}";

    private static string Size(long characters) => characters switch
    {
        < 1_000 => FormattableString.Invariant($"{characters} B"),
        < 1_000_000 => FormattableString.Invariant($"{characters / 1_000.0:0.#} KB"),
        _ => FormattableString.Invariant($"{characters / 1_000_000.0:0.#} MB"),
    };
}

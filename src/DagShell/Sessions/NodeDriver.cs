namespace DagShell.Sessions;

/// <summary>The script that runs nodes in a session, and how it is called there.</summary>
internal static class NodeDriver
{
    private const string Resource = "NodeDriver.ps1";
    private const string KeyInText = "KEY";

    private static readonly Lazy<string> Text = new(static () => DriverText.Read(Resource));

    /// <summary>
    /// The script that is run once in a session. The driver's text is its argument, since PowerShell compiles a text that it makes a
    /// script block of once only.
    /// </summary>
    public const string SetUp = "& ([scriptblock]::Create($args[0])) $args[1] $args[2] $args[3] $args[4]";

    /// <summary>The driver.</summary>
    /// <param name="key">What the process of the session knows it by.</param>
    public static string TextFor(string key) => Text.Value.Replace($"'{KeyInText}'", $"'{key}'", StringComparison.Ordinal);

    /// <summary>
    /// The script that runs attempts, one after the other; what each needs is an object of its input, which is no <c>$_</c> of the node's.
    /// </summary>
    public static string Run(string key) =>
        $"process {{ $private:call = $_; $_ = $null; & ([AppDomain]::CurrentDomain.GetData('{key}').Run) $private:call }}";

    /// <summary>The script that makes ready for one in the session's own scope; what it needs is its argument.</summary>
    public static string Provide(string key) => Call("Provide", key) + " $args[0]";

    /// <summary>The script that runs it, to be run in that scope.</summary>
    public static string RunHere(string key) => $". ([AppDomain]::CurrentDomain.GetData('{key}').RunHere)";

    /// <summary>The script that takes back what was made ready, and says how it failed.</summary>
    public static string Withdraw(string key) => Call("Withdraw", key);

    /// <summary>The script that leaves a session as it was found.</summary>
    public static string TearDown(string key) =>
        $"& {{ if ($args[0]) {{ & $args[0].TearDown $args[0] }} }} ([AppDomain]::CurrentDomain.GetData('{key}'))";

    private static string Call(string what, string key) =>
        $"& ([AppDomain]::CurrentDomain.GetData('{key}').{what}) ([AppDomain]::CurrentDomain.GetData('{key}'))";
}

namespace DagShell.Host.Hosting;

/// <summary>The exit codes of dagsh beside those that a script chooses.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A node failed, or an error was not handled.</summary>
    public const int Failure = 1;

    /// <summary>The command line cannot be understood (EX_USAGE, as in pwsh).</summary>
    public const int Usage = 64;

    /// <summary>Stopped by Ctrl+C: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM: 128 + 15.</summary>
    public const int Terminated = 143;
}

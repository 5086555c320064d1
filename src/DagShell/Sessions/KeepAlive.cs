using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace DagShell.Sessions;

/// <summary>
/// Whether the end of a silent machine is noticed. Over SSH it is only where the client asks every few seconds (ServerAliveInterval),
/// which the session's options say, or the client's own configuration.
/// </summary>
internal static class KeepAlive
{
    private const string Option = "ServerAliveInterval";

    /// <summary>Of more machines it is not asked: it takes some milliseconds each, before a run.</summary>
    private const int MostAsked = 16;

    /// <summary>How long the client may take to say how it is configured.</summary>
    private static readonly TimeSpan TimeToSay = TimeSpan.FromSeconds(2);

    /// <summary>Which machines of some sessions would fall silent unnoticed; of what cannot be known nothing is said.</summary>
    public static string[] HostsWithout(IEnumerable<PSSession> sessions) =>
    [
        .. sessions.Select(session => session.Runspace.OriginalConnectionInfo).OfType<RunspaceConnectionInfo>()
            .Where(static connection => connection.GetType().Name == "SSHConnectionInfo" && !HasOption(connection))
            .DistinctBy(static connection => (connection.ComputerName, UserOf(connection), PortOf(connection)))
            .Take(MostAsked)
            .AsParallel().AsOrdered()
            .Where(static connection => ConfiguredInterval(connection) == 0)
            .Select(static connection => connection.ComputerName)
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>Whether a command is <c>ssh</c>, and would not notice that its machine fell silent.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    public static bool IsWithout(string program, IReadOnlyList<string> arguments) =>
        Path.GetFileNameWithoutExtension(program) == "ssh" && ConfiguredInterval(program, ["-G", .. arguments]) == 0;

    private static bool HasOption(RunspaceConnectionInfo connection) =>
        Of(connection, "Options") is IDictionary options
        && options.Keys.Cast<object>().Any(key => Option.Equals(key.ToString(), StringComparison.OrdinalIgnoreCase));

    /// <summary>What the client's configuration says for a machine; null if it does not say.</summary>
    private static int? ConfiguredInterval(RunspaceConnectionInfo connection)
    {
        List<string> arguments = ["-G"];
        if (PortOf(connection) is > 0 and var port)
        {
            arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        }

        if (UserOf(connection) is { Length: > 0 } user)
        {
            arguments.AddRange(["-l", user]);
        }

        arguments.AddRange(["--", connection.ComputerName]);
        return ConfiguredInterval("ssh", arguments);
    }

    private static int? ConfiguredInterval(string program, IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            process.StandardInput.Close();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> text = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(TimeToSay) || !text.Wait(TimeToSay))
            {
                process.Kill();
                return null;
            }

            string? line = text.Result.Split('\n').FirstOrDefault(
                static line => line.StartsWith(Option + ' ', StringComparison.OrdinalIgnoreCase));
            string? number = line?[Option.Length..];
            return int.TryParse(number, CultureInfo.InvariantCulture, out int interval) ? interval : null;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            // There is no such client.
            return null;
        }
    }

    private static string? UserOf(RunspaceConnectionInfo connection) => Of(connection, "UserName") as string;

    private static int? PortOf(RunspaceConnectionInfo connection) => Of(connection, "Port") as int?;

    /// <summary>The class is newer than what the module is compiled against.</summary>
    private static object? Of(RunspaceConnectionInfo connection, string property) => connection.GetType()
        .GetProperty(property, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)?.GetValue(connection);
}

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace DagShell.Transports;

/// <summary>The process behind a session. It is started, listened to, and ended: asked first, killed after a while.</summary>
internal sealed partial class CommandProcess
{
    /// <summary>How long the process may take to end when it is asked to.</summary>
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(2);

    private const int MostKeptErrors = 4_096;
    private const int SignalTerminate = 15;

    /// <summary>
    /// Has a command ignore the terminal's Ctrl+C, which is meant for this process and reaches all of its terminal's: what is ignored
    /// stays so in the program that takes the shell's place. The arguments are passed on as they are.
    /// </summary>
    private const string IgnoreInterrupts = "trap '' INT; exec \"$@\"";

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private int _isEnding;

    private CommandProcess(Process process) => _process = process;

    /// <summary>What is written to the process.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>What the process wrote last to its standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString().Trim();
            }
        }
    }

    /// <summary>Starts a command.</summary>
    /// <param name="command">The command.</param>
    /// <exception cref="Win32Exception">There is no such program, or it cannot be run.</exception>
    public static CommandProcess Start(CommandLine command)
    {
        var start = new ProcessStartInfo(command.FilePath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = command.Folder,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (!OperatingSystem.IsWindows())
        {
            start.FileName = "/bin/sh";
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(IgnoreInterrupts);
            start.ArgumentList.Add("sh");
            start.ArgumentList.Add(command.FilePath);
        }

        foreach (string argument in command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new CommandProcess(Process.Start(start)!);
    }

    /// <summary>Listens to what the process writes, on threads of their own.</summary>
    /// <param name="receive">Takes a line of its standard output.</param>
    /// <param name="ended">Called once when nothing more will come, with the exit code, if there is one already.</param>
    public void Listen(Action<string> receive, Action<int?> ended)
    {
        Run("stderr", () => ReadLines(_process.StandardError, KeepError));
        Run("stdout", () =>
        {
            ReadLines(_process.StandardOutput, receive);
            ended(_process.WaitForExit((int)TimeToEnd.TotalMilliseconds) ? _process.ExitCode : null);
        });
    }

    /// <summary>Ends the process: its input ends, it is asked to end, and killed if it has not after a while. Does not wait.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _isEnding, 1) == 0)
        {
            Run("end", EndAndWait);
        }
    }

    /// <summary>Keeps a line for error messages.</summary>
    public void KeepError(string line)
    {
        lock (_errors)
        {
            _errors.AppendLine(line);
            if (_errors.Length > MostKeptErrors)
            {
                _errors.Remove(0, _errors.Length - MostKeptErrors);
            }
        }
    }

    private void EndAndWait()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It reads no more.
        }

        try
        {
            if (!OperatingSystem.IsWindows() && !_process.HasExited)
            {
                _ = Kill(_process.Id, SignalTerminate);
            }

            if (!_process.WaitForExit((int)TimeToEnd.TotalMilliseconds))
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended meanwhile, or is another user's (sudo), who ends it when its input ends.
        }
    }

    private static void ReadLines(StreamReader reader, Action<string> receive)
    {
        try
        {
            while (reader.ReadLine() is { } line)
            {
                receive(line);
            }
        }
        catch (IOException)
        {
            // As good as an end.
        }
    }

    private static void Run(string name, ThreadStart work) =>
        new Thread(work) { IsBackground = true, Name = $"DagShell session {name}" }.Start();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}

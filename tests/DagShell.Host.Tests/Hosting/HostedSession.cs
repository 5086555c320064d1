using DagShell.Host.Arguments;
using DagShell.Host.Hosting;
using DagShell.Host.Views;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console.Testing;

namespace DagShell.Host.Tests.Hosting;

/// <summary>A session as Program builds it, on a console that is kept in memory.</summary>
internal sealed class HostedSession : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly StringWriter _errors = new();

    public HostedSession()
    {
        Console.Profile.Width = 200;
        ConsoleOutput output = new(Console, _errors);
        ProgressBoard board = new(TimeProvider.System);

        // Time stands still: progress is told once.
        PlainView view = new(output, board, new FakeTimeProvider());
        Host = new(new ConsoleHostUserInterface(output, new LineReader(output, canAsk: false, _stop.Token), board, view, plain: true));
        Session = new(Host, output, view, _stop.Token);
    }

    public TestConsole Console { get; } = new();

    public ConsoleHost Host { get; }

    public ScriptSession Session { get; }

    public string Output => Console.Output.ReplaceLineEndings("\n").TrimEnd('\n');

    public string Errors => _errors.ToString().ReplaceLineEndings("\n").TrimEnd('\n');

    public static HostedSession Run(string text) => RunText(CommandLine.Parse(["-Command", text]));

    /// <summary>Runs a script file with arguments.</summary>
    public static HostedSession RunFile(string script, params string[] arguments)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.ps1");
        File.WriteAllText(file, script);
        try
        {
            return RunText(CommandLine.Parse([file, .. arguments]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        Console.Dispose();
        _errors.Dispose();
        _stop.Dispose();
    }

    private static HostedSession RunText(CommandLine commandLine)
    {
        HostedSession hosted = new();
        hosted.Session.Start(ScriptText.For(commandLine)).Wait();
        return hosted;
    }
}

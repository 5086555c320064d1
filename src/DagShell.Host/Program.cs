using System.Reflection;
using System.Text;
using DagShell.Host.Arguments;
using DagShell.Host.Hosting;
using DagShell.Host.Views;
using Spectre.Console;

// The engine would report home.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

CommandLine commandLine = CommandLine.Parse(args);
if (commandLine.Problem is not null)
{
    Console.Error.WriteLine($"dagsh: {commandLine.Problem}\nSee dagsh --help.");
    return ExitCode.Usage;
}

if (commandLine.ShowHelp || commandLine.ShowVersion)
{
    Console.WriteLine(commandLine.ShowHelp ? CommandLine.Usage : Assembly.GetExecutingAssembly().GetName().Version?.ToString(3));
    return ExitCode.Success;
}

if (OperatingSystem.IsWindows())
{
    Console.OutputEncoding = Encoding.UTF8;
}

Surroundings surroundings = Surroundings.OfProcess();
using StreamWriter writer = new(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 16_384);
IAnsiConsole console = surroundings.CreateConsole(writer);
ConsoleOutput output = new(console, surroundings.SharedErrors ? null : Console.Error);

using Interruption interruption = new(TimeProvider.System, exitCode =>
{
    Console.Write(surroundings.Plain ? "" : "\e[?25h");
    Environment.Exit(exitCode);
});
interruption.Listen();
interruption.Stop.Register(() => output.Write(new Text("Stopping. Ctrl+C once more leaves at once.", new Style(Color.Yellow))));

ProgressBoard board = new(TimeProvider.System);
IRunView view = surroundings.Plain
    ? new PlainView(output, board, TimeProvider.System)
    : new LiveView(output, board, TimeProvider.System);
LineReader reader = new(output, surroundings.CanAsk, interruption.Stop);
ConsoleHost host = new(new ConsoleHostUserInterface(output, reader, board, view, surroundings.Plain));
ScriptSession session = new(host, output, view, interruption.Stop);

// The session has its own thread; this one draws.
view.Follow(Task.WhenAny(session.Start(ScriptText.For(commandLine)), interruption.GraceOver));
if (session.Results is { Count: > 0 } results)
{
    output.Write(ResultTable.Of(results, console.Profile.Width, surroundings.Plain));
}

// Threads that a script left behind, or that could not be stopped, do not keep the process.
Environment.Exit(interruption.ExitCode ?? session.ExitCode);
return 0;

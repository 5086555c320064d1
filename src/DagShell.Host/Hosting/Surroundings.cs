using System.Globalization;
using Spectre.Console;

namespace DagShell.Host.Hosting;

/// <summary>Where dagsh has been started: by a person at a terminal, in a pipe, on a build server.</summary>
/// <param name="Plain">Lines instead of a live view, and no colours.</param>
/// <param name="CanAsk">Someone can answer.</param>
/// <param name="SharedErrors">Errors and output go to the same terminal.</param>
/// <param name="Width">How wide the output may be, where the terminal does not say so.</param>
internal sealed record Surroundings(bool Plain, bool CanAsk, bool SharedErrors, int? Width)
{
    private const int WidthOfLogs = 120;

    public static Surroundings OfProcess() =>
        From(Environment.GetEnvironmentVariable, Console.IsInputRedirected, Console.IsOutputRedirected, Console.IsErrorRedirected);

    public static Surroundings From(Func<string, string?> variable, bool inputRedirected, bool outputRedirected, bool errorRedirected)
    {
        bool buildServer = !string.IsNullOrEmpty(variable("CI"));
        bool dumb = variable("TERM") is "dumb" || (variable("TERM") is null or "" && !OperatingSystem.IsWindows());
        bool hasWidth = int.TryParse(variable("COLUMNS"), CultureInfo.InvariantCulture, out int columns) && columns > 0;
        return new(
            Plain: outputRedirected || dumb || buildServer,
            CanAsk: !inputRedirected && !outputRedirected && !buildServer,
            SharedErrors: !outputRedirected && !errorRedirected,
            Width: (outputRedirected, hasWidth) switch
            {
                (false, _) => null,
                (true, true) => columns,
                _ => WidthOfLogs,
            });
    }

    public IAnsiConsole CreateConsole(TextWriter writer)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Plain ? AnsiSupport.No : AnsiSupport.Yes,
            ColorSystem = Plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = CanAsk ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (Width is { } width)
        {
            console.Profile.Width = width;
        }

        return console;
    }
}

using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace DagShell.Commands;

/// <summary>What a command's output is shown on.</summary>
/// <param name="Width">How many columns it has.</param>
/// <param name="ShowsColor">Whether it shows colours, and the user wants them.</param>
/// <param name="Height">How many rows it has; null where the output goes elsewhere.</param>
internal readonly record struct ConsoleWindow(int Width, bool ShowsColor, int? Height)
{
    /// <summary>The width where there is no window.</summary>
    private const int UsualWidth = 120;

    /// <summary>The window that the output of a cmdlet is seen in.</summary>
    public static ConsoleWindow Of(PSCmdlet cmdlet)
    {
        PSHostUserInterface? console = cmdlet.Host?.UI;
        return new ConsoleWindow(WidthOf(console), WantsColor(cmdlet, console), IsShown(cmdlet) ? HeightOf(console) : null);
    }

    /// <summary>Whether the output goes to the window: neither to another command nor into a file.</summary>
    private static bool IsShown(PSCmdlet cmdlet) =>
        cmdlet.MyInvocation.PipelinePosition == cmdlet.MyInvocation.PipelineLength && !Console.IsOutputRedirected;

    private static int? HeightOf(PSHostUserInterface? console)
    {
        try
        {
            // The prompt takes a row.
            return console?.RawUI?.WindowSize.Height is > 2 and var height ? height - 1 : null;
        }
        catch (Exception exception) when (exception is NotImplementedException or NotSupportedException or HostException or IOException)
        {
            return null;
        }
    }

    private static int WidthOf(PSHostUserInterface? console)
    {
        try
        {
            // A console wraps what fills its last column.
            return console?.RawUI?.BufferSize.Width is > 1 and var width ? width - 1 : UsualWidth;
        }
        catch (Exception exception) when (exception is NotImplementedException or NotSupportedException or HostException or IOException)
        {
            return UsualWidth;
        }
    }

    private static bool WantsColor(PSCmdlet cmdlet, PSHostUserInterface? console)
    {
        string rendering = Convert.ToString(
            (cmdlet.GetVariableValue("PSStyle") is { } style ? PSObject.AsPSObject(style) : null)?.Properties["OutputRendering"]?.Value,
            CultureInfo.InvariantCulture) ?? string.Empty;
        if (rendering is "PlainText" or "Ansi")
        {
            return rendering == "Ansi";
        }

        // What goes on to another command, or into a file, is text.
        return IsShown(cmdlet)
            && console is { SupportsVirtualTerminal: true }
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    }
}

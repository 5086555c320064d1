using System.Management.Automation.Host;

namespace DagShell.Commands;

/// <summary>Lines on the screen that others take the place of; nothing where there is no screen.</summary>
/// <param name="screen">A console that understands escape sequences; null for none.</param>
internal sealed class RedrawnLines(PSHostUserInterface? screen)
{
    private IReadOnlyList<string> _shown = [];

    /// <summary>Shows lines in place of those that are there, if they differ.</summary>
    public void Show(IReadOnlyList<string> lines)
    {
        if (screen is null || lines.SequenceEqual(_shown))
        {
            return;
        }

        Clear();
        foreach (string line in lines)
        {
            screen.WriteLine(line);
        }

        _shown = lines;
    }

    /// <summary>Takes the lines away.</summary>
    public void Clear()
    {
        if (screen is not null && _shown.Count > 0)
        {
            // Up to the first of them, and all below goes.
            screen.Write($"\e[{_shown.Count}A\r\e[J");
        }

        _shown = [];
    }
}

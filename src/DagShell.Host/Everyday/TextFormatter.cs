using System.Management.Automation;

namespace DagShell.Host.Everyday;

/// <summary>
/// Formats objects as text with the engine's own Out-Host, which knows the format files of the runspace.
/// Out-String, Out-File and the Format- commands of the everyday module are made of it.
/// </summary>
public static class TextFormatter
{
    /// <summary>Formats objects in the runspace of the calling thread.</summary>
    /// <param name="objects">What to format.</param>
    /// <param name="width">How wide the text may be.</param>
    /// <returns>The text, with a line end after each line.</returns>
    public static string Format(object[] objects, int width)
    {
        CapturingHost host = new(width);
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Out-Host").Invoke<PSObject>(objects, new List<PSObject>(), new PSInvocationSettings { Host = host });
        return host.Text;
    }
}

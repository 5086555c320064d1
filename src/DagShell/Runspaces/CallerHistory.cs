using System.Collections.ObjectModel;
using System.Management.Automation;

namespace DagShell.Runspaces;

/// <summary>
/// How a pipeline is run inside the caller's session. PowerShell traces (Set-PSDebug -Trace), and lets what measures coverage see, only
/// pipelines that are added to the history; so it is added, and taken out again.
/// </summary>
internal static class CallerHistory
{
    /// <summary>What to run the pipeline with.</summary>
    public static PSInvocationSettings NewSettings() => new() { AddToHistory = true };

    /// <summary>Takes a pipeline out of the history that has just ended. To be called on its thread.</summary>
    /// <param name="text">Its text.</param>
    public static void Forget(string text)
    {
        try
        {
            if (Run("Get-History", "Count", 1) is [{ } last] && (string?)last.Properties["CommandLine"]?.Value == text)
            {
                Run("Clear-History", "Id", last.Properties["Id"].Value);
            }
        }
        catch (RuntimeException)
        {
            // A pipeline that is being stopped runs nothing any more. Then the line stays.
        }
    }

    private static Collection<PSObject> Run(string command, string parameter, object value)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddCommand($"Microsoft.PowerShell.Core\\{command}").AddParameter(parameter, value).Invoke();
    }
}

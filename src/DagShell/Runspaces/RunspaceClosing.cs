using System.Management.Automation.Runspaces;

namespace DagShell.Runspaces;

/// <summary>Closes runspaces of nodes.</summary>
internal static class RunspaceClosing
{
    /// <summary>Closes one for good. A host that ends may be closing it at the same moment.</summary>
    public static void Quietly(Runspace runspace) => Quietly(runspace.Dispose);

    /// <summary>Calls what closes one.</summary>
    public static void Quietly(Action close)
    {
        try
        {
            close();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Who closes it at the same moment has closed it.
        }
    }
}

namespace DagShell.Runspaces;

/// <summary>Closes runspaces of nodes.</summary>
internal static class RunspaceClosing
{
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

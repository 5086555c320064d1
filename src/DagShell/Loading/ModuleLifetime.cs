using System.Management.Automation;
using System.Runtime.Loader;
using DagShell.Runspaces;

namespace DagShell.Loading;

/// <summary>What PowerShell calls when the module has been imported into a session, and when it is removed from one.</summary>
/// <remarks>Public, because PowerShell makes it; of no use to anybody else.</remarks>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly object Lock = new();

    /// <summary>The sessions that have imported the module; those that ended without removing it are still among them.</summary>
    private static int _sessions;

    /// <summary>
    /// Lets the module find its engine and its pictures. Where the session had it before, <c>Import-Module -Force</c> has removed it
    /// without a word: what its runs have left is closed here.
    /// </summary>
    public void OnImport()
    {
        bool isFirst;
        lock (Lock)
        {
            isFirst = _sessions++ == 0;
            if (isFirst)
            {
                AssemblyLoadContext.Default.Resolving += DependencyContext.ResolveOwn;
            }
        }

        if (!isFirst)
        {
            WarmRunspaces.CloseOfCurrentSession();
        }
    }

    /// <summary>
    /// Closes the runspaces that runs of this session have left. Undoes <see cref="OnImport"/>, once no session has the module any more.
    /// </summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        WarmRunspaces.CloseOfCurrentSession();
        lock (Lock)
        {
            if (_sessions > 0 && --_sessions == 0)
            {
                AssemblyLoadContext.Default.Resolving -= DependencyContext.ResolveOwn;
            }
        }
    }
}

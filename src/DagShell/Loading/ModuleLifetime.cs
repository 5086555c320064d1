using System.Management.Automation;
using System.Runtime.Loader;

namespace DagShell.Loading;

/// <summary>What PowerShell calls when the module has been imported into a session, and when it is removed from one.</summary>
/// <remarks>Public, because PowerShell makes it; of no use to anybody else.</remarks>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly object Lock = new();

    /// <summary>The sessions that have imported the module; those that ended without removing it are still among them.</summary>
    private static int _sessions;

    /// <summary>Lets the module find its engine and its pictures.</summary>
    public void OnImport()
    {
        lock (Lock)
        {
            if (_sessions++ == 0)
            {
                AssemblyLoadContext.Default.Resolving += DependencyContext.ResolveOwn;
            }
        }
    }

    /// <summary>Undoes <see cref="OnImport"/>, once no session has the module any more.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        lock (Lock)
        {
            if (_sessions > 0 && --_sessions == 0)
            {
                AssemblyLoadContext.Default.Resolving -= DependencyContext.ResolveOwn;
            }
        }
    }
}

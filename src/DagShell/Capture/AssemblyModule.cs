using System.Reflection;

namespace DagShell.Capture;

/// <summary>A module that is an assembly of this process (Import-Module -Assembly).</summary>
internal sealed class AssemblyModule(string name, Version version, Assembly assembly) : CapturedModule(name, version)
{
    public Assembly Assembly { get; } = assembly;
}

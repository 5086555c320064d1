using System.Management.Automation;

namespace DagShell.Startup;

/// <summary>What PowerShell calls before it loads the module itself: the manifest has this assembly come first.</summary>
/// <remarks>Public, because PowerShell makes it; of no use to anybody else.</remarks>
public sealed class ModuleStartup : IModuleAssemblyInitializer
{
    /// <summary>Loads the module's image for the platform, if there is one: PowerShell is given that then.</summary>
    public void OnImport() => PlatformImages.Load("DagShell");
}

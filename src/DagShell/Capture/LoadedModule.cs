using System.Management.Automation;

namespace DagShell.Capture;

/// <summary>A module in a node's runspace.</summary>
/// <param name="Info">The module.</param>
/// <param name="Functions">
/// What its import defined in the session besides its own commands: functions of modules that it requires, and of its ScriptsToProcess.
/// They are there where the module is used.
/// </param>
/// <param name="Aliases">The same for aliases.</param>
internal sealed record LoadedModule(
    PSModuleInfo Info, IReadOnlyDictionary<string, ScriptBlock> Functions, IReadOnlyDictionary<string, string> Aliases);

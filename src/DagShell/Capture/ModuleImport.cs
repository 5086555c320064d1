using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Capture;

/// <summary>A module to import as the caller has it.</summary>
/// <param name="Path">The file by which the very same module is imported again.</param>
/// <param name="Prefix">What the nouns of its commands begin with, where it was imported so.</param>
internal sealed record ModuleImport(string Path, string? Prefix)
{
    /// <summary>The module's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its version; 0.0 for a script module without a manifest.</summary>
    public required Version Version { get; init; }

    /// <summary>The import that brings a command; null if its module has no file.</summary>
    public static ModuleImport? Of(CommandInfo command) =>
        command.Module is { } module && PathOf(module) is { } path
            ? new ModuleImport(path, PrefixOf(command)) { Name = module.Name, Version = module.Version }
            : null;

    /// <summary>Its manifest, where it has one and was imported by it; a script module without one has no version.</summary>
    private static string? PathOf(PSModuleInfo module)
    {
        string manifest = System.IO.Path.Combine(module.ModuleBase ?? string.Empty, module.Name + ".psd1");
        return module.Version > new Version(0, 0) && File.Exists(manifest) ? manifest : File.Exists(module.Path) ? module.Path : null;
    }

    private static string? PrefixOf(CommandInfo command)
    {
        string? original = command switch
        {
            FunctionInfo { ScriptBlock.Ast: FunctionDefinitionAst definition } => definition.Name,
            CmdletInfo cmdlet => cmdlet.ImplementingType.GetCustomAttributes(typeof(CmdletAttribute), inherit: false)
                .Cast<CmdletAttribute>().Select(attribute => $"{attribute.VerbName}-{attribute.NounName}").FirstOrDefault(),
            _ => null,
        };
        int noun = command.Name.IndexOf('-', StringComparison.Ordinal) + 1;
        if (original is null || noun == 0 || command.Name.Length <= original.Length
            || !original.StartsWith(command.Name[..noun], StringComparison.OrdinalIgnoreCase)
            || !command.Name.EndsWith(original[noun..], StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // A function that its module itself copied to a longer name is no sign of a prefix: that is before all nouns or none.
        string prefix = command.Name[noun..^(original.Length - noun)];
        return command.Module.ExportedCommands.Keys.Where(name => name.Contains('-', StringComparison.Ordinal))
            .All(name => name.AsSpan(name.IndexOf('-', StringComparison.Ordinal) + 1).StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            ? prefix
            : null;
    }
}

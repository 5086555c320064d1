using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Capture;

/// <summary>
/// What Pester's Mock puts in the place of a command: an alias of a function of its own, which counts its calls in the session of the test
/// and works nowhere else.
/// </summary>
internal static class PesterMock
{
    private const string Prefix = "PesterMock_";

    /// <summary>Whether an alias is one.</summary>
    public static bool Is(AliasInfo alias) => alias.Definition.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What stands for it in the runspaces of nodes: a function that says, at the line of its call, why it fails.</summary>
    public static CapturedFunction Refusal(string name)
    {
        string message = CodeGeneration.EscapeSingleQuotedStringContent(Messages.Mocked(name));
        return new CapturedFunction(
            name,
            ScriptBlock.Create(
                $"Microsoft.PowerShell.Utility\\Write-Error -Message '{message}' -ErrorId CommandIsMocked -ErrorAction Stop").Ast,
            Module: null);
    }
}

using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>A call of Set-Variable or New-Variable that says which variable it sets, and of which scope.</summary>
/// <param name="Name">The variable.</param>
/// <param name="IsGlobal">Whether it is global; if not it is gone with the scope of the script.</param>
internal sealed record VariableSetting(string Name, bool IsGlobal)
{
    private static readonly string[] Commands = ["Set-Variable", "sv", "New-Variable", "nv"];

    /// <summary>Whether a name is that of a command that sets variables, as PowerShell has it.</summary>
    public static bool IsCommand(string name) => Commands.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a call.</summary>
    /// <returns>What it sets; null for another command, and where that is not plainly said.</returns>
    public static VariableSetting? Of(CommandAst command, string commandName)
    {
        if (!IsCommand(commandName))
        {
            return null;
        }

        string? name = null;
        string scope = "Local";
        string? parameter = null;
        int positions = 0;
        foreach (CommandElementAst element in command.CommandElements.Skip(1))
        {
            if (element is CommandParameterAst { Argument: null } next && parameter is null)
            {
                parameter = next.ParameterName;
                continue;
            }

            if (element is CommandParameterAst or VariableExpressionAst { Splatted: true })
            {
                return null;
            }

            string meant = parameter ?? (positions++ == 0 ? nameof(Name) : "Value");
            parameter = null;
            if (meant.Equals("Value", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (element is not StringConstantExpressionAst { Value: var text })
            {
                return null;
            }

            if (meant.Equals(nameof(Name), StringComparison.OrdinalIgnoreCase))
            {
                name = text;
            }
            else if (meant.Equals("Scope", StringComparison.OrdinalIgnoreCase))
            {
                scope = text;
            }
            else
            {
                return null;
            }
        }

        bool isGlobal = scope.Equals("Global", StringComparison.OrdinalIgnoreCase);
        return parameter is null && positions <= 2 && !string.IsNullOrEmpty(name) && !name.Contains(':', StringComparison.Ordinal)
            && (isGlobal || scope.Equals("Local", StringComparison.OrdinalIgnoreCase))
                ? new VariableSetting(name, isGlobal)
                : null;
    }
}

using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace DagShell.Host.Arguments;

/// <summary>Writes the line of PowerShell that runs what the command line names.</summary>
internal static partial class ScriptText
{
    /// <summary>
    /// A script is dot-sourced, so that its functions and variables are there for the nodes it emits.
    /// PowerShell keeps an exit of a dot-sourced script to itself but for <c>$?</c> and <c>$LASTEXITCODE</c>; it is passed on.
    /// </summary>
    public static string For(CommandLine commandLine)
    {
        if (commandLine.File is null)
        {
            return commandLine.Command ?? "";
        }

        StringBuilder text = new($"$LASTEXITCODE = 0; . {Quote(commandLine.File)}");
        foreach (string argument in commandLine.Arguments)
        {
            text.Append(' ').Append(Argument(argument));
        }

        return text.Append("; if (-not $? -and $LASTEXITCODE) { exit $LASTEXITCODE }").ToString();
    }

    private static string Argument(string argument)
    {
        Match parameter = ParameterPattern().Match(argument);
        if (!parameter.Success)
        {
            return Quote(argument);
        }

        string value = parameter.Groups["value"].Value;
        return parameter.Groups["name"].Value + value.ToUpperInvariant() switch
        {
            "" => parameter.Groups["colon"].Value,
            "$TRUE" or "$FALSE" or "$NULL" => ":" + value,
            _ => ":" + Quote(value),
        };
    }

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    // A number such as -5 is a value.
    [GeneratedRegex(@"^(?<name>-[A-Za-z_]\w*)((?<colon>:)(?<value>.*))?$", RegexOptions.Singleline)]
    private static partial Regex ParameterPattern();
}

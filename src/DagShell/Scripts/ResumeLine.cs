using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>The line that goes on with a run: the one that began it, as the user wrote it, with -Resume.</summary>
internal static class ResumeLine
{
    private const string Resume = " -Resume";

    /// <summary>The line for a run of which only the journal is left.</summary>
    public static string Of(string journal) => $"$dag | Invoke-Dag -Checkpoint {Quote(journal)}{Resume}";

    /// <summary>The line for a run that a command began.</summary>
    /// <param name="invocation">The command's call.</param>
    /// <param name="journal">The journal that it keeps.</param>
    /// <param name="files">The dag files that it runs; none where nodes came through the pipeline.</param>
    public static string Of(InvocationInfo invocation, string journal, IReadOnlyList<string> files)
    {
        return Written(invocation, files.Count == 0)
            ?? (files.Count == 0
                ? Of(journal)
                : $"Invoke-Dag -Path {string.Join(", ", files.Select(Quote))} -Checkpoint {Quote(journal)}{Resume}");
    }

    /// <summary>The command as its line has it, with what comes before it in the pipeline; null where the line has not all of it.</summary>
    private static string? Written(InvocationInfo invocation, bool readsPipeline)
    {
        Ast line = Parser.ParseInput(invocation.Line, out _, out ParseError[] errors);
        if (errors.Length > 0)
        {
            return null;
        }

        var command = (CommandAst?)line.Find(
            ast => ast is CommandAst found && found.Extent.StartOffset == invocation.OffsetInLine - 1, searchNestedScriptBlocks: true);
        if (command?.Parent is not PipelineAst pipeline)
        {
            return null;
        }

        if (readsPipeline && pipeline.PipelineElements[0] == command && !HasArguments(command))
        {
            // What comes into it is on a line before.
            return null;
        }

        int start = readsPipeline ? pipeline.Extent.StartOffset : command.Extent.StartOffset;

        // Without redirections, which come last.
        string text = WithoutDoingOver(line.Extent.Text[start..command.CommandElements[^1].Extent.EndOffset], start, command);
        return SaysResume(invocation, command) ? text : text + Resume;
    }

    /// <summary>Whether what is left of a command's text resumes: as it is written there, or by a table that it names.</summary>
    private static bool SaysResume(InvocationInfo invocation, CommandAst command) =>
        command.CommandElements.OfType<CommandParameterAst>().FirstOrDefault(IsResume) is { } written
            ? written.Argument is null
            : invocation.BoundParameters.TryGetValue("Resume", out object? given) && LanguagePrimitives.IsTrue(given);

    /// <summary>
    /// Takes -Force and -Rerun out of a command's text: what they say to do over was done, or is left. And a -Resume with a value, which
    /// may be another the next time.
    /// </summary>
    private static string WithoutDoingOver(string text, int start, CommandAst command)
    {
        for (int i = command.CommandElements.Count - 1; i > 0; i--)
        {
            if (command.CommandElements[i] is not CommandParameterAst parameter)
            {
                continue;
            }

            bool isRerun = IsShortFor(parameter, "Rerun");
            if (isRerun || IsShortFor(parameter, "Force") || (IsResume(parameter) && parameter.Argument is not null))
            {
                bool hasArgument = isRerun && parameter.Argument is null && i + 1 < command.CommandElements.Count;
                Ast last = hasArgument ? command.CommandElements[i + 1] : parameter;
                text = text[..(parameter.Extent.StartOffset - start)].TrimEnd() + text[(last.Extent.EndOffset - start)..];
            }
        }

        return text;
    }

    private static bool IsResume(CommandParameterAst parameter) => IsShortFor(parameter, "Resume");

    private static bool IsShortFor(CommandParameterAst parameter, string name) =>
        parameter.ParameterName.Length > 2 && name.StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether nodes may be among its own arguments.</summary>
    private static bool HasArguments(CommandAst command) =>
        command.CommandElements.Count > 1 && command.CommandElements[1] is not CommandParameterAst;

    private static string Quote(string path) =>
        path.All(letter => char.IsLetterOrDigit(letter) || letter is '/' or '\\' or ':' or '.' or '-' or '_')
            ? path
            : $"'{path.Replace("'", "''", StringComparison.Ordinal)}'";
}

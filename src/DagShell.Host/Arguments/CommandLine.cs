namespace DagShell.Host.Arguments;

/// <summary>What the user asked for. Exactly one of the properties beside <see cref="Arguments"/> says so.</summary>
internal sealed record CommandLine
{
    public static string Usage { get; } =
        """
        dagsh runs a dag file, or any PowerShell script, and the dag or the nodes that it emits.

        Usage:
          dagsh <file.ps1> [arguments]    run a script; the arguments are bound to its param() block
          dagsh -Command <text>           run a text
          dagsh --help | --version

        Arguments of a script are written as in PowerShell: -Name value, -Name:value, -Switch, value.

        Exit codes: 0 all is well; 1 a node failed or an error was not handled; n the script said 'exit n';
        64 the command line is wrong; 130 stopped with Ctrl+C; 143 stopped with SIGTERM.
        """;

    /// <summary>Full path of the script.</summary>
    public string? File { get; private init; }

    /// <summary>Text to run.</summary>
    public string? Command { get; private init; }

    public bool ShowHelp { get; private init; }

    public bool ShowVersion { get; private init; }

    /// <summary>Why the command line cannot be understood.</summary>
    public string? Problem { get; private init; }

    /// <summary>What follows the file.</summary>
    public IReadOnlyList<string> Arguments { get; private init; } = [];

    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0)
        {
            return new() { Problem = "There is nothing to run." };
        }

        string first = args[0];
        string[] rest = [.. args.Skip(1)];
        switch (first.ToUpperInvariant())
        {
            case "-H" or "-?" or "-HELP" or "--HELP":
                return new() { ShowHelp = true };
            case "-V" or "-VERSION" or "--VERSION":
                return new() { ShowVersion = true };
            case "-C" or "-COMMAND" or "--COMMAND":
                return rest.Length == 0
                    ? new() { Problem = $"{first} needs a text to run." }
                    : new() { Command = string.Join(' ', rest) };
            case "-F" or "-FILE" or "--FILE":
                return rest.Length == 0
                    ? new() { Problem = $"{first} needs the path of a script." }
                    : ForFile(rest[0], rest[1..]);
            default:
                return first.StartsWith('-') ? new() { Problem = $"Unknown option {first}." } : ForFile(first, rest);
        }
    }

    private static CommandLine ForFile(string file, string[] arguments)
    {
        if (!System.IO.File.Exists(file))
        {
            return new() { Problem = $"There is no file {file}." };
        }

        return Path.GetExtension(file).Equals(".ps1", StringComparison.OrdinalIgnoreCase)
            ? new() { File = Path.GetFullPath(file), Arguments = arguments }
            : new() { Problem = $"{file} is not a script: its name does not end in .ps1." };
    }
}

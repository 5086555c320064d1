namespace DagShell.Transports;

/// <summary>A command to start: its arguments are passed one by one, and never go through a shell that would read them.</summary>
/// <param name="FilePath">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Folder">Where it is started.</param>
internal sealed record CommandLine(string FilePath, IReadOnlyList<string> Arguments, string Folder);

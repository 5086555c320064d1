using System.Management.Automation;

namespace DagShell.Commands;

/// <summary>A cmdlet that writes one file.</summary>
public abstract class FileExportCommand : DagCommand
{
    private protected const string InputSet = "Input";
    private const string CheckpointSet = "Checkpoint";
    private const string FileSystemProvider = "FileSystem";

    /// <summary>The file, relative to the current location.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The file to write. Its extension gives the format.")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The journal of a run, over, going on, or broken off, to write instead of what comes through the pipeline.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CheckpointSet,
        HelpMessage = "The journal that Invoke-Dag -Checkpoint keeps, or kept, of a run.")]
    [ValidateNotNullOrEmpty]
    public string? Checkpoint { get; set; }

    /// <summary>Overwrites a file that is there.</summary>
    [Parameter(HelpMessage = "Overwrites a file that exists.")]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the file out.</summary>
    [Parameter(HelpMessage = "Gives the file out.")]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The error that the file's name stands for no format.</summary>
    private protected Exception UnknownFormat(string known) => new CommandErrorException(
        new PSArgumentException(Messages.UnknownFormat(Path, known)), "UnknownFormat", ErrorCategory.InvalidArgument, Path);

    /// <summary>Writes the file, unless it exists or -WhatIf is given.</summary>
    private protected void WriteFile(Action<Stream> write)
    {
        string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path, out ProviderInfo provider, out _);
        if (provider.Name != FileSystemProvider)
        {
            throw new CommandErrorException(
                new PSArgumentException(Messages.NotAFilePath(Path)), "NotAFilePath", ErrorCategory.InvalidArgument, Path);
        }

        if (!ShouldProcess(path, MyInvocation.MyCommand.Name))
        {
            return;
        }

        try
        {
            using FileStream stream = new(path, Force ? FileMode.Create : FileMode.CreateNew, FileAccess.Write);
            write(stream);
        }
        catch (IOException exception) when (!Force && File.Exists(path))
        {
            throw new CommandErrorException(
                new IOException(Messages.FileExists(path), exception), "FileExists", ErrorCategory.ResourceExists, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CommandErrorException(
                new IOException(Messages.FileNotWritten(path, exception.Message), exception), "FileNotWritten", ErrorCategory.WriteError,
                path);
        }

        if (PassThru)
        {
            WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true);
        }
    }
}

using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Scripts;

namespace DagShell.Runs;

/// <summary>
/// Has an error that a cmdlet is about to write be shown at another place than the cmdlet's own call. The place to show is kept with the
/// invocation, which only PowerShell can give to an error; so the error is written into nothing first. When the cmdlet writes it, it gets
/// that cmdlet's invocation and keeps the place.
/// </summary>
/// <remarks>Belongs to the thread of a pipeline.</remarks>
internal sealed class ErrorPlacing : IDisposable
{
    /// <summary>To write an error twice costs some 100 µs; nobody reads more of them than these.</summary>
    private const int MostPlaced = 1_000;

    private readonly SessionState _session;
    private SteppablePipeline? _writing;
    private int _placed;

    /// <summary>Makes one for a session.</summary>
    public ErrorPlacing(SessionState session) => _session = session;

    /// <summary>Sets the place.</summary>
    /// <param name="error">The error.</param>
    /// <param name="place">Where it is to be shown.</param>
    public void SetPlace(ErrorRecord error, IScriptExtent place)
    {
        if (_placed++ >= MostPlaced)
        {
            return;
        }

        if (_writing is null)
        {
            _writing = PassErrorCommand.NewPipeline(ActionPreference.Ignore, _session);
            _writing.Begin(expectInput: true);
        }

        _writing.Process(error);
        if (error.InvocationInfo is { } invocation)
        {
            invocation.DisplayScriptPosition = place;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writing?.Dispose();
}

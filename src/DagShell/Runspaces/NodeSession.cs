using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Capture;

namespace DagShell.Runspaces;

/// <summary>
/// The session of one runspace, from one node to the next: brings what a node needs of its author's session, and takes back
/// what it leaves behind.
/// </summary>
/// <remarks>Lives as long as the runspace, through several pumps; belongs to the worker's thread.</remarks>
internal sealed class NodeSession
{
    private readonly RunContext _context;
    private readonly SessionSupplier _supplier;
    private readonly SessionCleaner _cleaner;
    private readonly List<ScriptNeeds> _wanted = [];
    private bool _isTouched;
    private bool _isEntered;
    private bool _isSpoilt;

    /// <summary>Whether commands were called that the caller's session does not have, of modules that load by themselves.</summary>
    private bool _mayHaveMoreModules;

    /// <summary>Whether nothing ran in the session but scripts that are proved to leave nothing, to their end.</summary>
    private bool _isUntouched = true;

    /// <summary>Makes the session of a runspace.</summary>
    /// <param name="context">The run.</param>
    /// <param name="shipped">PowerShell's own modules that are loaded in the runspace.</param>
    public NodeSession(RunContext context, ShippedModules shipped)
    {
        _context = context;
        _supplier = new SessionSupplier(shipped);
        _cleaner = new SessionCleaner(_supplier);
    }

    /// <summary>Whether nothing more is to run in the session: what a node left there cannot be taken back.</summary>
    public bool IsSpoilt => _isSpoilt || _cleaner.IsSpoilt;

    /// <summary>
    /// A command that Pester mocks in a module that the node calls which the session was made ready for: it would call the real one. Null
    /// for none.
    /// </summary>
    public string? MockedInModule { get; private set; }

    /// <summary>Goes on in a new pump, after the attempt in the one before was stopped.</summary>
    public void Enter(PSCmdlet pump)
    {
        _isUntouched &= !_isEntered;
        _isEntered = true;
        _supplier.Enter(pump);
        _cleaner.Enter(pump);
        CleanUp();
    }

    /// <summary>Brings what a script needs that sets the session up, or ends it.</summary>
    public void Supply(PSCmdlet pump, ScriptNeeds? needs, CancellationToken stop)
    {
        _supplier.Enter(pump);
        try
        {
            if (needs is { IsEmpty: false })
            {
                _supplier.Supply([needs], isExact: false, stop);
            }
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Makes the session ready for a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="stop">Set when the attempt is stopped.</param>
    /// <exception cref="RuntimeException">A module that the node uses could not be imported.</exception>
    /// <exception cref="PipelineStoppedException">The attempt was stopped meanwhile.</exception>
    public void Prepare(DagNode node, CancellationToken stop)
    {
        // What Get-Runspace and Debug-Runspace show.
        Runspace.DefaultRunspace.Name = node.Name;
        if (!_context.HasNeeds)
        {
            return;
        }

        _wanted.Clear();
        MockedInModule = null;
        foreach ((_, ScriptBlock script) in node.Scripts())
        {
            if (_context.NeedsOf(script, node) is { } needs)
            {
                MockedInModule ??= needs.MockedInModule;
                _isTouched |= needs.MayTouchSession;
                _isSpoilt |= needs.SpoilsSession;
                _mayHaveMoreModules |= needs.NotLoaded.Count > 0;
                _cleaner.RememberVariables(needs.GlobalVariables);
                if (!needs.IsEmpty)
                {
                    _wanted.Add(needs);
                }
            }
        }

        try
        {
            if ((_wanted.Count > 0 || _isTouched) && _supplier.Supply(_wanted, isExact: _isTouched, stop))
            {
                _cleaner.Forget();
            }
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        if (_isTouched)
        {
            _isUntouched = false;
            _cleaner.Remember();
        }
    }

    /// <summary>The module in whose scope a script runs; null for none.</summary>
    public PSModuleInfo? HomeOf(ScriptNeeds? needs) => needs is null ? null : _supplier.HomeOf(needs);

    /// <summary>Removes the traces of the node that ran last.</summary>
    public void CleanUp()
    {
        Runspace.DefaultRunspace.Name = SessionTemplate.RunspaceName;
        _cleaner.CleanUp(_isTouched);
        _isTouched = false;
    }

    /// <summary>Takes away what the run has brought, so that another run may have the runspace.</summary>
    /// <returns>
    /// Whether the session is as a new one. One in which a script ran that is not proved to leave nothing is not, nor is one where a script
    /// was stopped: there may be more than is looked after between the nodes of one run. Nor is one with modules that run scripts, which
    /// may keep a connection.
    /// </returns>
    public bool TryLeave()
    {
        if (!_isUntouched || IsSpoilt || _context.UseNewRunspace)
        {
            return false;
        }

        return !_context.HasNeeds || _supplier.TryLeave(_mayHaveMoreModules);
    }
}

using System.Management.Automation;
using DagShell.Capture;
using DagShell.Scripts;

namespace DagShell.Runspaces;

/// <summary>
/// The session of one runspace, from one node to the next: brings what a node needs of its author's session, and takes back
/// what it leaves behind.
/// </summary>
/// <remarks>Lives as long as the runspace, through several pumps; belongs to the worker's thread.</remarks>
internal sealed class NodeSession
{
    private readonly IReadOnlyDictionary<NodeScript, ScriptNeeds> _needs;
    private readonly SessionCleaner _cleaner = new();
    private readonly SessionSupplier _supplier = new();
    private bool _isTouched;

    public NodeSession(IReadOnlyDictionary<NodeScript, ScriptNeeds> needs) => _needs = needs;

    /// <summary>Whether nothing more is to run in the session: what a node left there cannot be taken back.</summary>
    public bool IsSpoilt => _cleaner.IsSpoilt;

    /// <summary>Goes on in a new pump, after the attempt in the one before was stopped.</summary>
    public void Enter(PSCmdlet pump)
    {
        _supplier.Enter(pump);
        _cleaner.Enter(pump);
        CleanUp();
    }

    /// <summary>Makes the session ready for a node.</summary>
    /// <exception cref="RuntimeException">A module that the node uses could not be imported.</exception>
    public void Prepare(DagNode node)
    {
        if (_needs.Count == 0)
        {
            return;
        }

        bool isSupplied = false;
        foreach ((_, ScriptBlock script) in node.Scripts())
        {
            if (_needs.TryGetValue(NodeScript.Of(script), out ScriptNeeds? needs))
            {
                _isTouched |= needs.MayTouchSession;
                isSupplied |= _supplier.Supply(needs);
            }
        }

        if (isSupplied)
        {
            _cleaner.Forget();
        }

        if (_isTouched)
        {
            _cleaner.Remember();
        }
    }

    /// <summary>Removes the traces of the node that ran last.</summary>
    public void CleanUp()
    {
        _cleaner.CleanUp(_isTouched);
        _isTouched = false;
    }
}

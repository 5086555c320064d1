using System.Collections;
using System.Management.Automation;
using DagShell.Capture;
using DagShell.Engine.Running;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>
/// Runs -InitializationScript and -FinalizationScript in a session: in its own scope, so that what they leave is there for all nodes.
/// </summary>
/// <remarks>Three calls each: what it needs is brought, it is run, and that is taken back. Belongs to the session.</remarks>
internal sealed class RemoteScripts
{
    private readonly string _key;
    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly Func<PowerShell> _newShell;

    /// <summary>Makes ready.</summary>
    /// <param name="key">What the session's process knows the driver by.</param>
    /// <param name="context">The run.</param>
    /// <param name="sink">Takes what the scripts write to the streams other than output.</param>
    /// <param name="newShell">Makes a pipeline in the session.</param>
    public RemoteScripts(string key, RunContext context, INodeStreamSink sink, Func<PowerShell> newShell)
    {
        _key = key;
        _context = context;
        _sink = sink;
        _newShell = newShell;
    }

    /// <summary>Runs one of them.</summary>
    /// <param name="script">The script.</param>
    /// <param name="attempt">The attempt that it is told with.</param>
    /// <param name="host">The machine.</param>
    /// <param name="sent">What the session has been sent already.</param>
    /// <param name="aliasesThere">The aliases that the session has by itself.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>How it failed; null if it did not.</returns>
    /// <exception cref="RuntimeException">The session was lost, or it was stopped.</exception>
    public async Task<NodeFailure?> RunAsync(
        ScriptBlock script, NodeAttempt attempt, string host, SentScripts sent, IDictionary aliasesThere, CancellationToken stop)
    {
        Hashtable call;
        try
        {
            call = CallOf(script, new CallParts(attempt.Node.Name, sent, aliasesThere));
        }
        catch (UnsendableException exception)
        {
            return new NodeFailure(FailureKind.Error, exception.Message, canRetry: false);
        }

        if (await InvokeAsync(NodeDriver.Provide(_key), call, attempt, stop).ConfigureAwait(false) is { } refused)
        {
            return new NodeFailure(
                FailureKind.Error, RemoteEnd.ModuleMissing(DagNode.Of(attempt.Node), host, refused), canRetry: false);
        }

        await InvokeAsync(NodeDriver.RunHere(_key), call: null, attempt, stop).ConfigureAwait(false);
        Hashtable? failed = await InvokeAsync(NodeDriver.Withdraw(_key), call: null, attempt, stop).ConfigureAwait(false);
        return failed is null ? null : new NodeFailure(FailureKind.Error, _context.Secrets.Of(RemoteEnd.MessageOf(failed)))
        {
            Position = RemoteEnd.PositionOf(script.File, failed),
        };
    }

    private Hashtable CallOf(ScriptBlock scriptBlock, CallParts parts)
    {
        var script = NodeScript.Of(scriptBlock);
        ScriptNeeds? needs = _context.Needs.GetValueOrDefault(ScriptKey.Of(scriptBlock, null));
        Hashtable table = CallParts.Table();
        table["Id"] = parts.NumberOf(script);
        CallParts.Add(table, "MayExit", script.MayExit || needs is { MayExit: true });
        Hashtable blocks = CallParts.Table();
        parts.AddUsing(table, script, _context.Scripts!.UsingValues, blocks);
        CallParts.Add(table, "Blocks", blocks);
        if (needs is not null)
        {
            parts.AddNeeds(needs);
        }

        Hashtable call = CallParts.Table();
        call["Script"] = table;
        parts.AddTo(call, withNames: true);
        return call;
    }

    private async Task<Hashtable?> InvokeAsync(string text, Hashtable? call, NodeAttempt attempt, CancellationToken stop)
    {
        using PowerShell shell = _newShell();
        shell.AddScript(text, useLocalScope: call is not null);
        if (call is not null)
        {
            shell.AddArgument(call);
        }

        var input = new PSDataCollection<PSObject>();
        input.Complete();
        var output = new PSDataCollection<PSObject>();
        var host = SessionHost.Of(shell, record => _sink.Write(attempt, record));
        await PipelineStop.RunAsync(shell, host, input, output, stop).ConfigureAwait(false);
        return output.LastOrDefault()?.BaseObject as Hashtable;
    }
}

using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using DagShell.Capture;
using DagShell.Engine.Running;

namespace DagShell.Runspaces;

/// <summary>
/// Runs attempts in the caller's own session, on the thread of its pipeline: breakpoints and the debugger stop inside nodes,
/// and what the session mocks is mocked.
/// </summary>
internal sealed class CallerRunner : IScriptRunner
{
    private const string BodyAndEnd = "try { & $args[0] $args[1] $args[2] } finally { & $args[0] $args[3] }";

    private readonly RunContext _context;
    private readonly INodeStreamSink _sink;
    private readonly Action _wake;
    private readonly IReadOnlyList<KeyValuePair<string, object>> _preferences;
    private readonly ConcurrentQueue<NodeAttempt> _waiting = new();
    private volatile bool _refuses;

    /// <summary>Makes a runner.</summary>
    /// <param name="context">The run.</param>
    /// <param name="sink">Takes what nodes write to the streams other than output.</param>
    /// <param name="wake">Has the thread of the pipeline look whether there is work for it.</param>
    /// <param name="preferences">The preference variables that the command's own parameters stand for.</param>
    public CallerRunner(
        RunContext context, INodeStreamSink sink, Action wake, IReadOnlyList<KeyValuePair<string, object>> preferences)
    {
        _preferences = preferences;
        _context = context;
        _sink = sink;
        _wake = wake;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// PowerShell runs a script's <c>finally</c>, and what that calls, as if the pipeline was not being stopped. Nothing else is let in
    /// then. A stop ends the innermost pipeline first, which is a node's, then this one, and only then that of Invoke-Dag; so the
    /// <c>finally</c> must not begin before the stop has come here.
    /// </remarks>
    public void RunAround(Action body, Action stop, Action end)
    {
        ExceptionDispatchInfo? thrown = null;
        bool hasEnded = false;
        var stopped = new ManualResetEventSlim();
        using (PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace))
        {
            shell.AddScript(BodyAndEnd, useLocalScope: true)
                .AddArgument(new CmdletInfo("Invoke-DagPump", typeof(PumpCommand)))
                .AddArgument((Action<PSCmdlet>)(_ => RunBody()))
                .AddArgument((Action)OnStopped)
                .AddArgument((Action<PSCmdlet>)(_ => End()));
            thrown = Catch(() => shell.Invoke()) is { } ofShell ? thrown ?? ofShell : thrown;
        }

        if (!hasEnded)
        {
            End();
        }

        thrown?.Throw();

        void RunBody()
        {
            thrown = Catch(body);
            if (thrown?.SourceException is PipelineStoppedException)
            {
                stopped.Wait(RunTimes.GracePeriod);
            }
        }

        void OnStopped()
        {
            stop();
            stopped.Set();
        }

        void End()
        {
            hasEnded = true;
            end();
        }
    }

    /// <inheritdoc/>
    public bool HasWorkForCaller => !_waiting.IsEmpty;

    /// <inheritdoc/>
    public void Start(NodeAttempt attempt)
    {
        _waiting.Enqueue(attempt);
        if (_refuses)
        {
            RefuseWorkForCaller();
        }
        else
        {
            _wake();
        }
    }

    /// <inheritdoc/>
    public void RunForCaller(Action stop)
    {
        if (_waiting.TryDequeue(out NodeAttempt? attempt))
        {
            Run(attempt, stop);
        }
    }

    /// <inheritdoc/>
    public void RefuseWorkForCaller()
    {
        _refuses = true;
        while (_waiting.TryDequeue(out NodeAttempt? attempt))
        {
            attempt.Complete(AttemptOutcome.Stopped);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => RefuseWorkForCaller();

    /// <inheritdoc/>
    public void Abandon(NodeAttempt attempt)
    {
        // The thread is the caller's; it comes back when what blocks it does. The engine has given the node up by then.
    }

    /// <summary>What an action throws, whatever it is: what ends pipelines goes through here too.</summary>
    private static ExceptionDispatchInfo? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return ExceptionDispatchInfo.Capture(exception);
        }
    }

    private void Run(NodeAttempt attempt, Action stop)
    {
        AttemptOutcome outcome = AttemptOutcome.Stopped;
        if (!attempt.IsCompleted && !attempt.StopToken.IsCancellationRequested)
        {
            attempt.Begin();
            Pump? pump = null;
            pump = Pump.InCurrentSession(
                command =>
                {
                    foreach (var (name, value) in _preferences)
                    {
                        command.SessionState.PSVariable.Set(name, value);
                    }

                    BringBack(DagNode.Of(attempt.Node).Surroundings, command);
                    outcome = new NodeInvoker(command, pump!, session: null, _context, _sink).Run(attempt);
                },
                record => _sink.Write(attempt, record));
            using (pump)
            using (attempt.StopToken.UnsafeRegister(static pump => ((Pump)pump!).RequestStop(), pump))
            {
                if (pump.Run() is { } problem)
                {
                    outcome = AttemptOutcome.Failed(new NodeFailure(FailureKind.Error, problem));
                }
            }
        }

        if (outcome.Kind == AttemptOutcomeKind.Stopped && !attempt.StopToken.IsCancellationRequested)
        {
            stop();
        }

        attempt.Complete(outcome);
    }

    /// <summary>
    /// Defines in the pump's scope the functions and aliases that were there when the node was made and are gone now, or are others.
    /// </summary>
    private static void BringBack(Surroundings? surroundings, PSCmdlet command)
    {
        foreach (SeenCommand then in surroundings?.Commands ?? [])
        {
            string name = then.Command.Name;
            CommandInfo? now = command.InvokeCommand.GetCommands(name, CommandTypes.All, nameIsPattern: false).FirstOrDefault();
            if (now is not null && !(then.IsOfFile && now is FunctionInfo function && function.ScriptBlock != then.Body))
            {
                continue;
            }

            if (then.Body is not null)
            {
                command.InvokeProvider.Item.Set([$"function:{name}"], then.Body, force: true, literalPath: true);
            }
            else
            {
                command.InvokeProvider.Item.Set([$"alias:{name}"], then.Definition, force: true, literalPath: true);
            }
        }
    }
}

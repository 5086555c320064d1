using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using DagShell.Host.Views;
using Microsoft.PowerShell;

namespace DagShell.Host.Hosting;

/// <summary>
/// Runs a script and then, in the same session, the nodes and dags that it emitted.
/// The session has one thread of its own, on which the runspace lives and every pipeline runs.
/// </summary>
internal sealed class ScriptSession(ConsoleHost host, ConsoleOutput output, IRunView view, CancellationToken stop)
{
    // PowerShell's own pipeline threads have as much; deep recursion in scripts needs it.
    private const int StackSize = 10_000_000;

    private readonly Lock _gate = new();
    private readonly List<NodeResult> _results = [];
    private readonly List<PSObject> _gathered = [];
    private volatile bool _hadErrors;

    /// <summary>The results so far. May be read on any thread.</summary>
    public IReadOnlyCollection<NodeResult> Results
    {
        get
        {
            lock (_gate)
            {
                return [.. _results];
            }
        }
    }

    /// <summary>What the process is to return.</summary>
    public int ExitCode => (host.ExitCode, Failed: _hadErrors || !Results.All(result => result.IsGood)) switch
    {
        ({ } code and not 0, _) => code,
        (_, true) => Hosting.ExitCode.Failure,
        _ => Hosting.ExitCode.Success,
    };

    /// <summary>Starts the session's thread. The task always ends well: errors are shown and told by the exit code.</summary>
    public Task Start(string script)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(
            () =>
            {
                try
                {
                    Run(script);
                }
                catch (Exception exception)
                {
                    Report(new ErrorRecord(exception, "DagShellHost", ErrorCategory.NotSpecified, null));
                }
                finally
                {
                    ended.SetResult();
                }
            },
            StackSize)
        {
            IsBackground = true,
            Name = "dagsh session",
        };
        thread.Start();
        return ended.Task;
    }

    private static Runspace OpenRunspace(PSHost host)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry(ReceiveScriptOutputCommand.Name, typeof(ReceiveScriptOutputCommand), null));
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.RemoteSigned;
        }

        Runspace runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();
        Runspace.DefaultRunspace = runspace;

        // Opening a runspace puts the user's own folders first.
        ModuleFolders.PutOnPath();
        return runspace;
    }

    private void Run(string script)
    {
        using Runspace runspace = OpenRunspace(host);
        string[] modules = [ModuleFolders.Everyday, ModuleFolders.DagShell];
        bool ran = Invoke(runspace, shell => shell.AddCommand("Import-Module").AddParameter("Name", modules))
            && !_hadErrors
            && Invoke(runspace, shell => shell.AddScript(script, useLocalScope: false));
        if (!ran || _gathered.Count == 0)
        {
            return;
        }

        if (host.ExitCode is { } code and not 0)
        {
            output.WriteErrorLine($"Nothing of the dag was run: the script exited with code {code}.");
            return;
        }

        Invoke(runspace, shell => shell.AddCommand("Invoke-Dag"), _gathered);
    }

    /// <summary>Whether the pipeline came to its end.</summary>
    private bool Invoke(Runspace runspace, Action<PowerShell> compose, IEnumerable? input = null)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        compose(shell);
        shell.AddCommand(ReceiveScriptOutputCommand.Name).AddParameter("Receiver", (Predicate<PSObject>)Receive).AddCommand("Out-Default");
        shell.Streams.Error.DataAdded += (_, _) =>
        {
            foreach (ErrorRecord error in shell.Streams.Error.ReadAll())
            {
                Report(error);
            }
        };
        using CancellationTokenRegistration registration = stop.Register(() => shell.BeginStop(null, null));
        if (stop.IsCancellationRequested)
        {
            return false;
        }

        try
        {
            shell.Invoke(input);
            return true;
        }
        catch (Exception exception) when (exception is PipelineStoppedException or InvalidPowerShellStateException)
        {
            // Stopped while it ran, or before it did.
            return false;
        }
        catch (RuntimeException exception)
        {
            Report(exception.ErrorRecord);
            return false;
        }
    }

    private bool Receive(PSObject value)
    {
        if (value.TypeNames.Contains("DagShell.DagNode") || value.TypeNames.Contains("DagShell.Dag"))
        {
            _gathered.Add(value);
            return true;
        }

        if (!value.TypeNames.Contains(NodeResult.TypeName))
        {
            return false;
        }

        NodeResult result = NodeResult.From(value);
        lock (_gate)
        {
            _results.Add(result);
        }

        view.Finished(result);
        return true;
    }

    private void Report(ErrorRecord error)
    {
        _hadErrors = true;
        output.WriteErrorLine(ErrorText.Of(error));
    }
}

using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DagShell.Benchmarks.Shell;

/// <summary>A PowerShell session, by default with the module imported through its manifest, as a user has it.</summary>
internal sealed class Session : IDisposable
{
    private readonly Runspace _runspace;

    public Session(BuiltModule? module)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (module is not null)
        {
            state.ImportPSModule([module.Manifest]);
        }

        state.Commands.Add(new SessionStateCmdletEntry("New-BareNode", typeof(NewBareNodeCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Measure-BareNode", typeof(MeasureBareNodeCommand), null));
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
    }

    public Runspace Runspace => _runspace;

    /// <summary>Runs a script to its end; an error in it ends the benchmark.</summary>
    public Collection<PSObject> Run(string script)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        Collection<PSObject> output = shell.Invoke();
        return shell.Streams.Error.Count > 0 ? throw new InvalidOperationException(string.Join('\n', shell.Streams.Error)) : output;
    }

    /// <summary>Imports a module, if the machine has it.</summary>
    public bool TryImport(string module) =>
        Run($"if (Get-Module {module} -ListAvailable) {{ Import-Module {module}; 1 }}").Count > 0;

    /// <summary>Runs a script, and tells how long it took, in microseconds. Variables in it are set before.</summary>
    public double Time(string script, params (string Name, object? Value)[] variables)
    {
        foreach (var (name, value) in variables)
        {
            _runspace.SessionStateProxy.SetVariable(name, value);
        }

        using PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        long start = Stopwatch.GetTimestamp();
        shell.Invoke();
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return shell.Streams.Error.Count > 0 ? throw new InvalidOperationException(string.Join('\n', shell.Streams.Error)) : time;
    }

    public void Dispose() => _runspace.Dispose();
}

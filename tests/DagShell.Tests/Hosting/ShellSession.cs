using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace DagShell.Tests.Hosting;

/// <summary>A PowerShell session with the built module imported through its manifest, as a user has it.</summary>
internal sealed class ShellSession : IDisposable
{
    private readonly TestHost _host = new();

    static ShellSession()
    {
        // What a run shows must not depend on what runs the tests.
        Environment.SetEnvironmentVariable("GITHUB_ACTIONS", null);
        Environment.SetEnvironmentVariable("TF_BUILD", null);
    }

    public ShellSession(PSLanguageMode languageMode = PSLanguageMode.FullLanguage)
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Checkout.Manifest]);
        Runspace = RunspaceFactory.CreateRunspace(_host, state);
        Runspace.Open();
        Runspace.SessionStateProxy.LanguageMode = languageMode;
    }

    public Runspace Runspace { get; }

    /// <summary>What the session showed its user.</summary>
    public TestUserInterface Screen => _host.TestUI;

    /// <summary>Sets a variable of the session.</summary>
    public object? this[string variable]
    {
        get => Runspace.SessionStateProxy.GetVariable(variable);
        set => Runspace.SessionStateProxy.SetVariable(variable, value);
    }

    /// <summary>Runs a script to its end.</summary>
    public ShellResult Run(string script, params (string Name, object? Value)[] variables)
    {
        Set(variables);
        using PowerShell shell = PowerShell.Create(Runspace);
        shell.AddScript(Ended(script));
        var output = new PSDataCollection<PSObject>();
        Exception? thrown = null;
        try
        {
            shell.Invoke(input: null, output, new PSInvocationSettings());
        }
        catch (RuntimeException exception)
        {
            thrown = exception;
        }

        return new ShellResult(new Collection<PSObject>(output.ToList()), new ShellStreams(shell.Streams), thrown);
    }

    /// <summary>Starts a script; the caller stops or awaits it.</summary>
    public RunningScript Start(string script, params (string Name, object? Value)[] variables)
    {
        Set(variables);
        return new RunningScript(Runspace, Ended(script));
    }

    public void Dispose() => Runspace.Dispose();

    /// <summary>Without a try around it a script goes on after the terminating error of a cmdlet, as a prompt does.</summary>
    private static string Ended(string script) => $"try {{ {script}\n}} catch {{ throw }}";

    private void Set((string Name, object? Value)[] variables)
    {
        foreach (var (name, value) in variables)
        {
            this[name] = value;
        }
    }
}

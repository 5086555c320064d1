using System.Collections;
using System.Globalization;
using System.Management.Automation;
using DagShell.Capture;
using DagShell.Scripts;

namespace DagShell.Runspaces;

/// <summary>
/// Takes back what a node left behind in its session, so that the next node there does not see it: variables of any scope,
/// functions, aliases, drives, the location, the error list, event subscriptions.
/// </summary>
/// <remarks>
/// Looking through all variables costs more than most nodes; so that is done only around a node whose syntax tree does not
/// prove that it leaves nothing. What can be seen at a glance is put right after every node. Belongs to the worker's thread.
/// </remarks>
internal sealed class SessionCleaner
{
    private static readonly ScriptBlock GetJobs = TrustedScript.Create("Microsoft.PowerShell.Core\\Get-Job");

    private static readonly HashSet<string> Automatic = new(StringComparer.OrdinalIgnoreCase) { "?", "^", "$", "Error", "PWD" };

    /// <summary>What the node's own variables are set as around a script that is called with parameters.</summary>
    private static readonly HashSet<string> OfNode = new(StringComparer.OrdinalIgnoreCase) { "Upstream", "DagNode", "_" };

    private readonly SessionSupplier _supplier;
    private PSCmdlet _pump = null!;
    private ScriptBlock? _getJobs;
    private readonly List<(string Path, PSVariable? Variable, object? Value)> _named = [];
    private Dictionary<string, (PSVariable Variable, object? Value)>? _variables;
    private Dictionary<string, ScriptBlock>? _functions;
    private Dictionary<string, string>? _aliases;
    private HashSet<string> _scopeVariables = [];
    private HashSet<string> _drives = [];
    private SessionLocation? _location;
    private string? _shippedIn;
    private PSLanguageMode _languageMode;

    /// <summary>What is asked when a command is looked up: before that, after it, and where none is found.</summary>
    private (EventHandler<CommandLookupEventArgs>? Before,
        EventHandler<CommandLookupEventArgs>? After,
        EventHandler<CommandLookupEventArgs>? NotFound) _lookups;
    private CultureInfo _culture = CultureInfo.CurrentCulture;
    private CultureInfo _uiCulture = CultureInfo.CurrentUICulture;

    /// <summary>Makes a cleaner.</summary>
    /// <param name="supplier">Knows what is there for the node that runs.</param>
    public SessionCleaner(SessionSupplier supplier) => _supplier = supplier;

    /// <summary>
    /// Whether a node left something that cannot be taken back, such as a constant or a job: nothing more is to run in the session.
    /// </summary>
    public bool IsSpoilt { get; private set; }

    /// <summary>Goes on in a new pump of the same runspace.</summary>
    public void Enter(PSCmdlet pump)
    {
        _pump = pump;
        if (_location is null)
        {
            _location = SessionLocation.Of(pump.SessionState);
            _shippedIn = pump.SessionState.PSVariable.GetValue("PSHOME") is string home
                ? Path.Join(home, "Modules") + Path.DirectorySeparatorChar
                : null;
            _drives = Drives().ToHashSet(StringComparer.OrdinalIgnoreCase);
            _languageMode = pump.SessionState.LanguageMode;
            CommandInvocationIntrinsics lookups = pump.SessionState.InvokeCommand;
            _lookups = (lookups.PreCommandLookupAction, lookups.PostCommandLookupAction, lookups.CommandNotFoundAction);
            _culture = CultureInfo.CurrentCulture;
            _uiCulture = CultureInfo.CurrentUICulture;
        }
    }

    /// <summary>Has the next <see cref="Remember"/> look anew, because something was added that is to stay.</summary>
    public void Forget() => _variables = null;

    /// <summary>Notes how the session is, once, before the first node that may change it.</summary>
    public void Remember()
    {
        if (_variables is not null)
        {
            return;
        }

        _variables = GlobalVariables().ToDictionary(
            found => found.Name, found => (found.Variable, CopyOf(found.Variable.Value)), StringComparer.OrdinalIgnoreCase);
        _scopeVariables = Items<PSVariable>("variable:").Select(NameOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _functions = SessionNames.Functions(_pump);
        _supplier.TakeOut(_functions);
        _aliases = SessionNames.Aliases(_pump);
        _supplier.TakeOut(_aliases);
        _supplier.NoteModules();
    }

    /// <summary>Notes how some global variables are, before a node that may set them.</summary>
    /// <param name="paths">Their names, each with global: before it.</param>
    public void RememberVariables(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            PSVariable? variable = _pump.SessionState.PSVariable.Get(path);
            _named.Add((path, variable, variable?.Value));
        }
    }

    /// <summary>Removes a node's traces.</summary>
    /// <param name="mayHaveTouched">Whether all that is named has to be looked through.</param>
    public void CleanUp(bool mayHaveTouched)
    {
        if (_pump.SessionState.PSVariable.GetValue("global:Error") is ArrayList { Count: > 0 } errors)
        {
            errors.Clear();
        }

        RestoreLookups(mayHaveTouched);

        // A node may have removed its folder or drive. What opens next starts as it can.
        IsSpoilt |= !_location!.TryRestore(_pump.SessionState, mayHaveTouched);

        foreach (PSEventSubscriber subscriber in _pump.Events.Subscribers.ToList())
        {
            _pump.Events.UnsubscribeEvent(subscriber);
        }

        if (!ReferenceEquals(CultureInfo.CurrentCulture, _culture))
        {
            CultureInfo.CurrentCulture = _culture;
        }

        if (!ReferenceEquals(CultureInfo.CurrentUICulture, _uiCulture))
        {
            CultureInfo.CurrentUICulture = _uiCulture;
        }

        // Back to front: what two scripts of a node set was noted twice, and first as it had been.
        for (int i = _named.Count - 1; i >= 0; i--)
        {
            Restore(_named[i].Path, _named[i].Variable, _named[i].Value);
        }

        _named.Clear();
        if (mayHaveTouched && _variables is not null)
        {
            if (_pump.SessionState.LanguageMode != _languageMode)
            {
                _pump.SessionState.LanguageMode = _languageMode;
            }

            // Jobs and events that wait to be received are gone with the session, as they are at the end of every session.
            IsSpoilt |= _pump.Events.ReceivedEvents.Count > 0 || HasJobs() || !_supplier.RemoveOtherModules(_shippedIn);
            RestoreVariables(_variables);
            RestoreFunctions(_functions!);
            RestoreAliases(_aliases!);
            RemoveDrives();
        }
    }

    private void RestoreLookups(bool mayHaveTouched)
    {
        // The session's own; a cmdlet has another.
        CommandInvocationIntrinsics lookups = _pump.SessionState.InvokeCommand;

        // PowerShell's API for modules does not know this one.
        if (mayHaveTouched && PSObject.AsPSObject(lookups).Properties["LocationChangedAction"] is { Value: not null } locationChanged)
        {
            locationChanged.Value = null;
        }

        (lookups.PreCommandLookupAction, lookups.PostCommandLookupAction, lookups.CommandNotFoundAction) = _lookups;
    }

    /// <summary>Whether there are jobs of any kind, of which each has a collection of its own.</summary>
    private bool HasJobs()
    {
        _getJobs ??= TrustedScript.Fresh(GetJobs);
        try
        {
            return _getJobs.Invoke().Count > 0;
        }
        catch (RuntimeException)
        {
            // A session that was made without Get-Job.
            return false;
        }
    }

    private void Restore(string path, PSVariable? before, object? value)
    {
        PSVariableIntrinsics session = _pump.SessionState.PSVariable;
        PSVariable? now = session.Get(path);
        if (now is not null && !ReferenceEquals(now, before))
        {
            if (now.Options == ScopedItemOptions.None)
            {
                session.Remove(now);
            }
            else
            {
                RemoveVariable("variable:" + path, now);
            }

            now = null;
        }

        if (before is null || IsSpoilt)
        {
            return;
        }

        if (now is null)
        {
            session.Set(path, value);
        }
        else if (!IsFixed(now) && !Equals(now.Value, value))
        {
            now.Value = value;
        }
    }

    private void RestoreVariables(Dictionary<string, (PSVariable Variable, object? Value)> known)
    {
        PSVariableIntrinsics session = _pump.SessionState.PSVariable;
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, variable) in GlobalVariables())
        {
            seen.Add(name);
            if (!known.TryGetValue(name, out var before))
            {
                // A variable that a module exports belongs to the module, which stays loaded.
                if (variable.Module is null)
                {
                    RemoveVariable("variable:global:" + name, variable);
                }
            }
            else if (!ReferenceEquals(before.Variable, variable))
            {
                RemoveVariable("variable:global:" + name, variable);
                if (!IsSpoilt)
                {
                    session.Set("global:" + name, before.Value);
                }
            }
            else if (!IsFixed(variable) && (before.Value is DefaultParameterDictionary || !Equals(before.Value, variable.Value)))
            {
                variable.Value = CopyOf(before.Value);
            }
        }

        foreach (PSVariable variable in Items<PSVariable>("variable:"))
        {
            // Set in a scope between the node's own and the global one.
            string name = NameOf(variable);
            if (OfNode.Contains(name))
            {
                IsSpoilt |= variable.Options != ScopedItemOptions.None;
            }
            else if (!known.ContainsKey(name) && !_scopeVariables.Contains(name) && variable.Module is null)
            {
                RemoveVariable("variable:" + name, variable);
            }
        }

        foreach (var (lost, before) in known)
        {
            if (!seen.Contains(lost))
            {
                session.Set("global:" + lost, before.Value);
            }
        }
    }

    private void RemoveVariable(string path, PSVariable variable)
    {
        if ((variable.Options & ScopedItemOptions.Constant) != 0)
        {
            IsSpoilt = true;
            return;
        }

        Remove(path);
    }

    private static bool IsFixed(PSVariable variable) => (variable.Options & (ScopedItemOptions.Constant | ScopedItemOptions.ReadOnly)) != 0;

    /// <summary>The table of default parameter values is changed in place, so it is kept as a copy.</summary>
    private static object? CopyOf(object? value) => value is DefaultParameterDictionary table
        ? new DefaultParameterDictionary(table)
        : value;

    /// <summary>The variables of the global scope that PowerShell does not change by itself.</summary>
    private IEnumerable<(string Name, PSVariable Variable)> GlobalVariables() =>
        from name in Items<PSVariable>("variable:").Select(NameOf)
        where !Automatic.Contains(name)
        let variable = _pump.SessionState.PSVariable.Get("global:" + name)
        where variable is not null
        select (name, variable);

    /// <summary>The name by which a variable is found; one that was made through the provider may carry its scope in its own.</summary>
    private static string NameOf(PSVariable variable) =>
        variable.Name.StartsWith("global:", StringComparison.OrdinalIgnoreCase) ? variable.Name["global:".Length..] : variable.Name;

    /// <summary>Has functions be what they were, and those that the node was given what they were given as.</summary>
    private void RestoreFunctions(Dictionary<string, ScriptBlock> known)
    {
        Dictionary<string, ScriptBlock> found = SessionNames.Functions(_pump);
        foreach (var (name, body) in found)
        {
            // Of modules that come with PowerShell and load by themselves there may be more than before.
            ScriptBlock? before = _supplier.FunctionOf(name) ?? known.GetValueOrDefault(name);
            if (!ReferenceEquals(before, body) && (before is not null || !IsShipped(body.Module)))
            {
                SessionNames.SetFunction(_pump, name, before);
            }
        }

        foreach (string name in known.Keys.Where(name => !found.ContainsKey(name)))
        {
            SessionNames.SetFunction(_pump, name, _supplier.FunctionOf(name) ?? known[name]);
        }

        _supplier.SetLost(found);
    }

    /// <summary>Whether a module comes with PowerShell, and may stay loaded.</summary>
    private bool IsShipped(PSModuleInfo? module) =>
        _shippedIn is not null && module?.Path?.StartsWith(_shippedIn, StringComparison.Ordinal) == true;

    private void RestoreAliases(Dictionary<string, string> known)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (AliasInfo alias in Items<AliasInfo>("alias:"))
        {
            string? before = _supplier.AliasOf(alias.Name) ?? known.GetValueOrDefault(alias.Name);
            if (before != alias.Definition && (before is not null || !IsShipped(alias.Module)))
            {
                SessionNames.SetAlias(_pump, alias.Name, before);
            }

            seen.Add(alias.Name);
        }

        foreach (var (name, definition) in known)
        {
            if (!seen.Contains(name))
            {
                SessionNames.SetAlias(_pump, name, definition);
            }
        }
    }

    private void RemoveDrives()
    {
        foreach (string drive in Drives())
        {
            if (!_drives.Contains(drive))
            {
                _pump.SessionState.Drive.Remove(drive, force: true, scope: "global");
            }
        }
    }

    private List<string> Drives() => _pump.SessionState.Drive.GetAll().Select(drive => drive.Name).ToList();

    private void Remove(string path) =>
        _pump.SessionState.InvokeProvider.Item.Remove([path], recurse: false, force: true, literalPath: true);

    private List<T> Items<T>(string drive) =>
        _pump.SessionState.InvokeProvider.ChildItem.Get(drive, recurse: false).Select(item => item.BaseObject).OfType<T>().ToList();
}

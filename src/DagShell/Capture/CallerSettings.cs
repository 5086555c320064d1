using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>
/// What holds for all of the caller's session, and is to hold in every node: strict mode, drives, the location, type and format data.
/// </summary>
/// <remarks>Captured on the caller's thread before the run; read by the workers' threads.</remarks>
internal sealed class CallerSettings
{
    // Nothing else says which version of strict mode is on. Each try that fails is one version more, and one error in $Error.
    private static readonly ScriptBlock AskStrictMode = TrustedScript.Create("""
        try { $null = $DagShellAsksForStrictMode; return 0 } catch { }
        try { $null = 'x'.DagShellAsksForStrictMode; return 1 } catch { }
        try { $null = @(1)[5]; return 2 } catch { }
        3
        """);

    private readonly int _strictMode;

    /// <summary>The modules that the session has, but for those that come with PowerShell: to load one of them changes nothing.</summary>
    private readonly List<PSModuleInfo> _modules;
    private readonly List<PSDriveInfo> _drives;

    /// <summary>Of each drive what makes it, and where on it the session is; of those of the session's location, that says it.</summary>
    private readonly List<(string Name, string Root, string Provider, string Location)> _driveParts;
    private readonly string? _fileLocation;
    private readonly string? _location;
    private readonly List<TypeData> _types;
    private readonly List<SessionStateTypeEntry> _typeFiles;
    private readonly List<string> _formatsBefore;
    private readonly List<string> _formatsAfter;

    private CallerSettings(PSCmdlet cmdlet)
    {
        SessionState session = cmdlet.SessionState;
        _strictMode = cmdlet.InvokeCommand.InvokeScript(useLocalScope: true, AskStrictMode, null) is [{ BaseObject: int version }]
            ? version
            : 0;
        if (session.PSVariable.GetValue("global:Error") is ArrayList errors)
        {
            errors.RemoveRange(0, Math.Min(_strictMode, errors.Count));
        }

        _drives = session.Drive.GetAll().Where(drive => drive.Provider.Module is null).ToList();
        PathInfo location = session.Path.CurrentLocation;
        PathInfo fileLocation = session.Path.CurrentFileSystemLocation;
        _fileLocation = fileLocation.ProviderPath;
        _driveParts = _drives.ConvertAll(drive => (drive.Name, drive.Root, drive.Provider.Name,
            drive == location.Drive || drive == fileLocation.Drive ? string.Empty : drive.CurrentLocation));
        if (!Directory.Exists(_fileLocation))
        {
            Problem = Messages.FolderMissing(_fileLocation);
            _fileLocation = null;
        }
        else if (location.Provider.Module is { } module)
        {
            Problem = Messages.LocationMissing(location.Path, module.Name, _fileLocation);
        }
        else
        {
            _location = location.Path;
        }

        PSModuleInfo[] all = cmdlet.InvokeCommand
            .InvokeScript(useLocalScope: true, ScriptBlock.Create("Microsoft.PowerShell.Core\\Get-Module -All"), null)
            .Select(item => (PSModuleInfo)item.BaseObject).ToArray();
        string? home = session.PSVariable.GetValue("PSHOME") as string;
        _modules = all.Where(module => home is null || !module.ModuleBase.StartsWith(home, StringComparison.Ordinal)).ToList();
        string[] modules =
        [
            .. all.Select(module => module.ModuleBase).Where(folder => !string.IsNullOrEmpty(folder)).Distinct()
                .Select(folder => folder + Path.DirectorySeparatorChar),
            .. home is null ? (string[])[] : [home + Path.DirectorySeparatorChar],
        ];
        bool IsOfSession(string? file) =>
            !string.IsNullOrEmpty(file) && !modules.Any(folder => file.StartsWith(folder, StringComparison.Ordinal));
        InitialSessionState? state = Runspace.DefaultRunspace?.InitialSessionState;
        _types = state?.Types.Where(entry => entry.TypeData is not null && !entry.IsRemove).Select(entry => entry.TypeData).ToList() ?? [];
        _typeFiles = state?.Types.Where(entry => IsOfSession(entry.FileName)).ToList() ?? [];
        List<string> formats = state?.Formats.Select(entry => entry.FileName).Where(file => !string.IsNullOrEmpty(file)).ToList() ?? [];
        _formatsBefore = formats.TakeWhile(IsOfSession).ToList();
        _formatsAfter = formats.Skip(_formatsBefore.Count).Where(IsOfSession).ToList();
    }

    /// <summary>The version of strict mode; 0 for none.</summary>
    public int StrictMode => _strictMode;

    /// <summary>What of them cannot hold in nodes; null if all can.</summary>
    public string? Problem { get; }

    /// <summary>Captures those of a cmdlet's caller.</summary>
    public static CallerSettings Of(PSCmdlet cmdlet) => new(cmdlet);

    /// <summary>Whether all but the location is the same, in a session with the same modules.</summary>
    public bool IsLike(CallerSettings other) =>
        _strictMode == other._strictMode
            && _modules.SequenceEqual(other._modules, ReferenceEqualityComparer.Instance)
            && _driveParts.SequenceEqual(other._driveParts)
            && _types.SequenceEqual(other._types)
            && _typeFiles.SequenceEqual(other._typeFiles)
            && _formatsBefore.SequenceEqual(other._formatsBefore)
            && _formatsAfter.SequenceEqual(other._formatsAfter);

    /// <summary>Sets the location in a runspace that was opened at another, perhaps.</summary>
    /// <returns>Whether it could be set; if not, only a new runspace starts as it should.</returns>
    public bool TrySetLocationIn(Runspace runspace)
    {
        if (_fileLocation is null || _location is null)
        {
            return false;
        }

        try
        {
            PathIntrinsics path = runspace.SessionStateProxy.Path;
            foreach (string location in (string[])[_fileLocation, _location])
            {
                if (path.CurrentLocation.Path != location)
                {
                    path.SetLocation(WildcardPattern.Escape(location));
                }
            }

            return true;
        }
        catch (RuntimeException)
        {
            return false;
        }
    }

    /// <summary>Adds to what a runspace starts with. Each runspace gets its own, since script blocks belong to one session.</summary>
    public InitialSessionState AddTo(InitialSessionState state)
    {
        if (_types.Count + _typeFiles.Count + _formatsBefore.Count + _formatsAfter.Count == 0)
        {
            return state;
        }

        InitialSessionState own = state.Clone();
        foreach (TypeData type in _types)
        {
            own.Types.Add(new SessionStateTypeEntry(OfNoSession(type), isRemove: false));
        }

        own.Types.Add(_typeFiles.Select(entry => new SessionStateTypeEntry(entry.FileName)));

        // What the session prepended goes before what every session has.
        List<SessionStateFormatEntry> common = [.. own.Formats];
        own.Formats.Clear();
        own.Formats.Add(_formatsBefore.Select(file => new SessionStateFormatEntry(file)));
        own.Formats.Add(common);
        own.Formats.Add(_formatsAfter.Select(file => new SessionStateFormatEntry(file)));
        return own;
    }

    /// <summary>Sets them in a runspace that has just been opened.</summary>
    /// <param name="runspace">The runspace.</param>
    /// <param name="isWhole">Whether all of them are to hold; if not, the folder alone.</param>
    public void SetIn(Runspace runspace, bool isWhole)
    {
        if (_fileLocation is not null && _fileLocation != CurrentDirectory())
        {
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_fileLocation));
        }

        if (!isWhole)
        {
            return;
        }

        DriveManagementIntrinsics drives = runspace.SessionStateProxy.Drive;
        HashSet<string> there = drives.GetAll().Select(drive => drive.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (PSDriveInfo drive in _drives.Where(drive => !there.Contains(drive.Name)))
        {
            try
            {
                ProviderInfo provider = runspace.SessionStateProxy.Provider.GetOne(drive.Provider.Name);
                drives.New(new PSDriveInfo(drive.Name, provider, drive.Root, drive.Description, drive.Credential), "global");
            }
            catch (Exception exception) when (exception is RuntimeException or IOException)
            {
                // Its root is gone: to the caller it is of no use either.
            }
        }

        foreach (var (name, _, _, at) in _driveParts.Where(drive => drive.Location.Length > 0))
        {
            if (drives.GetAll().FirstOrDefault(drive => drive.Name == name) is { } found)
            {
                found.CurrentLocation = at;
            }
        }

        if (_location is not null && runspace.SessionStateProxy.Path.CurrentLocation.Path != _location)
        {
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_location));
        }

        if (_strictMode > 0)
        {
            using PowerShell shell = PowerShell.Create();
            shell.Runspace = runspace;
            shell.AddCommand("Microsoft.PowerShell.Core\\Set-StrictMode").AddParameter("Version", new Version(_strictMode, 0)).Invoke();
        }
    }

    /// <summary>The process's folder; null if it has none any more.</summary>
    private static string? CurrentDirectory()
    {
        try
        {
#pragma warning disable RS0030 // It is just this that is asked for: whether the process still has a folder.
            return Environment.CurrentDirectory;
#pragma warning restore RS0030
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static TypeData OfNoSession(TypeData type)
    {
        TypeData copy = type.Copy();
        foreach (var (name, member) in type.Members)
        {
            copy.Members[name] = member switch
            {
                ScriptPropertyData property => new ScriptPropertyData(name, Unbound(property.GetScriptBlock),
                    Unbound(property.SetScriptBlock))
                { IsHidden = property.IsHidden },
                ScriptMethodData method => new ScriptMethodData(name, Unbound(method.Script)),
                _ => member,
            };
        }

        return copy;
    }

    private static ScriptBlock? Unbound(ScriptBlock? script) => script is null ? null : NodeScript.Of(script).NewUnboundScriptBlock();
}

using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security.Cryptography;
using DagShell.Capture;
using DagShell.Scripts;

namespace DagShell.Checkpoints;

/// <summary>
/// Says of the commands that scripts call, in a few characters, what they are, so that a later run can tell whether they are the same: the
/// text of functions and script files, and the name and version of modules.
/// </summary>
internal sealed class CalledCommands
{
    private static readonly ScriptBlock FindAnywhere = TrustedScript.Create("param($Name) Get-Command -Name $Name -ErrorAction Ignore");

    private readonly IReadOnlyDictionary<ScriptKey, ScriptNeeds> _needs;
    private readonly CommandInvocationIntrinsics _invoke;
    private readonly string _sessionState;
    private readonly Dictionary<ScriptKey, (string? Functions, string? Modules)> _known = [];
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private ILookup<string, string>? _notLoaded;

    /// <summary>Prepares to look.</summary>
    /// <param name="needs">What scripts need of the caller's session.</param>
    /// <param name="invoke">That session.</param>
    /// <param name="initialState">What runspaces start with, if it is not that session.</param>
    public CalledCommands(
        IReadOnlyDictionary<ScriptKey, ScriptNeeds> needs, CommandInvocationIntrinsics invoke, InitialSessionState? initialState)
    {
        _needs = needs;
        _invoke = invoke;
        _sessionState = initialState is null ? string.Empty : TextOf(Describe(initialState));
    }

    /// <summary>What stands for the functions, aliases and script files that a script calls; empty for none.</summary>
    public string FunctionsOf(ScriptKey script) => Of(script).Functions ?? _sessionState;

    /// <summary>
    /// What stands for the modules of which a script calls commands; empty for none. Those that come with PowerShell do not count.
    /// </summary>
    public string ModulesOf(ScriptKey script) => Of(script).Modules ?? string.Empty;

    private static IEnumerable<string> Describe(InitialSessionState state)
    {
        foreach (SessionStateCommandEntry entry in state.Commands.OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase))
        {
            switch (entry)
            {
                case SessionStateFunctionEntry function:
                    yield return function.Name;
                    yield return function.Definition;
                    break;
                case SessionStateAliasEntry alias:
                    yield return alias.Name;
                    yield return alias.Definition;
                    break;
            }
        }

        foreach (Microsoft.PowerShell.Commands.ModuleSpecification module in state.Modules)
        {
            yield return module.ToString();
        }
    }

    private static string TextOf(IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        bool any = false;
        foreach (string text in texts)
        {
            ValueDigest.Add(hash, text);
            any = true;
        }

        return any ? ValueDigest.TextOf(hash) : string.Empty;
    }

    private static bool ComesWithPowerShell(string module) =>
        module.StartsWith("Microsoft.PowerShell.", StringComparison.OrdinalIgnoreCase)
        || module.Equals("DagShell", StringComparison.OrdinalIgnoreCase)
        || module.Length == 0;

    private (string? Functions, string? Modules) Of(ScriptKey script)
    {
        if (!_needs.TryGetValue(script, out ScriptNeeds? needs))
        {
            return default;
        }

        if (!_known.TryGetValue(script, out (string? Functions, string? Modules) of))
        {
            IEnumerable<string> functions = needs.Commands.SelectMany(Describe)
                .Concat(needs.Modules.OfType<CopiedModule>().SelectMany(Describe))
                .Concat(needs.ScriptFiles.Select(file => $"{file.Path} {ContentOf(file.Path)}"));
            IEnumerable<string> modules = needs.Modules.Where(module => !ComesWithPowerShell(module.Name)).Select(Describe)
                .Concat(needs.NotLoaded.SelectMany(WhereFound));
            _known.Add(script, of = (
                TextOf(_sessionState.Length > 0 ? functions.Prepend(_sessionState) : functions.Order(StringComparer.Ordinal)),
                TextOf(modules.Distinct().Order(StringComparer.Ordinal))));
        }

        return of;
    }

    private static IEnumerable<string> Describe(CapturedCommand command) => command switch
    {
        CapturedFunction { Module: null } function => [$"{function.Name} {function.Definition.Extent.Text}"],
        CapturedAlias alias => [$"{alias.Name} = {alias.Definition}"],

        // The node runs it as the session has it, which may be older than the module's file.
        CapturedFunction { Module: not null and not FileModule { IsShipped: true } } function =>
            [$"{function.Module} {function.Name} {function.Definition.Extent.Text}"],

        // What else is a module's is the same where the module is; programs are not looked into.
        _ => [],
    };

    private static IEnumerable<string> Describe(CopiedModule module) =>
    [
        .. module.Functions.Select(function => $"{module} {function.Name} {function.Definition.Extent.Text}"),
        .. module.Aliases.Select(alias => $"{module} {alias.Name} = {alias.Definition}"),
        .. module.Variables.Select(variable => $"{module} {variable.Key} {Describe(variable.Value)}"),
    ];

    /// <summary>Values that are plain; any other cannot be known here, and is not the same as the last time.</summary>
    private static string Describe(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => string.Empty,
        string text => text,
        IFormattable and ValueType plain => $"{plain.GetType()} {((IFormattable)plain).ToString(null, CultureInfo.InvariantCulture)}",
        bool truth => truth.ToString(),
        _ => Guid.NewGuid().ToString(),
    };

    /// <summary>A module without a version is known by its text.</summary>
    private string Describe(CapturedModule module) => $"{module.Name} {module.Version} " + module switch
    {
        FileModule file =>
            (file.Version > new Version(0, 0) ? string.Empty : ContentOf(file.Path)) + string.Join(' ', file.Arguments.Select(Describe)),
        NestedModule nested => $"{Describe(nested.Parent)} {(nested.Path is null ? string.Empty : ContentOf(nested.Path))}",
        AssemblyModule assembly => assembly.Assembly.ManifestModule.ModuleVersionId.ToString(),
        _ => string.Empty,
    };

    private string ContentOf(string path)
    {
        if (!_files.TryGetValue(path, out string? content))
        {
            try
            {
                content = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It is called all the same, and what it does cannot be known.
                content = Guid.NewGuid().ToString();
            }

            _files.Add(path, content);
        }

        return content;
    }

    /// <summary>
    /// The module that a command is of which is not loaded, as it is found when it is called. Asked for all at once, since it is a look
    /// through all modules; with patterns, because exact names would load them here.
    /// </summary>
    private IEnumerable<string> WhereFound(string command)
    {
        _notLoaded ??= Find(_needs.Values.SelectMany(needs => needs.NotLoaded)).ToLookup(
            found => found.Name, found => $"{found.ModuleName} {found.Version}", StringComparer.OrdinalIgnoreCase);
        return _notLoaded[command];
    }

    private IEnumerable<CommandInfo> Find(IEnumerable<string> commands)
    {
        string[] patterns =
        [
            .. commands.Distinct(StringComparer.OrdinalIgnoreCase)
                .Where(name => !name.AsSpan().ContainsAny('\\', '/') && !WildcardPattern.ContainsWildcardCharacters(name))
                .Select(name => $"{WildcardPattern.Escape(name[..^1])}[{name[^1]}]"),
        ];
        return patterns.Length == 0
            ? []
            : _invoke.InvokeScript(useLocalScope: true, FindAnywhere, null, [patterns])
                .Select(found => found.BaseObject).OfType<CommandInfo>()
                .Where(found => found.CommandType is CommandTypes.Function or CommandTypes.Cmdlet)
                .Where(found => !ComesWithPowerShell(found.ModuleName));
    }
}

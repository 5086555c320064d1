using System.Management.Automation;
using DagShell.Scripts;

namespace DagShell.Capture;

/// <summary>Says of each module of the caller's session how a node's runspace gets the same.</summary>
/// <remarks>Used on the caller's thread, before the run. Nothing is imported or changed there.</remarks>
internal sealed class CallerModules
{
    private static readonly ScriptBlock List = TrustedScript.Create("Microsoft.PowerShell.Core\\Get-Module");

    private static readonly ScriptBlock LookIn = TrustedScript.Create("""
        param($Path, $Scoped)
        foreach ($item in $ExecutionContext.InvokeProvider.ChildItem.Get($Path, $false)) {
            if ($Scoped) { $ExecutionContext.SessionState.PSVariable.Get("script:$($item.Name)") } else { $item }
        }
        """);

    /// <summary>Variables that PowerShell itself sets in each module.</summary>
    private static readonly HashSet<string> Automatic = new(StringComparer.OrdinalIgnoreCase)
    {
        "args", "Error", "false", "MyInvocation", "null", "PSBoundParameters", "PSCommandPath", "PSDefaultParameterValues", "PSScriptRoot",
        "true",
        "input", "this", "_", "PSItem", "ExecutionContext", "Host", "HOME", "PID", "PSCulture", "PSUICulture", "PSHOME", "ShellId",
        "PSVersionTable",
        "Upstream", "DagNode",
    };

    /// <summary>What a closure that is made at the prompt copies with all other variables, and does not mean.</summary>
    private static readonly HashSet<string> Preferences = new(StringComparer.OrdinalIgnoreCase)
    {
        "ErrorActionPreference", "WarningPreference", "VerbosePreference", "DebugPreference", "InformationPreference",
        "ProgressPreference", "ConfirmPreference", "WhatIfPreference", "PSNativeCommandUseErrorActionPreference",
    };

    private readonly CommandInvocationIntrinsics _invoke;
    private readonly PSVariableIntrinsics _variables;
    private readonly string _shippedIn;
    private readonly Dictionary<PSModuleInfo, CapturedModule?> _known = new(ReferenceEqualityComparer.Instance);
    private Dictionary<PSModuleInfo, PSModuleInfo>? _parents;

    /// <summary>Makes a finder.</summary>
    /// <param name="invoke">The caller's commands.</param>
    /// <param name="variables">The caller's variables.</param>
    public CallerModules(CommandInvocationIntrinsics invoke, PSVariableIntrinsics variables)
    {
        _invoke = invoke;
        _variables = variables;
        _shippedIn = variables.GetValue("PSHOME") is string home ? Path.Join(home, "Modules") + Path.DirectorySeparatorChar : "\0";
    }

    /// <summary>The module of a command; null for a module that cannot be had anew.</summary>
    /// <param name="module">The module.</param>
    /// <param name="command">A cmdlet of it, which knows its assembly.</param>
    public CapturedModule? Of(PSModuleInfo module, CmdletInfo? command = null)
    {
        if (!_known.TryGetValue(module, out CapturedModule? captured))
        {
            captured = Capture(module, command);
            _known.Add(module, captured);
        }

        return captured;
    }

    private CapturedModule? Capture(PSModuleInfo module, CmdletInfo? command)
    {
        if (PathOf(module) is { } path)
        {
            if (ParentOf(module) is { } parent && Of(parent) is { } capturedParent)
            {
                return new NestedModule(module.Name, module.Version, module.Path, capturedParent);
            }

            return new FileModule(module.Name, module.Version, path)
            {
                Arguments = ArgumentsOf(module),
                Variables = VariablesOf(module),
                IsShipped = path.StartsWith(_shippedIn, StringComparison.Ordinal),
                RunsScripts = module.Scripts.Any(),
            };
        }

        return command is not null ? new AssemblyModule(module.Name, module.Version, command.ImplementingType.Assembly)
            : module.ModuleType == ModuleType.Script && module.SessionState is not null ? Copy(module)
            : null;
    }

    /// <summary>Its manifest, where it has one and was imported by it; a script module without one has no version.</summary>
    private static string? PathOf(PSModuleInfo module)
    {
        string manifest = Path.Join(module.ModuleBase, module.Name + ".psd1");
        return module.Version > new Version(0, 0) && File.Exists(manifest) ? manifest : File.Exists(module.Path) ? module.Path : null;
    }

    /// <summary>The module that a module came with, where it was not imported itself.</summary>
    private PSModuleInfo? ParentOf(PSModuleInfo module)
    {
        if (_parents is null)
        {
            _parents = new Dictionary<PSModuleInfo, PSModuleInfo>(ReferenceEqualityComparer.Instance);
            var open = new Stack<PSModuleInfo>(_invoke.InvokeScript(useLocalScope: true, List, null)
                .Select(item => item.BaseObject).OfType<PSModuleInfo>());
            HashSet<PSModuleInfo> top = new(open, ReferenceEqualityComparer.Instance);
            while (open.TryPop(out PSModuleInfo? next))
            {
                foreach (PSModuleInfo nested in next.NestedModules)
                {
                    if (!top.Contains(nested) && _parents.TryAdd(nested, next))
                    {
                        open.Push(nested);
                    }
                }
            }
        }

        return _parents.GetValueOrDefault(module);
    }

    /// <summary>What its script was called with: it keeps that as every script does, and -ArgumentList gives by position alone.</summary>
    private static object?[] ArgumentsOf(PSModuleInfo module)
    {
        if (module.SessionState?.PSVariable is not { } variables)
        {
            return [];
        }

        IEnumerable<object?> named = variables.GetValue("script:PSBoundParameters") is IDictionary<string, object?> bound
            ? bound.Values
            : [];
        return variables.GetValue("script:args") is object?[] rest ? [.. named, .. rest] : [.. named];
    }

    private string[] VariablesOf(PSModuleInfo module) => module.ExportedVariables.Values
        .Where(variable => ReferenceEquals(_variables.Get("global:" + variable.Name), variable)).Select(variable => variable.Name)
            .ToArray();

    private CopiedModule Copy(PSModuleInfo module)
    {
        // A script block of the module's would be bound to the caller's one.
        var functions = LookInto<FunctionInfo>(module, "function:").Where(function => function.ScriptBlock.Module == module)
            .Select(function => new CapturedFunction(function.Name, function.ScriptBlock.Ast, null)).ToArray();
        return new CopiedModule(module.Name, module.Version)
        {
            Functions = functions,
            Aliases = LookInto<AliasInfo>(module, "alias:").Where(alias => alias.Module == module)
                .Select(alias => new CapturedAlias(alias.Name, alias.Definition)).ToArray(),
            Variables = LookInto<PSVariable>(module, "variable:", scoped: true)
                .Where(variable => !Automatic.Contains(variable.Name) && (variable.Options & ScopedItemOptions.Constant) == 0
                    && !IsCallersPreference(variable))
                .Select(variable => KeyValuePair.Create(variable.Name, (object?)variable.Value)).ToArray(),
        };
    }

    private bool IsCallersPreference(PSVariable variable) =>
        Preferences.Contains(variable.Name) && Equals(variable.Value, _variables.GetValue("global:" + variable.Name));

    private static IEnumerable<T> LookInto<T>(PSModuleInfo module, string path, bool scoped = false)
    {
        object? found = module.Invoke(LookIn, path, scoped);
        return found is null
            ? []
            : (LanguagePrimitives.GetEnumerable(found)?.Cast<object>() ?? [found])
                .Select(item => item is PSObject wrapped ? wrapped.BaseObject : item).OfType<T>();
    }
}

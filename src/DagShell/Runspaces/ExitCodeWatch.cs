using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using DagShell.Scripts;

namespace DagShell.Runspaces;

/// <summary>
/// Watches <c>$LASTEXITCODE</c> while a node's script runs: a script file that ends with <c>exit 3</c> sets it and says nothing more, also
/// where the call of that file was the last thing to do.
/// </summary>
/// <remarks>Sits on the variable as an attribute, which PowerShell asks before it sets a value. Belongs to the node's thread.</remarks>
internal sealed class ExitCodeWatch : ArgumentTransformationAttribute, IDisposable
{
    private const string Name = "global:LASTEXITCODE";

    private readonly PSVariableIntrinsics _variables;
    private readonly PSVariable _variable;
    private readonly NodeScript _script;
    private readonly bool _isNew;
    private IScriptExtent? _place;
    private int _code;

    /// <summary>Begins to watch.</summary>
    /// <param name="variables">The variables of the session.</param>
    /// <param name="script">The node's script.</param>
    public ExitCodeWatch(PSVariableIntrinsics variables, NodeScript script)
    {
        _variables = variables;
        _script = script;
        PSVariable? variable = variables.Get(Name);
        _isNew = variable is null;
        if (variable is null)
        {
            variables.Set(Name, null);
            variable = variables.Get(Name);
        }

        _variable = variable;
        _variable.Attributes.Add(this);
    }

    /// <summary>The code other than 0 with which a script file ended that was the last thing called, and the call; null for none.</summary>
    public (int Code, IScriptExtent Call)? Failure => _place is null ? null : (_code, _place);

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        _place = inputData is int and not 0 && IsSetByScriptFile() ? CallAtEnd() : null;
        _code = _place is null ? 0 : (int)inputData;
        return inputData;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _variable.Attributes.Remove(this);
        if (_isNew && _variable.Value is null)
        {
            _variables.Remove(_variable);
        }
    }

    /// <summary>Whether the value comes from the exit of a script, and neither from a program nor from an assignment.</summary>
    private static bool IsSetByScriptFile()
    {
        // PowerShell says it nowhere else than in who calls.
        Type? setter = new StackTrace().GetFrames()
            .Select(frame => frame.GetMethod()?.DeclaringType)
            .SkipWhile(type => type?.Name is nameof(ExitCodeWatch) or nameof(ArgumentTransformationAttribute) or nameof(PSVariable)
                or "SessionStateScope" or "SessionStateInternal" or "ExecutionContext")
            .FirstOrDefault();
        return setter?.Name.EndsWith("ScriptCommandProcessor", StringComparison.Ordinal) == true;
    }

    /// <summary>The call in the node's script, if it and all calls on the way to the file are last statements.</summary>
    private IScriptExtent? CallAtEnd()
    {
        IScriptExtent? call = null;
        foreach (CallStackFrame frame in Runspace.DefaultRunspace.Debugger.GetCallStack())
        {
            if (frame.Position is not { } place)
            {
                continue;
            }

            if (_script.Has(place))
            {
                if (!_script.IsLast(place, out bool isNested))
                {
                    return null;
                }

                call ??= place;
                if (!isNested)
                {
                    return call;
                }
            }
            else if (place.StartScriptPosition?.GetFullScript() is { } text && !LastStatement.IsAt(text, place))
            {
                return null;
            }
        }

        return null;
    }
}

using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using DagShell.Engine.Running;
using DagShell.Scripts;

namespace DagShell.Runspaces;

/// <summary>What the scripts of one attempt find in their variables, parameters and pipeline.</summary>
internal sealed class NodeVariables
{
    /// <summary>What the dependencies gave, for all items of a node.</summary>
    private static readonly ConditionalWeakTable<NodeItems, Hashtable> UpstreamOfItems = [];

    private readonly NodeAttempt _attempt;
    private readonly IDictionary _parameters;
    private DagNodeInfo _info;
    private Hashtable? _upstream;

    public NodeVariables(NodeAttempt attempt, RunContext context)
    {
        _attempt = attempt;
        _parameters = context.Parameters;
        ErrorRecord? lastError = attempt.LastFailure is { } failure ? FailureRecord.Of(failure) : null;
        _info = new DagNodeInfo(attempt.Node.Name, attempt.Number, context.RunId, lastError, Dependencies)
        {
            Item = attempt.Items is { } items ? items.Values[attempt.Item] : DagNode.Of(attempt.Node).Item?.Value,
            ItemIndex = attempt.Items is not null ? attempt.Item : DagNode.Of(attempt.Node).Item?.Index,
        };
        CurrentObject = _info.Item;
        HasCurrentObject = attempt.Items is not null || attempt.Node.IsItem;
    }

    /// <summary>What <c>$_</c> is: the item, or what -RetryIf is asked about.</summary>
    public object? CurrentObject { get; private set; }

    /// <summary>Whether <c>$_</c> is anything, be it null.</summary>
    public bool HasCurrentObject { get; private set; }

    /// <summary>Sets what <c>$_</c> is.</summary>
    public void SetCurrentObject(object? value)
    {
        CurrentObject = value;
        HasCurrentObject = true;
    }

    /// <summary>Sets what the node is asked for its dag for.</summary>
    public void SetItem(object? value, int index)
    {
        SetCurrentObject(value);
        _info = new DagNodeInfo(_info.Name, _info.Attempt, _info.RunId, _info.LastError, Dependencies) { Item = value, ItemIndex = index };
    }

    /// <summary>The outputs of the dependencies, by name.</summary>
    public Hashtable Upstream
    {
        get
        {
            // A node may have as many items as its dependency gave objects: a copy of these for each would be too much.
            return _upstream ??= _attempt.Items is { } items
                ? new Hashtable(UpstreamOfItems.GetValue(items, _ => FindUpstream()), StringComparer.OrdinalIgnoreCase)
                : FindUpstream();
        }
    }

    private Hashtable FindUpstream()
    {
        Hashtable upstream = new(StringComparer.OrdinalIgnoreCase);
        foreach (int dependency in _attempt.Upstream)
        {
            upstream[_attempt.NodeAt(dependency).LocalName] = GivenBy(dependency);
        }

        return upstream;
    }

    /// <summary>The variables for a script that is called without parameters.</summary>
    /// <param name="script">The script.</param>
    /// <param name="setsPreferences">Whether the session is the caller's, whose preferences for errors may not be those of nodes.</param>
    public List<PSVariable> ForPlainScript(NodeScript script, bool setsPreferences)
    {
        List<PSVariable> variables = [.. ForSession(setsPreferences).Select(variable => new PSVariable(variable.Name, variable.Value))];
        if (script.ReadsInput)
        {
            variables.Add(new PSVariable("input", Input().GetEnumerator()));
        }

        return variables;
    }

    /// <summary>The variables to set around a script that is called with parameters.</summary>
    public IEnumerable<(string Name, object? Value)> ForSession(bool setsPreferences)
    {
        if (setsPreferences)
        {
            yield return ("ErrorActionPreference", ActionPreference.Stop);
            yield return ("PSNativeCommandUseErrorActionPreference", true);
        }

        yield return ("Upstream", Upstream);
        yield return ("DagNode", _info);
        if (HasCurrentObject)
        {
            yield return ("_", CurrentObject);
        }
    }

    /// <summary>Whether a script gets the outputs of the dependencies through the pipeline.</summary>
    public bool Feeds(NodeScript script) => script.ReadsInput && (_attempt.Upstream.Length > 0 || _attempt.Items is not null);

    /// <summary>The values for a script's parameters, of those that find one. What the pipeline is to fill is left to it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="adapt">Makes of a value of -Parameter what the node's session is to see.</param>
    public Hashtable ParametersOf(NodeScript script, Func<object?, object?> adapt)
    {
        Hashtable bound = [];
        bool isFed = Feeds(script);
        foreach (ScriptParameter parameter in script.Parameters)
        {
            if (!(isFed && parameter.TakesInput) && FindParameter(parameter) is var (source, key))
            {
                bound[parameter.Name] = source == Upstream ? source[key] : adapt(source[key]);
            }
        }

        return bound;
    }

    /// <summary>The first mandatory parameter that will find no value; null if there is none.</summary>
    public string? MissingParameterOf(NodeScript script)
    {
        bool isFed = Feeds(script);
        return script.Parameters.FirstOrDefault(parameter =>
            parameter.IsMandatory && !(isFed && (parameter.TakesInput || parameter.TakesProperty))
                && FindParameter(parameter) is null)?.Name;
    }

    /// <summary>Finds a parameter's value: the output of the dependency of its name or alias, else what -Parameter says.</summary>
    private (IDictionary Source, string Key)? FindParameter(ScriptParameter parameter)
    {
        foreach (IDictionary source in (IDictionary[])[Upstream, _parameters])
        {
            if (parameter.Names.FirstOrDefault(source.Contains) is { } key)
            {
                return (source, key);
            }
        }

        return null;
    }

    /// <summary>How what the node waited for ended; of what it does not depend on without the output.</summary>
    public OrderedDictionary Dependencies()
    {
        var found = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
        int[] upstream = _attempt.Upstream.ToArray();
        foreach (int node in _attempt.Awaited)
        {
            DependencyEnd end = _attempt.EndOf(node);
            found[end.Node.LocalName] = new DagNodeDependency(end, upstream.Contains(node) ? GivenBy(node) : null);
        }

        return found;
    }

    /// <summary>The item; or the outputs of all dependencies, one object after the other, in the order of the dependencies.</summary>
    public IEnumerable<object?> Input()
    {
        if (_attempt.Items is { } items)
        {
            yield return items.Values[_attempt.Item];
            yield break;
        }

        for (int i = 0; i < _attempt.Upstream.Length; i++)
        {
            foreach (object? item in OutputOf(_attempt.Upstream[i]))
            {
                yield return item;
            }
        }
    }

    /// <summary>What a dependency gave, as an assignment would give it; of one with items always a list.</summary>
    private object? GivenBy(int dependency) =>
        _attempt.NodeAt(dependency).IsMapped ? OutputOf(dependency).Clone() : NodeOutput.AsAssigned(OutputOf(dependency));

    private object?[] OutputOf(int dependency) => NodeOutput.ObjectsOf(_attempt.OutputOf(dependency));
}

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Capture;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>
/// What scripts need in a session: the functions that they call, as text, aliases, modules by name and version, and the values that they
/// use. Nothing else is sent.
/// </summary>
/// <remarks>For one call; belongs to the thread that makes it.</remarks>
internal sealed class CallParts
{
    private readonly string _node;
    private readonly SentScripts _sent;
    private readonly IDictionary _aliasesThere;
    private readonly Hashtable _functions = Table();
    private readonly Hashtable _aliases = Table();
    private readonly Dictionary<string, Hashtable> _modules = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Begins a call.</summary>
    /// <param name="node">The node that messages name.</param>
    /// <param name="sent">What the session has been sent already.</param>
    /// <param name="aliasesThere">The aliases that the session has by itself, with their definitions.</param>
    public CallParts(string node, SentScripts sent, IDictionary aliasesThere)
    {
        _node = node;
        _sent = sent;
        _aliasesThere = aliasesThere;
        _sent.Begin();
    }

    /// <summary>Called with the tree of each function, and script block as a value, that is to be sent.</summary>
    public Action<Ast> TreeSent { get; init; } = static _ => { };

    /// <summary>A table whose keys are compared as PowerShell compares names.</summary>
    public static Hashtable Table() => new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Sets a key of a table, unless there is nothing to say.</summary>
    public static void Add(Hashtable table, string key, object? value)
    {
        if (value is not (null or false or ICollection { Count: 0 }))
        {
            table[key] = value;
        }
    }

    /// <summary>The number by which the session knows a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="isOfModule">Whether it runs in a module there, which brings its classes along.</param>
    /// <exception cref="UnsendableException">It uses a class that the session does not know.</exception>
    public int NumberOf(NodeScript script, bool isOfModule = false)
    {
        if (!isOfModule)
        {
            RefuseOuterType(script);
        }

        return _sent.NumberOf(script, () => ScriptPieces.Of(script));
    }

    /// <summary>The number by which the session knows a script that helps the driver.</summary>
    public int NumberOf(SentDriver driver) => _sent.NumberOf(driver, driver.Script);

    /// <summary>Notes the values of a script's <c>$using:</c> expressions.</summary>
    /// <param name="table">What is sent of the script.</param>
    /// <param name="script">The script.</param>
    /// <param name="usingValues">The values; null if there are none.</param>
    /// <param name="blocks">Takes those that are script blocks.</param>
    /// <exception cref="UnsendableException">One cannot be taken there.</exception>
    public void AddUsing(Hashtable table, NodeScript script, IDictionary? usingValues, Hashtable blocks)
    {
        Hashtable values = Table();
        for (int i = 0; i < script.UsingExpressions.Count && usingValues is not null; i++)
        {
            UsingExpressionAst expression = script.UsingExpressions[i];
            string name = ScriptPieces.VariableOf(expression, i);
            object? value = Checked(expression.Extent.Text, UsingReader.ValueIn(usingValues, expression));
            if (!AddBlock(blocks, name, value))
            {
                values[name] = value;
            }
        }

        Add(table, "Using", values);
    }

    /// <summary>A script block is sent as a script, since it would arrive as a text.</summary>
    /// <returns>Whether the value is one.</returns>
    public bool AddBlock(Hashtable blocks, string name, object? value)
    {
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not ScriptBlock block)
        {
            return false;
        }

        TreeSent(block.Ast);
        blocks[name] = NumberOf(NodeScript.Of(block));
        return true;
    }

    /// <summary>Notes what a script needs.</summary>
    /// <returns>The key of the module that it is to run in; null for none.</returns>
    /// <exception cref="UnsendableException">Something cannot be taken there.</exception>
    public string? AddNeeds(ScriptNeeds needs)
    {
        foreach (CapturedModule module in needs.Modules)
        {
            AddModule(module);
        }

        foreach (CapturedCommand command in needs.Commands)
        {
            switch (command)
            {
                case CapturedFunction { Module: null } shipped when ShippedFunctions.Contains(shipped.Name, shipped.Definition):
                    break;
                case CapturedFunction { Module: null } function:
                    RefuseOuterType(NodeScript.Of(function.Definition));
                    TreeSent(function.Definition);
                    _functions[function.Name] =
                        _sent.NumberOf(function.Definition, () => ScriptPieces.OfFunction(function.Name, function.Definition));
                    break;
                case CapturedAlias alias when (_aliasesThere[alias.Name] as string) != alias.Definition:
                    _aliases[alias.Name] = alias.Definition;
                    break;
            }
        }

        return needs.Home is { } home ? AddModule(home) : null;
    }

    /// <summary>A value that is to be sent.</summary>
    /// <param name="use">How its author calls it.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="UnsendableException">It cannot be taken there.</exception>
    public object? Checked(string use, object? value)
    {
        SentValue.Check(_node, use, value);
        return value;
    }

    /// <summary>Puts all that was noted into a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="withNames">Whether functions come with their names, for who takes them away again.</param>
    /// <exception cref="UnsendableException">It is too much.</exception>
    public void AddTo(Hashtable call, bool withNames = false)
    {
        Add(call, "New", _sent.TakeNew());
        Add(call, "Modules", _modules.Values.ToArray());
        Add(call, "Functions", withNames ? _functions : _functions.Values.Cast<object>().ToArray());
        Add(call, "Aliases", _aliases);
        Add(call, "Forgets", _sent.Forgets);
        if (DataSize.IsOver(call, DataSize.Most))
        {
            throw new UnsendableException(SessionMessages.SendsTooMuch(_node, DataSize.Most));
        }

        _sent.End();
    }

    private void RefuseOuterType(NodeScript script)
    {
        if (script.OuterType is { } type)
        {
            throw new UnsendableException(SessionMessages.OuterType(
                _node, type.Name, Messages.Position(type.Extent.File, type.Extent.StartLineNumber)));
        }
    }

    /// <summary>Notes a module that is to be imported there.</summary>
    /// <returns>Its key; null for one that every session has.</returns>
    private string? AddModule(CapturedModule module)
    {
        switch (module)
        {
            case FileModule { IsShipped: true }:
                return null;
            case NestedModule nested:
                return AddModule(nested.Parent);
            case FileModule:
                string key = $"{module.Name} {module.Version}";
                Hashtable table = Table();
                table["Key"] = key;
                table["Name"] = module.Name;
                table["Version"] = module.Version > new Version(0, 0) ? module.Version.ToString() : null;
                _modules[key] = table;
                return key;
            default:
                throw new UnsendableException(SessionMessages.ModuleWithoutFile(_node, module.Name));
        }
    }
}

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Capture;
using DagShell.Engine.Running;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>
/// Puts together what a session needs for an attempt: the node's scripts and the functions that they call, as text, modules by name and
/// version, and the values that they use. Nothing else is sent.
/// </summary>
/// <remarks>For one attempt; belongs to the thread that starts it.</remarks>
internal sealed class NodeCall
{
    private readonly NodeAttempt _attempt;
    private readonly RunContext _context;
    private readonly SentScripts _sent;
    private readonly IDictionary _aliasesThere;
    private readonly NodeVariables _variables;
    private readonly DagNode _node;
    private readonly Hashtable _functions = Table();
    private readonly Hashtable _aliases = Table();
    private readonly Dictionary<string, Hashtable> _modules = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _upstreamNames = new(StringComparer.OrdinalIgnoreCase);
    private bool _wantsUpstream;
    private bool _wantsEnds;
    private bool _cleans;

    /// <summary>Prepares a call.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="context">The run.</param>
    /// <param name="sent">What the session has been sent already.</param>
    /// <param name="aliasesThere">The aliases that the session has by itself, with their definitions.</param>
    public NodeCall(NodeAttempt attempt, RunContext context, SentScripts sent, IDictionary aliasesThere)
    {
        _aliasesThere = aliasesThere;
        _attempt = attempt;
        _context = context;
        _sent = sent;
        _node = DagNode.Of(attempt.Node);
        _variables = new NodeVariables(attempt, context);
    }

    /// <summary>What is sent: nothing of what the node has not.</summary>
    /// <exception cref="UnsendableException">Something that the node uses cannot be taken there.</exception>
    public Hashtable ToTable()
    {
        _sent.Begin();
        Hashtable call = Table();
        call["Name"] = _node.Name;
        call["Attempt"] = _attempt.Number;
        List<Hashtable> before = [];
        if (_attempt.IsInquiry)
        {
            Hashtable question = Script("RetryIf", _node.RetryIf!);
            question["Error"] = FailureRecord.Of(_attempt.LastFailure!);
            before.Add(question);
        }
        else
        {
            AddQuestions(before);
            Hashtable script = Script("Script", _node.ScriptBlock);
            call["Script"] = script.Count == 2 ? script["Id"] : script;
            if (_node.RetryIf is not null)
            {
                call["RetryIf"] = Script("RetryIf", _node.RetryIf);
                call["ExitText"] = SessionMessages.Ended(_node.Name);
            }
        }

        Add(call, "Scripts", before.ToArray());
        AddVariables(call);
        Add(call, "New", _sent.TakeNew());
        Add(call, "Modules", _modules.Values.ToArray());
        Add(call, "Functions", _functions.Values.Cast<object>().ToArray());
        Add(call, "Aliases", _aliases);
        Add(call, "Forgets", _sent.Forgets);
        Add(call, "Cleans", _cleans);
        return call;
    }

    private void AddQuestions(List<Hashtable> before)
    {
        if (_attempt.AsksCondition && _node.When is not null)
        {
            before.Add(Script("When", _node.When));
        }

        for (int i = 0; i < _node.Precondition.Count; i++)
        {
            Hashtable precondition = Script("Precondition", _node.Precondition[i]);
            precondition["Index"] = i;
            before.Add(precondition);
        }
    }

    private static void Add(Hashtable table, string key, object? value)
    {
        if (value is not (null or false or ICollection { Count: 0 }))
        {
            table[key] = value;
        }
    }

    private static Hashtable Table() => new(StringComparer.OrdinalIgnoreCase);

    private Hashtable Script(string use, ScriptBlock scriptBlock)
    {
        var script = NodeScript.Of(scriptBlock);
        ScriptNeeds? needs = _context.NeedsOf(scriptBlock, _node);
        NoteUpstream(script.Tree);
        Hashtable table = Table();
        table["Use"] = use;
        table["Id"] = _sent.NumberOf(script, () => ScriptPieces.Of(script));
        Add(table, "MayExit", script.MayExit || needs is { MayExit: true });
        Hashtable blocks = Table();
        Add(table, "Parameters", Parameters(script, blocks));
        Add(table, "Using", UsingValues(script, blocks));
        Add(table, "Blocks", blocks);
        if (_variables.Feeds(script))
        {
            table["IsFed"] = true;
            table["Input"] = Checked("the pipeline's input", _variables.Input().ToArray());
        }

        if (needs is not null)
        {
            _cleans |= needs.MayTouchSession;
            AddNeeds(needs);
            if (needs.Home is { } home)
            {
                Add(table, "Home", AddModule(home));
            }
        }

        return table;
    }

    private Hashtable Parameters(NodeScript script, Hashtable blocks)
    {
        Hashtable bound = _variables.ParametersOf(script, static value => value);
        foreach (DictionaryEntry entry in bound)
        {
            AddBlock(blocks, "-" + entry.Key, Checked($"the parameter '{entry.Key}'", entry.Value));
        }

        return bound;
    }

    private Hashtable UsingValues(NodeScript script, Hashtable blocks)
    {
        Hashtable values = Table();
        for (int i = 0; i < script.UsingExpressions.Count && _node.UsingValues is not null; i++)
        {
            UsingExpressionAst expression = script.UsingExpressions[i];
            string name = ScriptPieces.VariableOf(expression, i);
            object? value = Checked(expression.Extent.Text, UsingReader.ValueIn(_node.UsingValues, expression));
            if (!AddBlock(blocks, name, value))
            {
                values[name] = value;
            }
        }

        return values;
    }

    /// <summary>A script block is sent as a script, since it would arrive as a text.</summary>
    private bool AddBlock(Hashtable blocks, string name, object? value)
    {
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not ScriptBlock block)
        {
            return false;
        }

        var script = NodeScript.Of(block);
        blocks[name] = _sent.NumberOf(script, () => ScriptPieces.Of(script));
        return true;
    }

    private void AddNeeds(ScriptNeeds needs)
    {
        foreach (CapturedModule module in needs.Modules)
        {
            AddModule(module);
        }

        foreach (CapturedCommand command in needs.Commands)
        {
            switch (command)
            {
                case CapturedFunction { Module: null } function:
                    NoteUpstream(function.Definition);
                    _functions[function.Name] =
                        _sent.NumberOf(function.Definition, () => ScriptPieces.OfFunction(function.Name, function.Definition));
                    break;
                case CapturedAlias alias when (_aliasesThere[alias.Name] as string) != alias.Definition:
                    _aliases[alias.Name] = alias.Definition;
                    break;
            }
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
                throw new UnsendableException(SessionMessages.ModuleWithoutFile(_node.Name, module.Name));
        }
    }

    private void NoteUpstream(Ast tree)
    {
        UpstreamUse use = UpstreamUse.Of(tree);
        _wantsUpstream |= use.IsWhole;
        _wantsEnds |= use.AsksForEnds;
        _upstreamNames.UnionWith(use.Names);
    }

    private void AddVariables(Hashtable call)
    {
        Hashtable upstream = Table();
        foreach (DictionaryEntry entry in _wantsUpstream || _upstreamNames.Count > 0 ? _variables.Upstream : [])
        {
            if (_wantsUpstream || _upstreamNames.Contains((string)entry.Key))
            {
                upstream[entry.Key] = Checked($"$Upstream.{entry.Key}", entry.Value);
            }
        }

        Add(call, "Upstream", upstream);
        Add(call, "LastError", _attempt.LastFailure is { } failure ? FailureRecord.Of(failure) : null);
        Add(call, "Dependencies", _wantsEnds ? _variables.Dependencies() : null);
    }

    private object? Checked(string use, object? value)
    {
        SentValue.Check(_node.Name, use, value);
        return value;
    }
}

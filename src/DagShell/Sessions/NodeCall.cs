using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Capture;
using DagShell.Engine.Running;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Sessions;

/// <summary>Puts together what a session needs for an attempt: the node's scripts, and what they use.</summary>
/// <remarks>For one attempt; belongs to the thread that starts it.</remarks>
internal sealed class NodeCall
{
    private readonly NodeAttempt _attempt;
    private readonly RunContext _context;
    private readonly CallParts _parts;
    private readonly NodeVariables _variables;
    private readonly DagNode _node;
    private readonly HashSet<string> _upstreamNames = new(StringComparer.OrdinalIgnoreCase);
    private bool _wantsUpstream;
    private bool _wantsEnds;
    private bool _wantsItem;
    private bool _cleans;

    /// <summary>What is sent about the node's files, for those to be asked there; null of a node that has none.</summary>
    private Hashtable? _files;

    /// <summary>Prepares a call.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="context">The run.</param>
    /// <param name="sent">What the session has been sent already.</param>
    /// <param name="aliasesThere">The aliases that the session has by itself, with their definitions.</param>
    public NodeCall(NodeAttempt attempt, RunContext context, SentScripts sent, IDictionary aliasesThere)
    {
        _attempt = attempt;
        _context = context;
        _node = DagNode.Of(attempt.Node);
        _variables = new NodeVariables(attempt, context);
        _parts = new CallParts(_node.Name, sent, aliasesThere) { TreeSent = NoteUpstream };
        StopPosition = attempt.Node.Timeout is null ? null : new RemoteStopPosition(attempt, context.Secrets);
        if (!attempt.IsInquiry && !attempt.AsksForItems && _node.Script.Parameters.Count > 0)
        {
            MissingParameter = _variables.MissingParameterOf(_node.Script);
        }
    }

    /// <summary>A mandatory parameter of the node's script that finds no value; then only its conditions are asked.</summary>
    public string? MissingParameter { get; }

    /// <summary>Where the node is stopped there when its time is over; null of a node that has no time.</summary>
    public RemoteStopPosition? StopPosition { get; }

    /// <summary>What is sent: nothing of what the node has not. Null if there is nothing to be run.</summary>
    /// <exception cref="UnsendableException">Something that the node uses cannot be taken there.</exception>
    public Hashtable? ToTable()
    {
        Hashtable call = CallParts.Table();
        call["Name"] = _node.Name;
        call["Attempt"] = _attempt.Number;
        List<Hashtable> before = [];
        if (_attempt.IsInquiry)
        {
            call["Inquiry"] = SentError.Of(FailureRecord.Of(_attempt.LastFailure!));
            AddRetry(call);
        }
        else
        {
            AddQuestions(before);
            ScriptBlock? main = _attempt.AsksForItems ? _node.ItemScript : MissingParameter is null ? _node.ScriptBlock : null;
            if (main is not null || _files is not null)
            {
                AddRetry(call);
            }

            if (main is not null)
            {
                Hashtable script = Script("Script", main);
                if (!_attempt.AsksForItems && MayEndWithFile(main))
                {
                    script["Watches"] = _parts.NumberOf(SentDriver.ForExits);
                }

                if (call.ContainsKey("ExitText") && _context.NeedsOf(main, _node) is { MayRunPrograms: true })
                {
                    // What a program says, which -RetryIf is to see, is seen there only if the script is run nested.
                    script["MayExit"] = true;
                    script["Notes"] = true;
                }

                call["Script"] = script.Count == 2 && _files is null ? script["Id"] : script;
            }
            else if (before.Count == 0)
            {
                return null;
            }
        }

        CallParts.Add(call, "Scripts", before.ToArray());
        CallParts.Add(call, "Files", _files);
        AddVariables(call);
        CallParts.Add(call, "Cleans", _cleans);
        if (StopPosition is not null)
        {
            // Its time began with its slot: the session may have been prepared since.
            TimeSpan left = _attempt.Node.Timeout!.Value - (DateTimeOffset.UtcNow - _attempt.StartTime);
            CallParts.Add(call, "Watch", StopPosition.ToText(left, _parts.NumberOf(SentDriver.ForPositions)));
        }

        _parts.AddTo(call);
        return call;
    }

    /// <summary>Whether the last thing that a script calls, or a function that it calls, may be a script file.</summary>
    private bool MayEndWithFile(ScriptBlock script) => _context.NeedsOf(script, _node) is { MayRunPrograms: true } needs
        && (NodeScript.Of(script).MayEndWithFile
            || needs.Commands.OfType<CapturedFunction>().Any(function => NodeScript.Of(function.Definition).MayEndWithFile));

    private void AddQuestions(List<Hashtable> before)
    {
        if (_attempt.AsksCondition && _node.When is not null)
        {
            before.Add(Script("When", _node.When));
        }

        if (_node.OutputPath.Length > 0 && !_attempt.AsksForItems)
        {
            _files = Files();
            Hashtable place = CallParts.Table();
            place["Use"] = "Files";
            before.Add(place);
        }

        // Each item asks them for itself.
        for (int i = 0; i < _node.Precondition.Count && !_attempt.AsksForItems; i++)
        {
            Hashtable precondition = Script("Precondition", _node.Precondition[i]);
            precondition["Index"] = i;
            before.Add(precondition);
        }
    }

    private Hashtable Files()
    {
        Hashtable files = CallParts.Table();
        files["Driver"] = _parts.NumberOf(SentDriver.ForFiles);
        files["Name"] = _node.Name;
        foreach ((string parameter, object[] paths) in new[]
            { (nameof(_node.InputPath), _node.InputPath), (nameof(_node.OutputPath), _node.OutputPath) })
        {
            files[parameter] = Array.ConvertAll(paths, path => path is ScriptBlock script ? Script(parameter, script) : path);
        }

        // What an earlier attempt has left says nothing.
        files["IsFirst"] = _attempt.Number == 1;
        files["MayRest"] = _attempt.Number == 1 && !_context.MustRunNode(_node.Name);
        return files;
    }

    private void AddRetry(Hashtable call)
    {
        if (_node.RetryIf is not null)
        {
            call["RetryIf"] = Script("RetryIf", _node.RetryIf);
        }

        // After the last attempt nobody waits.
        if (_node.RetryDelay is not null && _attempt.Number <= (_node.Retry?.Count ?? 0))
        {
            call["RetryDelay"] = Script("RetryDelay", _node.RetryDelay);
        }

        if (call.ContainsKey("RetryIf") || call.ContainsKey("RetryDelay"))
        {
            // Filled in there, with the exit code or the keyword.
            string name = _node.Name.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
            call["ExitText"] = Messages.ExitCode(name, "{0}");
            call["FlowText"] = Messages.StrayFlow(name, "{0}");
            call["ScriptExitText"] = Messages.ScriptExitCode(name, "{0}", "{1}");
        }
    }

    private Hashtable Script(string use, ScriptBlock scriptBlock)
    {
        var script = NodeScript.Of(scriptBlock);
        ScriptNeeds? needs = _context.NeedsOf(scriptBlock, _node);
        NoteUpstream(script.Tree);
        Hashtable table = CallParts.Table();
        table["Use"] = use;
        int number = _parts.NumberOf(script, isOfModule: needs?.Home is not null);
        table["Id"] = number;
        StopPosition?.Add(number, script);
        CallParts.Add(table, "MayExit", script.MayExit || needs is { MayExit: true });
        Hashtable blocks = CallParts.Table();
        CallParts.Add(table, "Parameters", Parameters(script, blocks));
        _parts.AddUsing(table, script, _node.UsingValues, blocks);
        CallParts.Add(table, "Blocks", blocks);
        if (_variables.Feeds(script))
        {
            table["IsFed"] = true;
            table["Input"] = _parts.Checked("the pipeline's input", _variables.Input().ToArray());
        }

        if (needs is not null)
        {
            _cleans |= needs.MayTouchSession || needs.MaySetGlobals;
            CallParts.Add(table, "Home", _parts.AddNeeds(needs));
        }

        return table;
    }

    private Hashtable Parameters(NodeScript script, Hashtable blocks)
    {
        Hashtable bound = _variables.ParametersOf(script, static value => value);
        foreach (DictionaryEntry entry in bound)
        {
            _parts.AddBlock(blocks, "-" + entry.Key, _parts.Checked($"the parameter '{entry.Key}'", entry.Value));
        }

        return bound;
    }

    private OrderedDictionary Dependencies()
    {
        OrderedDictionary sent = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry dependency in _variables.Dependencies())
        {
            // What lies in a list would be but a text.
            var ended = (DagNodeDependency)dependency.Value!;
            PSObject end = WithError(ended, ended.Error);
            PSObject[] items = Array.ConvertAll(ended.Items, static item => WithError(item, item.Error));
            end.Properties.Add(new PSNoteProperty(nameof(DagNodeDependency.Items), items));
            sent.Add(dependency.Key, end);
        }

        return sent;
    }

    /// <summary>How a dependency, or an item of one, ended.</summary>
    private static PSObject WithError(object ended, ErrorRecord? error)
    {
        PSObject sent = SentValue.ToDepth(ended, 3);
        sent.Properties.Add(new PSNoteProperty(nameof(DagNodeDependency.Error), SentError.Of(error)));
        return sent;
    }

    private void NoteUpstream(Ast tree)
    {
        UpstreamUse use = UpstreamUse.Of(tree);
        _wantsUpstream |= use.IsWhole;
        _wantsEnds |= use.AsksForEnds;
        _wantsItem |= use.AsksForItem;
        _upstreamNames.UnionWith(use.Names);
    }

    private void AddVariables(Hashtable call)
    {
        Hashtable upstream = CallParts.Table();
        foreach (DictionaryEntry entry in _wantsUpstream || _upstreamNames.Count > 0 ? _variables.Upstream : [])
        {
            if (_wantsUpstream || _upstreamNames.Contains((string)entry.Key))
            {
                upstream[entry.Key] = _parts.Checked($"$Upstream.{entry.Key}", entry.Value);
            }
        }

        if (_attempt.Items is not null)
        {
            call["Item"] = _parts.Checked("the item ($_)", _variables.CurrentObject);
            call["ItemIndex"] = _attempt.Item;
        }
        else if (_wantsItem && _node.Item is { } item)
        {
            // That of the dag around: it is no $_ here.
            call["DagItem"] = _parts.Checked("the item ($DagNode.Item)", item.Value);
            call["DagItemIndex"] = item.Index;
        }

        CallParts.Add(call, "Upstream", upstream);
        CallParts.Add(call, "LastError", _attempt.LastFailure is { } failure ? SentError.Of(FailureRecord.Of(failure)) : null);
        CallParts.Add(call, "Dependencies", _wantsEnds ? Dependencies() : null);
    }
}

using System.Collections;
using System.Management.Automation;
using DagShell.Capture;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Scripts;

namespace DagShell;

/// <summary>A node of a dag: a script block, what it depends on, and the rules it runs under. New-DagNode makes it.</summary>
/// <remarks>
/// It has a node of the engine and is none: the engine is loaded where PowerShell does not see it, so no public type derives from one of
/// its.
/// </remarks>
public sealed class DagNode
{
    /// <summary>That of a node that stands for a dag.</summary>
    internal static readonly ScriptBlock NoScript = ScriptBlock.Create(string.Empty);

    private ScriptBlock? _dagFile;

    internal DagNode(Node node, ScriptBlock scriptBlock, object? dag = null, object?[]? items = null)
    {
        ForEach = items;
        node.Work = this;
        Node = node;
        ScriptBlock = scriptBlock;
        Script = NodeScript.Of(scriptBlock);
        InnerDag = dag;
    }

    /// <summary>The node's name, as it was written.</summary>
    public string Name => Node.Name;

    /// <summary>What the node is for, in the user's words.</summary>
    public string? Description => Node.Description;

    /// <summary>What the node does; empty, if it stands for a dag.</summary>
    public ScriptBlock ScriptBlock { get; }

    /// <summary>
    /// The dag that the node stands for: as such, as a script block that gives it, or as the path of its file; null for none.
    /// </summary>
    public object? InnerDag { get; }

    /// <summary>The names of the nodes that must be in a final state before this one starts, in the order they were given.</summary>
    public IReadOnlyList<string> DependsOn => Node.DependsOn;

    /// <summary>The names of the nodes that this one cleans up after.</summary>
    public IReadOnlyList<string> CleanUpOf => Node.CleanUpOf;

    /// <summary>The name of the node that this one stands for if that fails; null for none.</summary>
    public string? FallbackFor => Node.FallbackFor;

    /// <summary>The condition: asked before the first attempt; if it gives something false the node is skipped.</summary>
    public ScriptBlock? When { get; internal init; }

    /// <summary>The preconditions: asked before each attempt; all must give something true.</summary>
    public IReadOnlyList<ScriptBlock> Precondition { get; internal init; } = [];

    /// <summary>How long a precondition that does not hold is polled; null to ask it once.</summary>
    public TimeSpan? PreconditionTimeout => Node.PreconditionTimeout;

    /// <summary>
    /// The items that the script is run for: values, or one script block that gives them when the node's turn has come; null for a node
    /// that is run once.
    /// </summary>
    public object?[]? ForEach { get; private set; }

    /// <summary>What it reads: paths, patterns, and script blocks that give them when its turn has come.</summary>
    public object[] InputPath { get; internal init; } = [];

    /// <summary>
    /// What it writes, in the same way. Where all of it is there, and none is older than any input, the node is not run, and its output is
    /// these files in any case.
    /// </summary>
    public object[] OutputPath { get; internal init; } = [];

    /// <summary>How long it waits between two polls of a precondition; null for a second.</summary>
    public TimeSpan? PreconditionInterval => Node.PreconditionInterval;

    /// <summary>Which final states of its dependencies let the node run.</summary>
    public TriggerRule TriggerRule => Node.TriggerRule;

    /// <summary>How failed attempts are repeated; null for one attempt only.</summary>
    public RetryPolicy? Retry => Node.Retry;

    /// <summary>Asked after a failed attempt, with the error as <c>$_</c>: whether a retry makes sense.</summary>
    public ScriptBlock? RetryIf { get; internal init; }

    /// <summary>Asked before a retry, with the error as <c>$_</c>: how long to wait; null for as long as <see cref="Retry"/>
    /// says.</summary>
    public ScriptBlock? RetryDelay { get; internal init; }

    /// <summary>Whether failure by failure the node decides if it is tried again.</summary>
    public bool DecidesOnRetry => Node.DecidesOnRetry;

    /// <summary>How long one attempt may take, its preconditions included; null for no limit.</summary>
    public TimeSpan? Timeout => Node.Timeout;

    /// <summary>Whether the dependents and the run go on, if this node fails, as if it had not.</summary>
    public bool ContinueOnError => Node.ContinueOnError;

    /// <summary>The pool whose limit the node's attempts count against; null for none.</summary>
    public string? Pool => Node.Pool;

    /// <summary>Of several ready nodes the one with the highest priority starts first, before any other consideration.</summary>
    public int Priority => Node.Priority;

    /// <summary>How long the node is expected to run; null counts as one unit, a second.</summary>
    public TimeSpan? EstimatedDuration => Node.EstimatedDuration;

    /// <summary>Of a node with items that stands for a dag, what gives the dag of each of them.</summary>
    internal IReadOnlyList<object> DagOfItems { get; private set; } = [];

    /// <summary>The script that gives the dag, of a script block or of a file; null if it is there as such.</summary>
    internal ScriptBlock? ScriptOfDag => InnerDag switch
    {
        ScriptBlock block => block,
        string file => _dagFile ??= ScriptFile.TryRead(file) ?? NoScript,
        _ => null,
    };

    /// <summary>The item that the node, or one around it, has a dag for; null if there is none.</summary>
    internal DagItem? Item { get; private set; }

    /// <summary>The node as the engine knows it.</summary>
    internal Node Node { get; private set; }

    internal NodeScript Script { get; }

    /// <summary>What gives the items when the node's turn has come; null if they are values, or there are none.</summary>
    internal ScriptBlock? ItemScript => ItemScriptOf(ForEach);

    /// <summary>
    /// The values of the <c>$using:</c> expressions in the node's scripts, by the key under which PowerShell looks them up; null if there
    /// are none.
    /// </summary>
    internal IDictionary? UsingValues { get; set; }

    /// <summary>The functions and aliases that its scripts use, as they were where the node was made; null if there are none.</summary>
    internal Surroundings? Surroundings { get; set; }

    /// <summary>The node that one of the engine's belongs to.</summary>
    internal static DagNode Of(Node node) => (DagNode)node.Work!;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The same node inside of a dag that a node stands for.</summary>
    internal DagNode InsideOf(DagNode outer)
    {
        var copy = (DagNode)MemberwiseClone();
        copy.Node = Node.InsideOf(outer.Node);
        copy.Node.Work = copy;
        copy.Item = Item ?? outer.Item;
        return copy;
    }

    /// <summary>The script block that items are to be had from; null if they are values.</summary>
    internal static ScriptBlock? ItemScriptOf(object?[]? items) =>
        items is [var only] && (only is PSObject wrapped ? wrapped.BaseObject : only) is ScriptBlock script ? script : null;

    /// <summary>The same node, where the dag that it stands for turns out to be known only when its turn has come.</summary>
    internal DagNode ExpandingAtTurn()
    {
        var copy = (DagNode)MemberwiseClone();
        copy.Node = Node.ExpandingAtTurn();
        copy.Node.Work = copy;
        return copy;
    }

    /// <summary>Says what gives the dag of each item.</summary>
    internal void SetDags(IReadOnlyList<object> dagOfItems) => DagOfItems = dagOfItems;

    /// <summary>The same for the items that it is found to have at its turn, in a copy that is no node of the run.</summary>
    internal DagNode WithDags(object?[] items, IReadOnlyList<object> dagOfItems)
    {
        var copy = (DagNode)MemberwiseClone();
        copy.ForEach = items;
        copy.DagOfItems = dagOfItems;
        return copy;
    }

    /// <summary>Of a node with items that stands for a dag, the node that stands for the dag of one of them.</summary>
    internal DagNode ForItem(int index)
    {
        var node = new Node(NodeItems.NameOf(string.Empty, index))
        {
            IsDag = true,
            IsItem = true,
            ItemValue = ForEach![index],
            OpensAtOnce = Precondition.Count == 0,
            PreconditionTimeout = PreconditionTimeout,
            PreconditionInterval = PreconditionInterval,
        };
        return new DagNode(node, NoScript, DagOfItems[index])
        {
            Precondition = Precondition,
            UsingValues = UsingValues,
            Surroundings = Surroundings,
            Item = new DagItem(index, node.ItemValue),
        };
    }

    /// <summary>All scripts of the node, the main one first, each with what it is used for.</summary>
    internal IEnumerable<(string Use, ScriptBlock Script)> Scripts()
    {
        if (InnerDag is null)
        {
            yield return ("its script", ScriptBlock);
        }
        else if (Node.ExpandsAtTurn && ScriptOfDag is { } dag)
        {
            yield return ("-Dag", dag);
        }

        if (When is not null)
        {
            yield return ("-When", When);
        }

        if (ItemScript is { } items)
        {
            yield return ("-ForEach", items);
        }

        foreach (object path in InputPath)
        {
            if (path is ScriptBlock paths)
            {
                yield return ("-InputPath", paths);
            }
        }

        foreach (object path in OutputPath)
        {
            if (path is ScriptBlock paths)
            {
                yield return ("-OutputPath", paths);
            }
        }

        // Those of a node with a dag for each item are asked for each.
        foreach (ScriptBlock precondition in Node is { IsMapped: true, IsDag: true } ? [] : Precondition)
        {
            yield return ("-Precondition", precondition);
        }

        if (RetryIf is not null)
        {
            yield return ("-RetryIf", RetryIf);
        }

        if (RetryDelay is not null)
        {
            yield return ("-RetryDelay", RetryDelay);
        }
    }
}

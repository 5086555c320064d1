using System.Collections;
using System.Management.Automation;
using DagShell.Engine.Graph;
using DagShell.Scripts;

namespace DagShell;

/// <summary>A node of a dag: a script block, what it depends on, and the rules it runs under. New-DagNode makes it.</summary>
public sealed class DagNode : Node
{
    internal DagNode(string name, ScriptBlock scriptBlock)
        : base(name)
    {
        ScriptBlock = scriptBlock;
        Script = NodeScript.Of(scriptBlock);
    }

    /// <summary>What the node does.</summary>
    public ScriptBlock ScriptBlock { get; }

    /// <summary>The condition: asked before the first attempt; if it gives something false the node is skipped.</summary>
    public ScriptBlock? When { get; internal init; }

    /// <summary>The preconditions: asked before each attempt; all must give something true.</summary>
    public IReadOnlyList<ScriptBlock> Precondition { get; internal init; } = [];

    /// <summary>Asked after a failed attempt, with the error as <c>$_</c>: whether a retry makes sense.</summary>
    public ScriptBlock? RetryIf { get; internal init; }

    /// <inheritdoc/>
    public override bool DecidesOnRetry => RetryIf is not null;

    internal NodeScript Script { get; }

    /// <summary>The values of the <c>$using:</c> expressions in the node's scripts, by the key under which PowerShell looks them up; null if there are none.</summary>
    internal IDictionary? UsingValues { get; set; }

    /// <summary>The functions and aliases that its scripts use, as they were where the node was made; null if there are none.</summary>
    internal IReadOnlyDictionary<string, CommandInfo>? Surroundings { get; set; }

    /// <summary>All scripts of the node, the main one first, each with what it is used for.</summary>
    internal IEnumerable<(string Use, ScriptBlock Script)> Scripts()
    {
        yield return ("script", ScriptBlock);
        if (When is not null)
        {
            yield return ("when", When);
        }

        foreach (ScriptBlock precondition in Precondition)
        {
            yield return ("precondition", precondition);
        }

        if (RetryIf is not null)
        {
            yield return ("retryIf", RetryIf);
        }
    }
}

using System.Management.Automation.Language;
using System.Runtime.CompilerServices;

namespace DagShell.Scripts;

/// <summary>Which outputs of dependencies a script looks at by <c>$Upstream</c>, and whether it asks how they ended.</summary>
/// <remarks>Worked out once a tree. Immutable; safe for any thread.</remarks>
internal sealed class UpstreamUse
{
    private const string Upstream = "Upstream";

    private static readonly ConditionalWeakTable<Ast, UpstreamUse> Known = [];

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    private UpstreamUse(Ast script)
    {
        foreach (Ast found in script.FindAll(
            static ast => ast is VariableExpressionAst or StringConstantExpressionAst, searchNestedScriptBlocks: true))
        {
            switch (found)
            {
                case VariableExpressionAst variable when IsUpstream(variable.VariablePath.UserPath):
                    Note(variable);
                    break;
                case StringConstantExpressionAst text:
                    AsksForEnds |= text.Value.Contains("Dependencies", StringComparison.OrdinalIgnoreCase);
                    AsksForItem |= text.Value.Equals("Item", StringComparison.OrdinalIgnoreCase)
                        || text.Value.Equals("ItemIndex", StringComparison.OrdinalIgnoreCase);
                    IsWhole |= text.Value.Equals(Upstream, StringComparison.OrdinalIgnoreCase);
                    break;
            }
        }
    }

    /// <summary>Whether it may look at any of them.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether it may ask how dependencies ended: <c>$DagNode.Dependencies</c>.</summary>
    public bool AsksForEnds { get; }

    /// <summary>Whether it may ask for the item that its dag is for: <c>$DagNode.Item</c>.</summary>
    public bool AsksForItem { get; }

    /// <summary>Those that it names.</summary>
    public IReadOnlySet<string> Names => _names;

    /// <summary>Reads a script or a function.</summary>
    public static UpstreamUse Of(Ast script) => Known.GetValue(script, static ast => new UpstreamUse(ast));

    /// <summary>
    /// Whether a script block that gives a dag looks at what the dependencies of its node gave out. The scripts of nodes that it makes look
    /// at what those depend on.
    /// </summary>
    public static bool IsInDag(Ast script) => script.Find(
        ast => ast is VariableExpressionAst variable && IsUpstream(variable.VariablePath.UserPath) && !InnerNode.Contains(ast, script),
        searchNestedScriptBlocks: true) is not null;

    private static bool IsUpstream(string path) => path[(path.LastIndexOf(':') + 1)..].Equals(Upstream, StringComparison.OrdinalIgnoreCase);

    private void Note(VariableExpressionAst variable)
    {
        string? name = variable.Parent switch
        {
            MemberExpressionAst { Member: StringConstantExpressionAst member } of
                when of.Expression == variable && of is not InvokeMemberExpressionAst => member.Value,
            IndexExpressionAst { Index: StringConstantExpressionAst index } of when of.Target == variable => index.Value,
            _ => null,
        };
        if (name is null)
        {
            IsWhole = true;
        }
        else
        {
            _names.Add(name);

            // Members of the table itself go by the same words.
            IsWhole |= name is "Keys" or "Values" or "Count";
        }
    }
}

using System.Management.Automation.Language;

namespace DagShell.Scripts;

/// <summary>A node that a script block makes.</summary>
internal static class InnerNode
{
    /// <summary>Whether an expression is in a script of a node that the script block makes: that takes the value itself.</summary>
    public static bool Contains(Ast expression, Ast script)
    {
        for (Ast? ast = expression; ast is not null && ast != script; ast = ast.Parent)
        {
            if (ast is ScriptBlockExpressionAst { Parent: CommandAst or CommandParameterAst } block
                && (block.Parent as CommandAst ?? block.Parent.Parent as CommandAst) is { } command
                && "New-DagNode".Equals(command.GetCommandName(), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}

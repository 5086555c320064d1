using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Scripts;

namespace DagShell.Nodes;

/// <summary>A script block that emits nodes or dags.</summary>
internal static class DagScript
{
    /// <summary>Runs it in the caller's session, in a scope of its own, and gathers what it emits.</summary>
    /// <param name="script">The script block. It sees what stands around it and leaves nothing there.</param>
    /// <param name="parameters">Values by name; those that its <c>param()</c> declares are passed.</param>
    /// <param name="command">The command that is running, in the caller's session.</param>
    /// <param name="builder">Takes the nodes and dags.</param>
    /// <param name="taken">Gets the names and aliases of its parameters.</param>
    /// <exception cref="CommandErrorException">It emits something else.</exception>
    /// <exception cref="RuntimeException">It ended with an error.</exception>
    public static void Gather(
        ScriptBlock script, Hashtable parameters, PSCmdlet command, DagBuilder builder, ISet<string> taken)
    {
        Hashtable arguments = [];
        foreach (string name in NodeScript.Of(script).Parameters.SelectMany(parameter => parameter.Names))
        {
            taken.Add(name);
            if (parameters.ContainsKey(name))
            {
                arguments[name] = parameters[name];
            }
        }

        UsingExpressionAst[] used =
            [.. NodeScript.Of(script).UsingExpressions.Where(expression => !InnerNode.Contains(expression, script.Ast))];
        ScriptBlock called = used.Length == 0 ? script : UsingRewriter.Rewrite(NodeScript.Of(script).Tree, used).GetScriptBlock();
        foreach (PSObject output in NodeSource.Run(
            called, arguments, script.Ast, command, isWhole: true, ValuesOf(used, command.SessionState)))
        {
            builder.Add(output);
        }
    }

    private static Dictionary<string, object?> ValuesOf(UsingExpressionAst[] expressions, SessionState session)
    {
        Dictionary<string, object?> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (UsingExpressionAst expression in expressions)
        {
            VariableExpressionAst variable = UsingExpressionAst.ExtractUsingVariable(expression);
            PSVariable found = session.PSVariable.Get(variable.VariablePath.UserPath)
                ?? throw new CommandErrorException(
                    new ItemNotFoundException(Messages.UsingNotSet(expression.Extent.Text)), "UsingVariableIsUndefined",
                    ErrorCategory.ObjectNotFound, expression.Extent.Text);
            values[UsingRewriter.VariableOf(expression)] = found.Value;
        }

        return values;
    }
}

using System.Management.Automation;
using System.Management.Automation.Language;

namespace DagShell.Capture;

/// <summary>A function or filter, as it is defined: its parameters, its file and lines stay as they are.</summary>
/// <param name="Name">The name by which it is called.</param>
/// <param name="Definition">The tree of its definition, or of its body where it was set without one.</param>
/// <param name="Module">The module in whose scope it runs; null for none.</param>
internal sealed record CapturedFunction(string Name, Ast Definition, CapturedModule? Module) : CapturedCommand(Name)
{
    /// <summary>
    /// A script that, run in a scope, defines the function there; null for a function that was set from a script block
    /// (<c>$function:f = { … }</c>), of which the body alone is known.
    /// </summary>
    public ScriptBlock? NewDefiningScript()
    {
        if (Definition is not FunctionDefinitionAst definition)
        {
            return null;
        }

        var statement = (StatementAst)definition.Copy();
        var block = new StatementBlockAst(definition.Extent, [statement], traps: null);
        return new ScriptBlockAst(definition.Extent, paramBlock: null, block, isFilter: false).GetScriptBlock();
    }
}

using System.Management.Automation.Language;
using System.Runtime.CompilerServices;

namespace DagShell.Scripts;

/// <summary>
/// The classes and enumerations that a file, or a text at the prompt, defines. Looked up once a file, however many scripts stand in it.
/// </summary>
/// <remarks>Immutable; safe for any thread.</remarks>
internal sealed class FileTypes
{
    private static readonly ConditionalWeakTable<Ast, FileTypes> Known = [];

    private readonly Dictionary<string, TypeDefinitionAst> _types;

    private FileTypes(Ast file) => _types = file
        .FindAll(ast => ast is TypeDefinitionAst, searchNestedScriptBlocks: true)
        .Cast<TypeDefinitionAst>()
        .DistinctBy(type => type.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(type => type.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Those of the file in which something stands.</summary>
    public static FileTypes Around(Ast ast)
    {
        while (ast.Parent is not null)
        {
            ast = ast.Parent;
        }

        return Known.GetValue(ast, static file => new FileTypes(file));
    }

    /// <summary>Finds one by its name.</summary>
    public TypeDefinitionAst? Find(string name) => _types.GetValueOrDefault(name);
}

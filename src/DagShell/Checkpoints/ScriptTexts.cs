using System.Management.Automation;
using System.Management.Automation.Language;
using DagShell.Results;

namespace DagShell.Checkpoints;

/// <summary>The texts of nodes' scripts as a journal keeps them: bounded, without secrets, and the same text once.</summary>
/// <remarks>Nodes whose dags come at their turn ask for texts on their own threads.</remarks>
internal sealed class ScriptTexts
{
    /// <summary>Characters of one script.</summary>
    private const int LongestScript = 64 * 1024;

    /// <summary>Characters of all of them; what does not fit any more is left out.</summary>
    private const int MostText = 1024 * 1024;

    private readonly Func<string?, string?> _withoutSecrets;
    private readonly Dictionary<Ast, string?> _byTree = [];
    private readonly Dictionary<string, string> _texts = [];
    private int _left = MostText;

    /// <summary>Makes an empty collection.</summary>
    /// <param name="withoutSecrets">Takes secrets out of a text.</param>
    public ScriptTexts(Func<string?, string?> withoutSecrets) => _withoutSecrets = withoutSecrets;

    /// <summary>The text of a script; the same object for the same text. Null if there is no more room.</summary>
    public string? Of(ScriptBlock script)
    {
        lock (_byTree)
        {
            if (!_byTree.TryGetValue(script.Ast, out string? text))
            {
                _byTree.Add(script.Ast, text = Keep(RunSnapshots.TextOf(script, _withoutSecrets)));
            }

            return text;
        }
    }

    private string? Keep(string text)
    {
        text = text.Length <= LongestScript ? text : string.Concat(text.AsSpan(0, LongestScript), "…");
        if (_texts.TryGetValue(text, out string? known))
        {
            return known;
        }

        if (text.Length > _left)
        {
            return null;
        }

        _left -= text.Length;
        _texts.Add(text, text);
        return text;
    }
}

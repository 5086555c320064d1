namespace DagShell.Pictures.Columns;

/// <summary>Texts, each once, by numbers from 1; 0 is no text. Nodes say the same things over and over.</summary>
internal sealed class TextTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    /// <summary>The texts; the first has the number 1.</summary>
    public IReadOnlyCollection<string> Texts => _texts;

    /// <summary>Whether a text has a number already.</summary>
    public bool Has(string text) => _numbers.ContainsKey(text);

    /// <summary>The number of a text.</summary>
    public long NumberOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        if (!_numbers.TryGetValue(text, out int number))
        {
            _texts.Add(text);
            number = _texts.Count;
            _numbers.Add(text, number);
        }

        return number;
    }
}

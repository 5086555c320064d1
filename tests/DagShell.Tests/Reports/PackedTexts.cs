using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace DagShell.Tests.Reports;

/// <summary>What a page carries along that its script unpacks: deflated, in Base64.</summary>
internal static partial class PackedTexts
{
    /// <summary>All such texts in a page, those within others too.</summary>
    public static IEnumerable<string> In(string page)
    {
        foreach (Match match in Packed().Matches(page))
        {
            if (match.Length % 4 == 0 && Unpack(Convert.FromBase64String(match.Value)) is { } text)
            {
                yield return text;
                foreach (string inner in In(text))
                {
                    yield return inner;
                }
            }
        }
    }

    private static string? Unpack(byte[] packed)
    {
        try
        {
            using DeflateStream texts = new(new MemoryStream(packed), CompressionMode.Decompress);
            using StreamReader reader = new(texts, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (InvalidDataException)
        {
            // A long word.
            return null;
        }
    }

    [GeneratedRegex("[A-Za-z0-9+/]{40,}={0,2}")]
    private static partial Regex Packed();
}

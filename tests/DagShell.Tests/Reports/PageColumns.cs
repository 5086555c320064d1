using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DagShell.Tests.Reports;

/// <summary>What the script of a run's page draws from, read as that script reads it.</summary>
internal sealed partial class PageColumns
{
    private readonly Dictionary<string, byte[]> _columns = [];
    private readonly string[] _texts;

    private PageColumns(byte[] bytes)
    {
        All = Encoding.UTF8.GetString(bytes);
        int start = 4 + BitConverter.ToInt32(bytes);
        foreach (JsonElement column in JsonSerializer.Deserialize<JsonElement[]>(bytes.AsSpan(4..start))!)
        {
            int length = column[3].GetInt32();
            _columns.Add(column[0].GetString()!, bytes[start..(start + length)]);
            start += length;
        }

        Names = Encoding.UTF8.GetString(_columns["name"]).Split('\n');
        _texts = JsonSerializer.Deserialize<string[]>(_columns["texts"])!;
    }

    /// <summary>All of it, as text.</summary>
    public string All { get; }

    /// <summary>The names of the nodes.</summary>
    public string[] Names { get; }

    public static PageColumns Of(string page)
    {
        using MemoryStream packed = new(Convert.FromBase64String(Data().Match(page).Groups[1].Value));
        using DeflateStream columns = new(packed, CompressionMode.Decompress);
        using MemoryStream bytes = new();
        columns.CopyTo(bytes);
        return new PageColumns(bytes.ToArray());
    }

    /// <summary>What a column of texts says of a node; empty for nothing.</summary>
    public string TextOf(string column, string node)
    {
        long number = Numbers(_columns[column]).ElementAt(Array.IndexOf(Names, node));
        return number == 0 ? string.Empty : _texts[number - 1];
    }

    [GeneratedRegex("<script id=\"columns\"[^>]*>([^<]*)<")]
    private static partial Regex Data();

    /// <summary>Numbers are of 7 bits a byte, the low ones first.</summary>
    private static IEnumerable<long> Numbers(byte[] bytes)
    {
        long number = 0;
        int shift = 0;
        foreach (byte next in bytes)
        {
            number |= (next & 0x7FL) << shift;
            shift += 7;
            if (next < 0x80)
            {
                yield return number;
                (number, shift) = (0, 0);
            }
        }
    }
}

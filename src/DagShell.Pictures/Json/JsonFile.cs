using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace DagShell.Pictures.Json;

/// <summary>Writes documents.</summary>
internal static class JsonFile
{
    /// <summary>For people to read.</summary>
    private static readonly JsonSerializerOptions Indented = Safe(indented: true);

    /// <summary>For programs alone.</summary>
    private static readonly JsonSerializerOptions Compact = Safe(indented: false);

    /// <summary>Writes a document; its lists are gone through while they are written, and never held as a whole.</summary>
    public static void Write<T>(Stream stream, T document, bool indented = true)
    {
        JsonSerializerOptions options = indented ? Indented : Compact;
        JsonSerializer.Serialize(stream, document, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
    }

    /// <summary>Letters of all scripts as they are; what means something in a page is escaped: a document can be put into one.</summary>
    private static JsonSerializerOptions Safe(bool indented) => new(JsonDocuments.Default.Options)
    {
        WriteIndented = indented,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };
}

using System.Text;

namespace DagShell.Pictures.Formats;

/// <summary>Knows the formats of pictures: by the names of files, and how to write each.</summary>
public static class PictureFile
{
    /// <summary>The format that a file's name stands for.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The format; null if its extension stands for none.</returns>
    public static DagPictureFormat? FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".mmd" or ".mermaid" => DagPictureFormat.Mermaid,
        ".dot" or ".gv" => DagPictureFormat.Dot,
        ".svg" => DagPictureFormat.Svg,
        ".html" or ".htm" => DagPictureFormat.Html,
        ".json" => DagPictureFormat.Json,
        _ => null,
    };

    /// <summary>Writes a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="format">As what.</param>
    /// <param name="stream">Where to; it is left open.</param>
    public static void Write(DagPicture picture, DagPictureFormat format, Stream stream)
    {
        if (format == DagPictureFormat.Json)
        {
            JsonWriter.Write(picture, stream);
            return;
        }

        using StreamWriter text = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        switch (format)
        {
            case DagPictureFormat.Mermaid:
                MermaidWriter.Write(picture, text);
                break;
            case DagPictureFormat.Dot:
                DotWriter.Write(picture, text);
                break;
            case DagPictureFormat.Svg:
                SvgWriter.Write(picture, text);
                break;
            default:
                HtmlWriter.Write(picture, text);
                break;
        }
    }
}

using System.Management.Automation;
using System.Text;

namespace DagShell.Host.Everyday;

/// <summary>The names that -Encoding takes.</summary>
public static class TextEncoding
{
    /// <summary>Finds an encoding by the name PowerShell, or .NET, has for it.</summary>
    /// <param name="name">The name, such as utf8 or unicode.</param>
    /// <returns>The encoding.</returns>
    public static Encoding Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToUpperInvariant() switch
        {
            "UTF8" or "UTF8NOBOM" or "DEFAULT" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            "UTF8BOM" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
            "ASCII" => Encoding.ASCII,
            "UNICODE" => Encoding.Unicode,
            "BIGENDIANUNICODE" => Encoding.BigEndianUnicode,
            "UTF32" => Encoding.UTF32,
            "ANSI" or "OEM" => Encoding.Latin1,
            _ => Find(name),
        };
    }

    private static Encoding Find(string name)
    {
        try
        {
            return int.TryParse(name, out int codePage) ? Encoding.GetEncoding(codePage) : Encoding.GetEncoding(name);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new PSArgumentException($"'{name}' is not the name of an encoding.", exception);
        }
    }
}

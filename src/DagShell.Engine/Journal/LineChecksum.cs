using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace DagShell.Engine.Journal;

/// <summary>
/// The end of each line of a journal: a CRC-32C of that line and all before it, so that a line that was changed, added, moved
/// or taken away is found. It guards against accidents, not against people.
/// </summary>
internal static class LineChecksum
{
    /// <summary>The checksum of no lines.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The length of the end of a line, without its line feed.</summary>
    public static readonly int SuffixLength = Suffix(0).Length;

    private static ReadOnlySpan<byte> SuffixStart => ",\"crc\":\""u8;

    private static ReadOnlySpan<byte> SuffixEnd => "\"}"u8;

    public static uint Add(uint checksum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return checksum;
    }

    /// <summary>What stands at the end of a line instead of the closing brace of its object.</summary>
    public static byte[] Suffix(uint checksum) => System.Text.Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $",\"crc\":\"{checksum:x8}\"}}"));

    /// <summary>Whether a line, without its end, is as it was written.</summary>
    /// <param name="line">The line.</param>
    /// <param name="checksum">The checksum of all lines before; then also of this one.</param>
    public static bool TryVerify(ReadOnlySpan<byte> line, ref uint checksum)
    {
        if (line.Length <= SuffixLength)
        {
            return false;
        }

        uint sum = Add(checksum, line[..^SuffixLength]);
        ReadOnlySpan<byte> end = line[^SuffixLength..];
        Span<byte> digits = stackalloc byte[8];
        bool isRight = Utf8Formatter.TryFormat(sum, digits, out int length, new StandardFormat('x', 8)) && length == digits.Length
            && end.StartsWith(SuffixStart) && end[SuffixStart.Length..].StartsWith(digits) && end.EndsWith(SuffixEnd);
        checksum = isRight ? sum : checksum;
        return isRight;
    }
}

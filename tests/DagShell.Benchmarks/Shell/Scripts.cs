using System.Globalization;
using System.Text;

namespace DagShell.Benchmarks.Shell;

/// <summary>Puts the scripts together that benchmarks run.</summary>
internal static class Scripts
{
    /// <summary>A line for each number from 1, each a text of its own, so that no two script blocks in them are the same.</summary>
    public static string Lines(int count, Func<int, FormattableString> line)
    {
        StringBuilder text = new();
        for (int i = 1; i <= count; i++)
        {
            text.AppendLine(line(i).ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}

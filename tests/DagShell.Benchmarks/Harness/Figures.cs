using System.Globalization;

namespace DagShell.Benchmarks.Harness;

/// <summary>Words figures for tables.</summary>
internal static class Figures
{
    /// <summary>A number with three digits or so, whatever its size.</summary>
    public static string Short(double value) => value switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("N1", CultureInfo.InvariantCulture),
        >= 0.1 => value.ToString("N2", CultureInfo.InvariantCulture),
        _ => value.ToString("N3", CultureInfo.InvariantCulture),
    };

    public static string Ratio(double value) => value.ToString("N4", CultureInfo.InvariantCulture);

    public static string Times(double value) => Short(value) + " ×";
}

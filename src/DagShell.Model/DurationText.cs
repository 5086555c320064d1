using System.Globalization;

namespace DagShell;

/// <summary>A duration as people read it: in the same style in tables, messages, pictures and reports.</summary>
public static class DurationText
{
    /// <summary>Writes a duration in the unit that suits it: 3.4 ms, 340 ms, 12.3 s, 4 min 05 s, 2 h 07 min, 3 d 4 h.</summary>
    /// <param name="time">The duration.</param>
    /// <returns>The text, in no culture's notation. What is a whole number of a unit is written without the smaller one.</returns>
    public static string Of(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 9.95 } => Invariant($"{time.TotalMilliseconds:0.#} ms"),
        { TotalSeconds: < 0.9995 } => Invariant($"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 59.95 } => Invariant($"{time.TotalSeconds:0.#} s"),
        { TotalMinutes: < 1 } => "1 min",
        { TotalHours: < 1 } => Two((int)time.TotalMinutes, "min", time.Seconds, "s", time.TotalSeconds % 60),
        { TotalDays: < 3 } => Two((int)time.TotalHours, "h", time.Minutes, "min", time.TotalMinutes % 60),
        _ => Two((int)time.TotalDays, "d", time.Hours, "h", time.TotalHours % 24),
    };

    /// <summary>Writes a duration that is still counted, in whole seconds at least: 0 s, 12 s, 4 min 05 s.</summary>
    /// <param name="time">The duration; what is left of a second does not count.</param>
    /// <returns>The text.</returns>
    public static string OfSeconds(TimeSpan time) =>
        time < TimeSpan.FromSeconds(1) ? "0 s" : Of(TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds)));

    private static string Two(int whole, string unit, int rest, string smaller, double exactRest) => exactRest == 0
        ? Invariant($"{whole} {unit}")
        : Invariant($"{whole} {unit} {rest:00} {smaller}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

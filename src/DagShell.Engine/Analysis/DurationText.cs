using System.Globalization;

namespace DagShell.Engine.Analysis;

/// <summary>A duration as people read it.</summary>
public static class DurationText
{
    /// <summary>Writes a duration in the unit that suits it: 3.4 ms, 340 ms, 12.3 s, 4 min 05 s, 2 h 07 min.</summary>
    /// <param name="time">The duration.</param>
    /// <returns>The text, in no culture's notation.</returns>
    public static string Of(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms"),
        { TotalSeconds: < 0.9995 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };
}

using System.Globalization;
using System.Management.Automation;

namespace DagShell.Parameters;

/// <summary>
/// Lets a <see cref="TimeSpan"/> parameter take <c>500ms</c>, <c>2s</c>, <c>5m</c>, <c>1h</c>, <c>1d</c> and bare numbers of
/// seconds besides what PowerShell converts by itself.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class DurationAttribute : ArgumentTransformationAttribute
{
    // The longest unit first, so that "ms" is not taken for "s".
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Read(inputData);

    /// <summary>The duration that a value stands for.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It stands for none, or is negative.</exception>
    public static TimeSpan Read(object? inputData)
    {
        object? value = inputData is PSObject wrapped ? AsWritten(wrapped) : inputData;
        TimeSpan? duration = value switch
        {
            TimeSpan time => time,
            string text => Parse(text),
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal
                => FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => null,
        };

        if (duration is not { } valid)
        {
            throw new ArgumentTransformationMetadataException(Messages.BadDuration(value));
        }

        return valid >= TimeSpan.Zero
            ? valid
            : throw new ArgumentTransformationMetadataException(Messages.NegativeDuration(value));
    }

    /// <summary>The duration that a script block gave.</summary>
    /// <param name="output">What it gave out: nothing is no time at all.</param>
    /// <exception cref="ArgumentTransformationMetadataException">It stands for none, or is negative.</exception>
    public static TimeSpan ReadOutput(object?[] output) => output switch
    {
        [] or [null] => TimeSpan.Zero,
        [{ } only] => Read(only),
        _ => Read(output),
    };

    /// <summary>
    /// To PowerShell 1d is a decimal number and 1.5s a short integer (2!); but with a number that stands in a command's arguments
    /// comes its text.
    /// </summary>
    private static object AsWritten(PSObject argument) =>
        argument.BaseObject is ValueType && argument.ToString() is { Length: > 1 } text && char.IsAsciiLetter(text[^1])
            && Parse(text) is not null
            ? text
            : argument.BaseObject;

    private static TimeSpan? Parse(string text)
    {
        text = text.Trim();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            return FromSeconds(seconds);
        }

        foreach (var (suffix, unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture,
                    out double count))
            {
                return FromSeconds(count * unit.TotalSeconds);
            }
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time) ? time : null;
    }

    private static TimeSpan? FromSeconds(double seconds) =>
        Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
}

using System.Collections;
using System.Globalization;
using System.Management.Automation;
using DagShell.Parameters;

namespace DagShell.Nodes;

/// <summary>Reads the tables that -PoolLimit takes: a number of places, a rate, or both.</summary>
internal static class PoolLimits
{
    /// <summary>Sets a dag's pool limits from a table; those it does not name stay.</summary>
    /// <exception cref="CommandErrorException">A limit is neither a whole number of 1 or more nor a rate, or a pool has no
    /// name.</exception>
    public static void Apply(Hashtable? table, Dag dag)
    {
        if (table is null)
        {
            return;
        }

        foreach (DictionaryEntry entry in table)
        {
            int? limit = null;
            List<PoolRate> rates = [];
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            foreach (object? part in value is IEnumerable parts and not string ? parts : new[] { value })
            {
                if (RateIn(part) is { } rate)
                {
                    rates.Add(rate);
                }
                else if (limit is null && PlacesIn(part) is { } places)
                {
                    limit = places;
                }
                else
                {
                    throw Refusal(entry, table);
                }
            }

            if (string.IsNullOrWhiteSpace(entry.Key.ToString()) || (limit is null && rates.Count == 0))
            {
                throw Refusal(entry, table);
            }

            dag.SetPoolLimit(entry.Key.ToString()!, limit, rates);
        }
    }

    /// <summary>The number that a value stands for; null if it is no whole one, which PowerShell would round, or none above zero.</summary>
    private static int? PlacesIn(object? value) =>
        LanguagePrimitives.TryConvertTo(value, out int places) && places >= 1
        && LanguagePrimitives.TryConvertTo(value, out double exact) && exact == places
            ? places
            : null;

    /// <summary>The rate that a text such as 120/1m stands for; null if it stands for none.</summary>
    private static PoolRate? RateIn(object? value)
    {
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not string text
            || text.Split('/', StringSplitOptions.TrimEntries) is not [{ } starts, { Length: > 0 } period]
            || !int.TryParse(starts, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count < 1)
        {
            return null;
        }

        try
        {
            // "10/s" is "10/1s".
            TimeSpan time = DurationAttribute.Read(char.IsAsciiLetter(period[0]) ? "1" + period : period);
            return time > TimeSpan.Zero ? new PoolRate(count, time) : null;
        }
        catch (ArgumentTransformationMetadataException)
        {
            return null;
        }
    }

    private static CommandErrorException Refusal(DictionaryEntry entry, Hashtable table) => new(
        new PSArgumentException(Messages.BadPoolLimit(entry.Key, entry.Value)), "InvalidPoolLimit", ErrorCategory.InvalidArgument, table);
}

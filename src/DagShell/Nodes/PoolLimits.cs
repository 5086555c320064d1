using System.Collections;
using System.Management.Automation;

namespace DagShell.Nodes;

/// <summary>Reads the tables that -PoolLimit takes.</summary>
internal static class PoolLimits
{
    /// <summary>Sets a dag's pool limits from a table; those it does not name stay.</summary>
    /// <exception cref="CommandErrorException">A limit is not a whole number of 1 or more, or a pool has no name.</exception>
    public static void Apply(Hashtable? table, Dag dag)
    {
        if (table is null)
        {
            return;
        }

        foreach (DictionaryEntry entry in table)
        {
            if (string.IsNullOrWhiteSpace(entry.Key.ToString())
                || !LanguagePrimitives.TryConvertTo(entry.Value, out int limit)
                || limit < 1)
            {
                throw new CommandErrorException(
                    new PSArgumentException(Messages.BadPoolLimit(entry.Key, entry.Value)), "InvalidPoolLimit",
                    ErrorCategory.InvalidArgument, table);
            }

            dag.SetPoolLimit(entry.Key.ToString()!, limit);
        }
    }
}

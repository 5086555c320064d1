using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Remoting;

namespace DagShell.Sessions;

/// <summary>
/// How much a value is, in about the characters that it takes on its way to another process. Counted, not made: that would take as long as
/// to send it.
/// </summary>
internal static class DataSize
{
    /// <summary>The most that one attempt may send, and that it may get back where $PSSessionOption says nothing else.</summary>
    public const long Most = 256_000_000;

    /// <summary>What each object takes besides what is in it: its tags, and its type's name.</summary>
    private const int OfObject = 20;

    /// <summary>What lies deeper is hardly much, and may lead back.</summary>
    private const int MostDepth = 6;

    /// <summary>What the caller's $PSSessionOption says of how much a command may give back.</summary>
    public static long MostReceived(object? sessionOption) =>
        (sessionOption is PSObject wrapped ? wrapped.BaseObject : sessionOption) is PSSessionOption option
        ? option.MaximumReceivedDataSizePerCommand ?? Most
        : Most;

    /// <summary>Whether a value is more than a limit.</summary>
    public static bool IsOver(object? value, long limit) => Of(value, limit) > limit;

    /// <summary>About how much a value is.</summary>
    /// <param name="value">The value. Nobody's code is run for it.</param>
    /// <param name="enough">What is more is not counted further.</param>
    public static long Of(object? value, long enough)
    {
        long size = 0;
        Add(value, 0, enough, ref size);
        return size;
    }

    private static void Add(object? value, int depth, long enough, ref long size)
    {
        size += OfObject;
        if (size > enough || depth > MostDepth)
        {
            return;
        }

        if (value is PSObject wrapped)
        {
            if (wrapped.BaseObject is PSCustomObject)
            {
                foreach (PSPropertyInfo property in wrapped.Properties)
                {
                    if (property is PSNoteProperty note)
                    {
                        size += note.Name.Length;
                        Add(note.Value, depth + 1, enough, ref size);
                    }
                }

                return;
            }

            value = wrapped.BaseObject;
        }

        switch (value)
        {
            case string text:
                size += text.Length;
                break;
            case byte[] bytes:
                size += bytes.LongLength / 3 * 4;
                break;
            case Hashtable table:
                foreach (DictionaryEntry entry in table)
                {
                    Add(entry.Key, depth + 1, enough, ref size);
                    Add(entry.Value, depth + 1, enough, ref size);
                }

                break;
            case Array { Rank: 1 } array:
                AddAll(array, depth, enough, ref size);
                break;
            case ArrayList list:
                AddAll(list, depth, enough, ref size);
                break;
        }
    }

    private static void AddAll(IList list, int depth, long enough, ref long size)
    {
        for (int i = 0; i < list.Count && size <= enough; i++)
        {
            Add(list[i], depth + 1, enough, ref size);
        }
    }
}

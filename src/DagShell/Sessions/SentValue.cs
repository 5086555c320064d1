using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;

namespace DagShell.Sessions;

/// <summary>Says of a value whether it can be taken to another machine: there it is a copy, of data alone.</summary>
internal static class SentValue
{
    /// <summary>PowerShell gives up at 50 levels, some of which are the call's own, without an error to who waits for the call.</summary>
    private const int MostNesting = 40;

    /// <summary>Elements of a collection that are looked at; most likely the first ones are like the others.</summary>
    private const int MostElements = 100;

    /// <summary>Refuses what would arrive as a lifeless copy: connections, handles, sessions, code.</summary>
    /// <param name="node">The node that uses it.</param>
    /// <param name="use">How its author calls it.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="UnsendableException">It cannot be taken there.</exception>
    public static void Check(string node, string use, object? value)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is ScriptBlock block)
        {
            if (block.Module is not null)
            {
                throw new UnsendableException(SessionMessages.BlockWithState(node, use));
            }

            return;
        }

        if (IsLive(bare))
        {
            throw new UnsendableException(SessionMessages.LiveObject(node, use, bare!.GetType().FullName!));
        }

        if (IsNestedTooDeeply(bare, depth: 1, new(ReferenceEqualityComparer.Instance)))
        {
            throw new UnsendableException(SessionMessages.NestedTooDeeply(node, use, MostNesting));
        }

        IEnumerable? elements = bare is IDictionary table ? table.Values : bare as ICollection;
        foreach (object? element in elements?.Cast<object?>().Take(MostElements) ?? [])
        {
            object? item = element is PSObject inner ? inner.BaseObject : element;
            if (IsLive(item))
            {
                throw new UnsendableException(SessionMessages.LiveObject(node, use, item!.GetType().FullName!));
            }
        }
    }

    /// <summary>
    /// Whether tables, lists and custom objects stand inside of one another so deep that PowerShell would not get to the end of a call.
    /// What was met before it sends as a reference.
    /// </summary>
    private static bool IsNestedTooDeeply(object? value, int depth, HashSet<object> met)
    {
        object? bare = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        if (bare is null or string or ValueType or Array { Rank: not 1 } || !met.Add(bare))
        {
            return false;
        }

        IEnumerable? inside = bare switch
        {
            IDictionary table => table.Values,
            Array array => array.GetType().GetElementType()!.IsPrimitive ? null : array,
            ICollection list => list,
            PSObject custom => custom.Properties.OfType<PSNoteProperty>().Select(static note => note.Value),
            _ => null,
        };
        return inside is not null
            && (depth > MostNesting || inside.Cast<object?>().Any(item => IsNestedTooDeeply(item, depth + 1, met)));
    }

    /// <summary>Has an object be sent with what is in its properties, and so on. Of what lies deeper PowerShell sends the text.</summary>
    /// <param name="value">The object.</param>
    /// <param name="depth">How far.</param>
    public static PSObject ToDepth(object value, int depth)
    {
        PSObject sent = new(value);
        sent.Members.Add(new PSMemberSet("PSStandardMembers", [new PSNoteProperty("SerializationDepth", depth)]));
        return sent;
    }

    private static bool IsLive(object? value) => value switch
    {
        null or string or SecureString or PSCustomObject => false,
        Delegate or PSSession or Runspace or PSModuleInfo or CommandInfo or Job or Task or Thread => true,

        // Of processes and the like data is what one wants; what holds a connection, a file or a lock is of no use as data.
        System.Diagnostics.Process or System.ComponentModel.Component => value is System.Data.Common.DbConnection,
        IDisposable => value is not (System.Data.DataTable or System.Data.DataSet),
        _ => false,
    };
}

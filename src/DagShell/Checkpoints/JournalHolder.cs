using System.ComponentModel;
using System.Globalization;
using DagShell.Engine.Journal;

namespace DagShell.Checkpoints;

/// <summary>The run that has a journal, as far as the journal and this machine tell: of which dag it is and in which process.</summary>
/// <param name="Header">What the run began with.</param>
/// <param name="Process">Its process, in words.</param>
internal sealed record JournalHolder(JournalHeader Header, string? Process)
{
    /// <summary>Looks who has a journal.</summary>
    /// <param name="run">What stands in it, though it is in use.</param>
    /// <returns>Null where that cannot be known: nothing was written yet, or only by runs that are over.</returns>
    public static JournalHolder? Of(JournalOutline? run) => run is { Status: null }
        && TryName(run.Header, out string? process) ? new JournalHolder(run.Header, process) : null;

    /// <summary>Says that a journal cannot be had, and who has it.</summary>
    public static string JournalInUse(string file)
    {
        JournalHolder? holder = Of(TryRead(file));
        return Messages.JournalInUse(file, holder?.Header.DagName, holder?.Process, holder?.Header.StartTime.LocalDateTime);
    }

    /// <summary>Says that a dag is being run, and by whom.</summary>
    public static string DagInUse(string file, string? dag)
    {
        JournalHolder? holder = Of(TryRead(file));
        return Messages.DagInUse(file, dag, holder?.Process, holder?.Header.StartTime.LocalDateTime);
    }

    /// <summary>The last run in a journal; null if there is none, or it cannot be read.</summary>
    public static JournalOutline? TryRead(string file)
    {
        try
        {
            return JournalReader.ReadOutline(file);
        }
        catch (Exception exception) when (exception is JournalException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Puts the process of a run in words.</summary>
    /// <returns>False if it is gone: then the journal is another's, of which nothing is written yet.</returns>
    private static bool TryName(JournalHeader header, out string? process)
    {
        process = null;
        if (header.ProcessId is not { } id)
        {
            return true;
        }

        process = string.Create(CultureInfo.InvariantCulture, $"process {id}");
        if (header.Host is { } host && host != Environment.MachineName)
        {
            process = $"{process} on {host}";
            return true;
        }

        try
        {
            using var known = System.Diagnostics.Process.GetProcessById(id);
            if (known.StartTime > header.StartTime.LocalDateTime)
            {
                // The number was given to another one.
                return false;
            }

            process = string.Create(CultureInfo.CurrentCulture, $"{process} ({known.ProcessName}, started {known.StartTime:g})");
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // Of a process of somebody else not all may be known.
            return true;
        }
    }
}

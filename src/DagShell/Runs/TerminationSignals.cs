using System.Runtime.InteropServices;

namespace DagShell.Runs;

/// <summary>
/// SIGTERM and SIGHUP, with which systemd, containers and CI systems end a process: all runs under way are stopped as by Ctrl+C, and only
/// then the signal takes its course, so that the process has the exit code of the signal.
/// </summary>
internal static class TerminationSignals
{
    private static readonly object Lock = new();
    private static readonly HashSet<IEndedBySignal> Runs = [];
    private static PosixSignalRegistration[] s_registrations = [];

    /// <summary>Watches for signals while a run is under way.</summary>
    public static void Watch(IEndedBySignal run)
    {
        lock (Lock)
        {
            Runs.Add(run);
            if (s_registrations.Length == 0)
            {
                s_registrations =
                [
                    PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
                    PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
                ];
            }
        }
    }

    /// <summary>The run has ended.</summary>
    public static void Forget(IEndedBySignal run)
    {
        PosixSignalRegistration[] over = [];
        lock (Lock)
        {
            Runs.Remove(run);
            if (Runs.Count == 0)
            {
                (over, s_registrations) = (s_registrations, over);
            }
        }

        // Outside of the lock: a registration waits for its handler.
        foreach (PosixSignalRegistration registration in over)
        {
            registration.Dispose();
        }
    }

    /// <summary>The process lives until this returns.</summary>
    private static void OnSignal(PosixSignalContext context)
    {
        IEndedBySignal[] runs;
        lock (Lock)
        {
            runs = [.. Runs];
        }

        foreach (IEndedBySignal run in runs)
        {
            run.StopBeforeExit();
        }

        foreach (IEndedBySignal run in runs)
        {
            run.WaitForEnd();
        }
    }
}

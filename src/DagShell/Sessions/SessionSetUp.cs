using System.Collections;

namespace DagShell.Sessions;

/// <summary>What is to hold for all nodes of a run, in every session.</summary>
/// <param name="Preferences">The caller's preference variables, by name.</param>
/// <param name="StrictMode">The version of the caller's strict mode; 0 for none.</param>
/// <param name="TellsSizes">Whether the caller wants to know how much is sent and received.</param>
/// <param name="MostReceived">How much an attempt may give out there, in about characters.</param>
/// <param name="EndOfSessions">Cancelled when there is no time left for what comes before sessions are closed.</param>
internal sealed record SessionSetUp(
    Hashtable Preferences, int StrictMode, bool TellsSizes, long MostReceived, CancellationToken EndOfSessions);

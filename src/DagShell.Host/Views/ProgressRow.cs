namespace DagShell.Host.Views;

/// <summary>An activity that is going on.</summary>
/// <param name="Depth">0 for an activity of its own, 1 for one under it, and so on.</param>
/// <param name="Activity">What is going on: "Invoke-Dag", a node's name.</param>
/// <param name="Status">How far it is, in words.</param>
/// <param name="Percent">How far it is, or negative.</param>
/// <param name="SecondsRemaining">How long it will take, or negative.</param>
/// <param name="Elapsed">Since it was first heard of.</param>
internal sealed record ProgressRow(int Depth, string Activity, string Status, int Percent, int SecondsRemaining, TimeSpan Elapsed);

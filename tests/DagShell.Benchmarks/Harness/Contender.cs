namespace DagShell.Benchmarks.Harness;

/// <summary>Something that is measured beside others.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Measure">One measurement; the unit is the suite's.</param>
internal sealed record Contender(string Name, Func<double> Measure);

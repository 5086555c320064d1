namespace DagShell.Tests.Sessions;

/// <summary>A test on a Slurm cluster of its own; skipped where there is none to start.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlurmFactAttribute : FactAttribute
{
    public SlurmFactAttribute() => Skip = SlurmCluster.WhatIsMissing;
}

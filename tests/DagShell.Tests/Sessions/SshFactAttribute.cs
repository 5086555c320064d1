namespace DagShell.Tests.Sessions;

/// <summary>A test over SSH, to servers of its own; skipped where there is no server to start.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SshFactAttribute : FactAttribute
{
    public SshFactAttribute() => Skip = SshServer.WhatIsMissing;
}

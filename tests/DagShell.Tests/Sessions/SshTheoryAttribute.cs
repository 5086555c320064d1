namespace DagShell.Tests.Sessions;

/// <summary>As <see cref="SshFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SshTheoryAttribute : TheoryAttribute
{
    public SshTheoryAttribute() => Skip = SshServer.WhatIsMissing;
}

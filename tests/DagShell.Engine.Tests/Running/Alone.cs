using Xunit;

namespace DagShell.Engine.Tests.Running;

/// <summary>Tests that keep all processors busy for a while: one after the other, when the rest is done.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = nameof(Alone);
}
